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
import { DEFAULT_LIFECYCLE_DAYS, lifecycleProblems } from '../contract/lifecycle';
import { bucketName, namePartProblems, s3BucketNameProblems } from '../contract/names';
import { InputCheck, plainWhereKnown } from './checked-input';
import { dataProtection } from './data-protection';
import { keyArnProblems } from './encryption';
import { adoptBucket, createOrAdoptProblems, given } from './existing';
import { refuseChangeOf } from './immutable-inputs';
import { knownDocument } from './known-document';
import { awsDocument } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems, tagMap } from './tags';

/** An S3 bucket that is there already, under any name; exactly one of both is given. */
export interface ExistingEmbeddingBucket {
  /** Its name. Example: `team-embeddings`. */
  name?: pulumi.Input<string>;
  /** Its ARN. Example: `arn:aws:s3:::team-embeddings`. */
  arn?: pulumi.Input<string>;
}

export interface EmbeddingBucketArgs {
  /** First part of the name: lower-case letters, digits, single hyphens. Needed to create. Example: `acme`. Immutable. */
  project?: pulumi.Input<string>;
  /** Second part of the name: lower-case letters and digits. Needed to create. Example: `dev`. Immutable. */
  environment?: pulumi.Input<string>;
  /** Last part of the name, after `-vector-`. Needed to create. Example: `documents`. Immutable. */
  purpose?: pulumi.Input<string>;
  /** A bucket to use as it is: nothing is created or changed, and no other argument is given. Default: one is created. */
  existing?: ExistingEmbeddingBucket;
  /** ARN of the KMS key that encrypts objects, through a bucket key. Default: SSE-S3 (AES256). Updated in place. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Days until a noncurrent version moves to GLACIER_IR. Default: 90. Updated in place. */
  archiveAfterDays?: pulumi.Input<number>;
  /** Days until a noncurrent version is removed; more than `archiveAfterDays`. Default: 180. Updated in place. */
  expireAfterDays?: pulumi.Input<number>;
  /** Days until an abandoned multipart upload is removed. Default: 7. Updated in place. */
  abortUploadsAfterDays?: pulumi.Input<number>;
  /**
   * Days, 0 or more, until a current version moves to INTELLIGENT_TIERING; S3 leaves objects below 128 KB where
   * they are. Default: current versions stay in STANDARD. Updated in place.
   */
  intelligentTieringAfterDays?: pulumi.Input<number>;
  /**
   * Days after its creation until an embedding is deleted, as its owner would: it becomes a noncurrent version, which
   * `expireAfterDays` then removes. Default: current versions are kept for ever. Updated in place.
   */
  deleteAfterDays?: pulumi.Input<number>;
  /** Name of a bucket that access logs are written to, under `<bucket name>/`. Default: no access logs. */
  accessLogBucketName?: pulumi.Input<string>;
  /** Whether Pulumi may delete the bucket with all objects in it. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the bucket. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An S3 bucket named `${project}-${environment}-vector-${purpose}` that keeps embeddings as objects, or one that exists.
 *
 * @example
 * new EmbeddingBucket('documents', { project: 'acme', environment: 'dev', purpose: 'documents' });
 * new EmbeddingBucket('older', { existing: { name: 'team-embeddings' } });
 */
export class EmbeddingBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known at preview. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  readonly bucketArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: EmbeddingBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = 'pulumi-s3-vectors:index:EmbeddingBucket';
    const subject = `EmbeddingBucket "${name}"`;
    const { existing } = args;
    const check = new InputCheck(subject);
    check.add(createOrAdoptProblems(args, ['project', 'environment', 'purpose']));
    if (existing !== undefined) {
      const adopted = adoptBucket(check, existing);
      check.refuse();
      super(type, name, { existing: adopted.name }, opts);
      this.bucketName = adopted.name;
      this.bucketArn = adopted.arnIn(() => placeOf(this));
      this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
      return;
    }
    check.add(plainTagProblems(args.tags));
    const wantedName = check.input(
      given({ project: args.project, environment: args.environment, purpose: args.purpose }),
      namePartProblems,
      bucketName,
    );
    const encryptionKeyArn = check.value<string | undefined>(args.encryptionKeyArn, (plain) =>
      keyArnProblems(plain),
    );
    const days = check.input(
      {
        archiveAfterDays: args.archiveAfterDays ?? DEFAULT_LIFECYCLE_DAYS.archiveAfterDays,
        expireAfterDays: args.expireAfterDays ?? DEFAULT_LIFECYCLE_DAYS.expireAfterDays,
        abortUploadsAfterDays: args.abortUploadsAfterDays ?? DEFAULT_LIFECYCLE_DAYS.abortUploadsAfterDays,
        intelligentTieringAfterDays: args.intelligentTieringAfterDays,
        deleteAfterDays: args.deleteAfterDays,
      },
      lifecycleProblems,
      (plain) => plain,
    );
    const accessLogBucketName = check.input(
      { logs: args.accessLogBucketName, own: plainWhereKnown(wantedName) },
      ({ logs, own }) => accessLogProblems(logs, own),
      (plain) => plain.logs ?? '',
    );
    check.refuse();
    super(
      type,
      name,
      { bucketName: wantedName },
      refuseChangeOf(
        subject,
        { names: ['bucketName'] },
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
            noncurrentVersionTransitions: [
              { noncurrentDays: days.archiveAfterDays, storageClass: 'GLACIER_IR' },
            ],
            noncurrentVersionExpiration: { noncurrentDays: days.expireAfterDays },
          },
          {
            id: 'abort-abandoned-uploads',
            status: 'Enabled',
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: days.abortUploadsAfterDays },
          },
          ...(args.intelligentTieringAfterDays === undefined
            ? []
            : [
                {
                  id: 'tier-current-versions',
                  status: 'Enabled',
                  filter: {},
                  transitions: [
                    {
                      days: days.apply((plain) => plain.intelligentTieringAfterDays ?? 0),
                      storageClass: 'INTELLIGENT_TIERING',
                    },
                  ],
                },
              ]),
          ...(args.deleteAfterDays === undefined
            ? []
            : [
                {
                  id: 'delete-current-versions',
                  status: 'Enabled',
                  filter: {},
                  expiration: { days: days.apply((plain) => plain.deleteAfterDays ?? 0) },
                },
                // What remains of a deleted object once its last version is gone; S3 takes it in a rule of its own only.
                {
                  id: 'remove-delete-markers',
                  status: 'Enabled',
                  filter: {},
                  expiration: { expiredObjectDeleteMarker: true },
                },
              ]),
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
          targetBucket: accessLogBucketName,
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

function accessLogProblems(logs: string | undefined, own: string | undefined): string[] {
  if (logs === undefined) return [];
  return logs === own
    ? [`accessLogBucketName "${logs}" is the bucket itself, whose logs would log themselves; name another.`]
    : s3BucketNameProblems(logs, 'accessLogBucketName');
}
