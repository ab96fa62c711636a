// The S3 bucket of the older layout, where an embedding is a JSON object: versioned, encrypted, private, reached
// over TLS only, with old versions archived and then removed.
import { Bucket } from '@pulumi/aws/s3/bucket';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration';
import { BucketLogging } from '@pulumi/aws/s3/bucketLogging';
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning';
import * as pulumi from '@pulumi/pulumi';
import { tlsOnlyDocument } from '../contract/iam/documents/tls-only';
import { refuse } from '../contract/invalid-input';
import { bucketName, namePartProblems } from '../contract/names';
import { checked } from './checked-input';
import { dataProtection } from './data-protection';
import { keyArnProblems } from './encryption';
import { refuseChangeOf } from './immutable-inputs';
import { knownDocument } from './known-document';
import { awsDocument } from './managed-policy';
import { placeOf } from './place';
import { tagMap } from './tags';

/** Days, where the arguments name none. */
const LIFECYCLE_DAYS = { archive: 90, expire: 180, abortUploads: 7 } as const;

export interface EmbeddingBucketArgs {
  /** First part of the name: lower-case letters, digits, single hyphens. Example: `acme`. Immutable. */
  project: pulumi.Input<string>;
  /** Second part of the name: lower-case letters and digits. Example: `dev`. Immutable. */
  environment: pulumi.Input<string>;
  /** Last part of the name, after `-vector-`. Example: `documents`. Immutable. */
  purpose: pulumi.Input<string>;
  /** ARN of the KMS key that encrypts objects, through a bucket key. Default: SSE-S3 (AES256). Updated in place. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Days until a noncurrent version moves to GLACIER_IR. Default: 90. Updated in place. */
  archiveAfterDays?: pulumi.Input<number>;
  /** Days until a noncurrent version is removed; more than `archiveAfterDays`. Default: 180. Updated in place. */
  expireAfterDays?: pulumi.Input<number>;
  /** Days until an abandoned multipart upload is removed. Default: 7. Updated in place. */
  abortUploadsAfterDays?: pulumi.Input<number>;
  /** Name of a bucket that access logs are written to, under `<bucket name>/`. Default: no access logs. */
  accessLogBucketName?: pulumi.Input<string>;
  /** Whether Pulumi may delete the bucket with all objects in it. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the bucket. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An S3 bucket named `${project}-${environment}-vector-${purpose}` that keeps embeddings as objects.
 *
 * @example
 * new EmbeddingBucket('documents', { project: 'acme', environment: 'dev', purpose: 'documents' });
 */
export class EmbeddingBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  readonly bucketArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: EmbeddingBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `EmbeddingBucket "${name}"`;
    const { project, environment, purpose } = args;
    const wantedName = checked({ project, environment, purpose }, (plain) => {
      refuse(subject, namePartProblems(plain));
      return bucketName(plain);
    });
    const encryptionKeyArn = checked({ arn: args.encryptionKeyArn }, (plain) => {
      refuse(subject, keyArnProblems(plain.arn));
      return plain.arn;
    });
    const days = checked(
      {
        archive: args.archiveAfterDays ?? LIFECYCLE_DAYS.archive,
        expire: args.expireAfterDays ?? LIFECYCLE_DAYS.expire,
        abortUploads: args.abortUploadsAfterDays ?? LIFECYCLE_DAYS.abortUploads,
      },
      (plain) => {
        refuse(subject, lifecycleProblems(plain));
        return plain;
      },
    );
    super(
      'pulumi-s3-vectors:index:EmbeddingBucket',
      name,
      { bucketName: wantedName },
      refuseChangeOf(
        subject,
        ['bucketName'],
        'A bucket cannot be renamed, and replacing it would delete its objects. Declare a second ' +
          'EmbeddingBucket, copy the objects, then remove this one.',
        opts,
      ),
    );
    const child = { parent: this };

    const bucket = new Bucket(
      `${name}-bucket`,
      { bucket: wantedName, forceDestroy: args.disposable === true, ...tagMap(args.tags) },
      { ...child, ...dataProtection(args.disposable) },
    );
    const publicAccess = new BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      child,
    );
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: 'Enabled' } },
      child,
    );
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [
          args.encryptionKeyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
            : {
                applyServerSideEncryptionByDefault: {
                  sseAlgorithm: 'aws:kms',
                  kmsMasterKeyId: encryptionKeyArn,
                },
                bucketKeyEnabled: true,
              },
        ],
      },
      child,
    );
    new BucketPolicy(
      `${name}-tls-only`,
      {
        bucket: bucket.bucket,
        policy: awsDocument(
          knownDocument('bucketPolicy', placeOf(this), { bucketName: wantedName }, (place, texts) =>
            tlsOnlyDocument(place, texts.bucketName),
          ),
        ),
      },
      // S3 answers "conflicting operation" when both are set at the same time.
      { ...child, dependsOn: [publicAccess] },
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: 'archive-old-versions',
            status: 'Enabled',
            filter: {},
            noncurrentVersionTransitions: [{ noncurrentDays: days.archive, storageClass: 'GLACIER_IR' }],
            noncurrentVersionExpiration: { noncurrentDays: days.expire },
          },
          {
            id: 'abort-abandoned-uploads',
            status: 'Enabled',
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: days.abortUploads },
          },
        ],
      },
      // There are noncurrent versions only once versioning is on.
      { ...child, dependsOn: [versioning] },
    );
    if (args.accessLogBucketName !== undefined) {
      new BucketLogging(
        `${name}-access-log`,
        {
          bucket: bucket.bucket,
          targetBucket: args.accessLogBucketName,
          targetPrefix: pulumi.interpolate`${wantedName}/`,
        },
        child,
      );
    }

    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }
}

function lifecycleProblems(days: { archive: number; expire: number; abortUploads: number }): string[] {
  const problems = (
    [
      ['archiveAfterDays', days.archive],
      ['expireAfterDays', days.expire],
      ['abortUploadsAfterDays', days.abortUploads],
    ] as const
  )
    .filter(([, value]) => !Number.isInteger(value) || value < 1)
    .map(([input, value]) => `${input} ${value} must be a whole number of days, 1 or more.`);
  if (problems.length === 0 && days.expire <= days.archive) {
    problems.push(
      `expireAfterDays ${days.expire} must be more than archiveAfterDays ${days.archive}: ` +
        'a version would be removed before it is archived.',
    );
  }
  return problems;
}
