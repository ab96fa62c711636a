// A vector bucket of S3 Vectors whose name is the security boundary, encrypted, protected, with an optional
// resource policy.
import { VectorBucket as NativeVectorBucket } from '@pulumi/aws-native/s3vectors/vectorBucket';
import { VectorsVectorBucketPolicy } from '@pulumi/aws/s3/vectorsVectorBucketPolicy';
import * as pulumi from '@pulumi/pulumi';
import {
  vectorBucketGrantProblems,
  vectorBucketPolicyDocument,
} from '../contract/iam/documents/vector-bucket-policy';
import { DEFAULT_ENCRYPTION_TYPE } from '../contract/limits';
import { bucketName, namePartProblems } from '../contract/names';
import { InputCheck } from './checked-input';
import { dataProtection } from './data-protection';
import type { DistanceMetric } from './distance-metric';
import { keyArnProblems } from './encryption';
import { adoptVectorBucket, createOrAdoptProblems, given } from './existing';
import { refuseChangeOf } from './immutable-inputs';
import { knownDocument } from './known-document';
import { placeOf } from './place';
import { plainTagProblems, tagList } from './tags';
import { VectorIndex, plainIndexProblems } from './vector-index';

/** Whether a statement allows or denies. */
export const PolicyEffect = {
  /** The principals may do the actions. */
  Allow: 'Allow',
  /** The principals may not do the actions, whatever else allows them. */
  Deny: 'Deny',
} as const;
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

/** A vector bucket that is there already, under any name; exactly one of both is given. */
export interface ExistingVectorBucket {
  /** Its name, in the account and Region of the AWS provider. Example: `team-vectors`. */
  name?: pulumi.Input<string>;
  /** Its ARN. Example: `arn:aws:s3vectors:us-east-1:123456789012:bucket/team-vectors`. */
  arn?: pulumi.Input<string>;
}

/** One of several indexes of a bucket; the shape is immutable as that of a `VectorIndex`. */
export interface VectorBucketIndex {
  /** Numbers in every vector, 1–4096. Example: 3072. Immutable. */
  dimension: pulumi.Input<number>;
  /** How distance is measured: `cosine` or `euclidean`. Immutable. */
  distanceMetric: pulumi.Input<DistanceMetric>;
  /** Metadata keys that cannot be filtered on: at most 10 of 1–63 characters. Default: none. Immutable. */
  nonFilterableMetadataKeys?: pulumi.Input<pulumi.Input<string>[]>;
  /** ARN of a KMS key for this index alone. Default: the encryption of the bucket. Immutable. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Tags of the index. Default: the tags of the bucket. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface VectorBucketArgs {
  /** First part of the name: lower-case letters, digits, single hyphens. Needed to create. Example: `acme`. Immutable. */
  project?: pulumi.Input<string>;
  /** Second part of the name: lower-case letters and digits. Needed to create. Example: `dev`. Immutable. */
  environment?: pulumi.Input<string>;
  /** Last part of the name, after `-vector-`. Needed to create. Example: `knowledge`. Immutable. */
  purpose?: pulumi.Input<string>;
  /** A bucket to use as it is: nothing is created or changed, and no other argument is given. Default: one is created. */
  existing?: ExistingVectorBucket;
  /** ARN of the KMS key that encrypts the bucket. Default: SSE-S3 (AES256). Immutable. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Statements of the bucket's resource policy. Default: no resource policy. Updated in place. */
  policyStatements?: VectorBucketStatement[];
  /** Indexes of the bucket by their names, a `VectorIndex` `<name of the bucket>-<name of the index>` each. Default: none. */
  indexes?: Record<string, VectorBucketIndex>;
  /** Whether Pulumi may delete the bucket and its `indexes`. Default: false, they are protected and retained. */
  disposable?: boolean;
  /** Tags of the bucket. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * An Amazon S3 Vectors bucket named `${project}-${environment}-vector-${purpose}`, or one that exists.
 *
 * @example
 * const bucket = new VectorBucket('knowledge', { project: 'acme', environment: 'dev', purpose: 'knowledge' });
 * const theirs = new VectorBucket('theirs', { existing: { name: 'team-vectors' } });
 */
export class VectorBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known at preview. */
  readonly vectorBucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  readonly vectorBucketArn: pulumi.Output<string>;
  /** ARNs of the `indexes` by their names. */
  readonly indexArns: pulumi.Output<Record<string, string>>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: VectorBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = 'pulumi-s3-vectors:index:VectorBucket';
    const subject = `VectorBucket "${name}"`;
    const { encryptionKeyArn, existing } = args;
    const check = new InputCheck(subject);
    check.add(createOrAdoptProblems(args, ['project', 'environment', 'purpose']));
    if (existing !== undefined) {
      const adopted = adoptVectorBucket(check, existing);
      check.refuse();
      super(type, name, { existing: adopted.name }, opts);
      this.vectorBucketName = adopted.name;
      this.vectorBucketArn = adopted.arnIn(() => placeOf(this));
      this.indexArns = pulumi.output<Record<string, string>>({});
      this.registerOutputs(outputsOf(this));
      return;
    }
    const grants = (args.policyStatements ?? []).map((statement) => ({
      ...statement,
      effect: statement.effect ?? PolicyEffect.Allow,
    }));
    check.add(vectorBucketGrantProblems(grants));
    check.add(plainTagProblems(args.tags));
    for (const [indexName, index] of Object.entries(args.indexes ?? {})) {
      check.add(
        plainIndexProblems({ ...index, indexName }).map((problem) => `index "${indexName}": ${problem}`),
      );
    }
    // The key usually comes from a resource: apart, so that it does not delay the name.
    const vectorBucketName = check.input(
      given({ project: args.project, environment: args.environment, purpose: args.purpose }),
      namePartProblems,
      bucketName,
    );
    const encryption = check.input(
      { encryptionKeyArn },
      (known) => keyArnProblems(known.encryptionKeyArn),
      (plain) => plain.encryptionKeyArn ?? DEFAULT_ENCRYPTION_TYPE,
    );
    check.refuse();
    super(
      type,
      name,
      { vectorBucketName, encryption },
      refuseChangeOf(
        subject,
        { names: ['vectorBucketName', 'encryption'], leftOut: { encryption: DEFAULT_ENCRYPTION_TYPE } },
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
            ? { sseType: DEFAULT_ENCRYPTION_TYPE }
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
    this.indexArns = pulumi.output(
      Object.fromEntries(
        Object.entries(args.indexes ?? {}).map(([indexName, index]) => [
          indexName,
          new VectorIndex(
            `${name}-${indexName}`,
            {
              ...index,
              vectorBucketName: this.vectorBucketName,
              indexName,
              disposable: args.disposable,
              tags: index.tags ?? args.tags,
            },
            { parent: this },
          ).indexArn,
        ]),
      ),
    );
    this.registerOutputs(outputsOf(this));
  }
}

function outputsOf({ vectorBucketName, vectorBucketArn, indexArns }: VectorBucket): pulumi.Inputs {
  return { vectorBucketName, vectorBucketArn, indexArns };
}

/** The name as the resource has it: whoever uses it thereby waits for the resource. */
function createdName(
  actual: pulumi.Output<string | undefined>,
  wanted: pulumi.Output<string>,
): pulumi.Output<string> {
  return pulumi.all([actual, wanted]).apply(([name, fallback]) => name ?? fallback);
}
