// The managed policy with which a service reads, or reads and writes, the vectors of one bucket.
import * as pulumi from '@pulumi/pulumi';
import { vectorAccessDocument } from '../contract/iam/documents/vector-access';
import { refuse } from '../contract/invalid-input';
import {
  bucketName,
  indexNameProblems,
  namePartProblems,
  policyName,
  vectorBucketNameProblems,
} from '../contract/names';
import { checked } from './checked-input';
import { keyArnProblems } from './encryption';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';

/** What a service may do with vectors. */
export const VectorAccess = {
  /** Get, list and query. */
  Read: 'read',
  /** Get, list, query, put and delete. */
  ReadWrite: 'read-write',
} as const;
export type VectorAccess = (typeof VectorAccess)[keyof typeof VectorAccess];

export interface VectorAccessPolicyArgs {
  /** Project of the vector bucket. Example: `acme`. */
  project: pulumi.Input<string>;
  /** Environment of the vector bucket. Example: `dev`. */
  environment: pulumi.Input<string>;
  /** Purpose of the vector bucket. Example: `knowledge`. */
  purpose: pulumi.Input<string>;
  /** Name of the bucket, where it is an existing one of another name. Default: `${project}-${environment}-vector-${purpose}`. */
  vectorBucketName?: pulumi.Input<string>;
  /** `read` or `read-write`. The name of the policy ends in `-read` or `-access` accordingly. */
  access: VectorAccess;
  /** Names of the indexes that are covered. Default: all indexes of the bucket. Updated in place. */
  indexNames?: string[];
  /** ARN of the bucket's key, whose use through S3 and S3 Vectors is then allowed. Default: no use of keys. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** Tags of the policy. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A managed policy with the statements `VectorBucketAccess` and `VectorIndexOperations`. It never allows to
 * create, configure or delete a bucket or an index.
 *
 * @example
 * new VectorAccessPolicy('search', { project: 'acme', environment: 'dev', purpose: 'knowledge', access: 'read' });
 */
export class VectorAccessPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: VectorAccessPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `VectorAccessPolicy "${name}"`;
    const { project, environment, purpose, indexNames } = args;
    const write = args.access === VectorAccess.ReadWrite;
    const names = checked({ project, environment, purpose }, (plain) => {
      refuse(subject, [...namePartProblems(plain), ...(indexNames ?? []).flatMap(indexNameProblems)]);
      const named = write ? policyName.vectorAccess : policyName.vectorRead;
      return {
        vectorBucketName: bucketName(plain),
        policyName: named(plain.project, plain.environment, plain.purpose),
      };
    });
    const vectorBucketName =
      args.vectorBucketName === undefined
        ? names.vectorBucketName
        : checked({ name: args.vectorBucketName }, (plain) => {
            refuse(subject, vectorBucketNameProblems(plain.name));
            return plain.name;
          });
    const encryptionKeyArn = checked({ arn: args.encryptionKeyArn }, (plain) => {
      refuse(subject, keyArnProblems(plain.arn));
      return plain.arn ?? '';
    });
    super('pulumi-s3-vectors:index:VectorAccessPolicy', name, { policyName: names.policyName }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: names.policyName,
      description: write ? 'Read and write the vectors of one bucket' : 'Read the vectors of one bucket',
      document: knownDocument(
        'managed',
        placeOf(this),
        {
          vectorBucketName,
          ...(args.encryptionKeyArn === undefined ? {} : { encryptionKeyArn }),
        },
        (place, texts: { vectorBucketName: string; encryptionKeyArn?: string }) =>
          vectorAccessDocument(place, { ...texts, indexNames, write }),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
