// A vector bucket of S3 Vectors whose name is the security boundary, encrypted, protected, with an optional
// resource policy.
import { VectorBucket as NativeVectorBucket } from '@pulumi/aws-native/s3vectors/vectorBucket';
import { VectorsVectorBucketPolicy } from '@pulumi/aws/s3/vectorsVectorBucketPolicy';
import * as pulumi from '@pulumi/pulumi';
import {
  vectorBucketGrantProblems,
  vectorBucketPolicyDocument,
} from '../contract/iam/documents/vector-bucket-policy';
import { refuse } from '../contract/invalid-input';
import { bucketName, namePartProblems } from '../contract/names';
import { checked } from './checked-input';
import { dataProtection } from './data-protection';
import { keyArnProblems } from './encryption';
import { refuseChangeOf } from './immutable-inputs';
import { knownDocument } from './known-document';
import { placeOf } from './place';
import { tagList } from './tags';

/** Whether a statement allows or denies. */
export const PolicyEffect = { Allow: 'Allow', Deny: 'Deny' } as const;
export type PolicyEffect = (typeof PolicyEffect)[keyof typeof PolicyEffect];

/** One statement of a vector bucket's resource policy. */
export interface VectorBucketStatement {
  /** Letters and digits, unique in the policy. Example: `PartnerSearch`. */
  sid: string;
  /** Default: `Allow`. */
  effect?: PolicyEffect;
  /** 12-digit accounts or IAM ARNs; `*` is accepted to deny only. */
  principals: string[];
  /** Actions of S3 Vectors, spelled out. Example: `s3vectors:QueryVectors`. */
  actions: string[];
  /** Names of indexes. Default: the bucket and all of its indexes. */
  indexNames?: string[];
}

export interface VectorBucketArgs {
  /** First part of the name: lower-case letters, digits, single hyphens. Example: `acme`. Immutable. */
  project: pulumi.Input<string>;
  /** Second part of the name: lower-case letters and digits. Example: `dev`. Immutable. */
  environment: pulumi.Input<string>;
  /** Last part of the name, after `-vector-`. Example: `knowledge`. Immutable. */
  purpose: pulumi.Input<string>;
  /** ARN of the KMS key that encrypts the bucket. Default: SSE-S3 (AES256). Immutable. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Statements of the bucket's resource policy. Default: no resource policy. Updated in place. */
  policyStatements?: VectorBucketStatement[];
  /** Whether Pulumi may delete the bucket. Default: false, it is protected and retained. */
  disposable?: boolean;
  /** Tags of the bucket. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An Amazon S3 Vectors bucket named `${project}-${environment}-vector-${purpose}`.
 *
 * @example
 * const bucket = new VectorBucket('knowledge', { project: 'acme', environment: 'dev', purpose: 'knowledge' });
 */
export class VectorBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known at preview. */
  readonly vectorBucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  readonly vectorBucketArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: VectorBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `VectorBucket "${name}"`;
    const { project, environment, purpose, encryptionKeyArn } = args;
    const grants = (args.policyStatements ?? []).map((statement) => ({
      ...statement,
      effect: statement.effect ?? PolicyEffect.Allow,
    }));
    // The key usually comes from a resource: apart, so that it does not delay the name.
    const vectorBucketName = checked({ project, environment, purpose }, (plain) => {
      refuse(subject, [...namePartProblems(plain), ...vectorBucketGrantProblems(grants)]);
      return bucketName(plain);
    });
    const encryption = checked({ encryptionKeyArn }, (plain) => {
      refuse(subject, keyArnProblems(plain.encryptionKeyArn));
      return plain.encryptionKeyArn ?? 'AES256';
    });
    super(
      'pulumi-s3-vectors:index:VectorBucket',
      name,
      { vectorBucketName, encryption },
      refuseChangeOf(
        subject,
        ['vectorBucketName', 'encryption'],
        'Name and encryption of a vector bucket are fixed when it is created, and replacing it would delete its ' +
          'vectors. Declare a second VectorBucket, migrate the vectors, then remove this one.',
        opts,
      ),
    );

    const bucket = new NativeVectorBucket(
      `${name}-bucket`,
      {
        vectorBucketName,
        encryptionConfiguration:
          encryptionKeyArn === undefined
            ? { sseType: 'AES256' }
            : { sseType: 'aws:kms', kmsKeyArn: encryption },
        ...tagList(args.tags),
      },
      { parent: this, ...dataProtection(args.disposable) },
    );

    if (grants.length > 0) {
      new VectorsVectorBucketPolicy(
        `${name}-policy`,
        {
          vectorBucketArn: bucket.vectorBucketArn,
          policy: pulumi.jsonStringify(
            knownDocument('bucketPolicy', placeOf(this), { bucketName: vectorBucketName }, (place, texts) =>
              vectorBucketPolicyDocument(place, texts.bucketName, grants),
            ),
          ),
        },
        { parent: this },
      );
    }

    this.vectorBucketName = createdName(bucket.vectorBucketName, vectorBucketName);
    this.vectorBucketArn = bucket.vectorBucketArn;
    this.registerOutputs({
      vectorBucketName: this.vectorBucketName,
      vectorBucketArn: this.vectorBucketArn,
    });
  }
}

/** The name as the resource has it: whoever uses it thereby waits for the resource. */
function createdName(
  actual: pulumi.Output<string | undefined>,
  wanted: pulumi.Output<string>,
): pulumi.Output<string> {
  return pulumi.all([actual, wanted]).apply(([name, fallback]) => name ?? fallback);
}
