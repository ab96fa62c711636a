// The managed policy with which a service reads, or reads and writes, the vectors of one bucket.
import * as pulumi from '@pulumi/pulumi';
import { choiceProblems } from '../contract/choice';
import { vectorAccessDocument } from '../contract/iam/documents/vector-access';
import {
  bucketName,
  indexNameProblems,
  namePartProblems,
  policyName,
  vectorBucketNameProblems,
  vectorPolicyNameProblems,
} from '../contract/names';
import { arnProblems, vectorBucketArnRule } from '../contract/outputs/arn-rules';
import { InputCheck } from './checked-input';
import { keyArnProblems } from './encryption';
import { knownDocument } from './known-document';
import type { DocumentTexts } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems } from './tags';

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
  /**
   * Name of the bucket, where it is an existing one of another name in the provider's place. Default:
   * `${project}-${environment}-vector-${purpose}`.
   */
  vectorBucketName?: pulumi.Input<string>;
  /** ARN of the bucket instead of its name, where it may be of another account or Region. Default: made from the name. */
  vectorBucketArn?: pulumi.Input<string>;
  /** `read` or `read-write`. The name of the policy ends in `-read` or `-access` accordingly. */
  access: VectorAccess;
  /**
   * Name of the policy, for a second one of the same bucket and access: `${project}-${environment}-vector-`, words of
   * your own, and `-read` or `-access`. Default: the name of the bucket, and the ending. Example:
   * `acme-dev-vector-knowledge-notes-read`. A change replaces the policy.
   */
  policyName?: pulumi.Input<string>;
  /** Names of the indexes that are covered. Default: all indexes of the bucket. Updated in place. */
  indexNames?: string[];
  /** ARN of the bucket's key, whose use through S3 and S3 Vectors is then allowed. Default: no use of keys. */
  encryptionKeyArn?: pulumi.Input<string>;
  /** ARNs of the keys of indexes that have keys of their own. Default: none. Updated in place. */
  indexEncryptionKeyArns?: pulumi.Input<string>[];
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
    const check = new InputCheck(subject);
    check.add(choiceProblems('access', args.access, Object.values(VectorAccess)));
    check.add((indexNames ?? []).flatMap(indexNameProblems));
    check.add(plainTagProblems(args.tags));
    if (args.vectorBucketName !== undefined && args.vectorBucketArn !== undefined) {
      check.add([
        'vectorBucketName and vectorBucketArn are both given; the ARN says the name, remove the name.',
      ]);
    }
    const ownBucketName = check.input({ project, environment, purpose }, namePartProblems, bucketName);
    const named = write ? policyName.vectorAccess : policyName.vectorRead;
    const wantedName =
      args.policyName === undefined
        ? check.input(
            { project, environment, purpose },
            () => [],
            (plain) => named(plain.project, plain.environment, plain.purpose),
          )
        : check.input(
            { name: args.policyName, project, environment },
            (known) =>
              'name' in known && known.project !== undefined && known.environment !== undefined
                ? vectorPolicyNameProblems(
                    known.name,
                    { project: known.project, environment: known.environment },
                    write,
                  )
                : [],
            (plain) => plain.name,
          );
    const bucket = bucketText(check, args) ?? { vectorBucketName: ownBucketName };
    const keys = keyTexts(check, args);
    check.refuse();
    super('pulumi-s3-vectors:index:VectorAccessPolicy', name, { policyName: wantedName }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: wantedName,
      description: write ? 'Read and write the vectors of one bucket' : 'Read the vectors of one bucket',
      document: knownDocument('managed', placeOf(this), { ...bucket, ...keys }, (place, texts) =>
        vectorAccessDocument(place, {
          vectorBucketName: texts['vectorBucketName'],
          vectorBucketArn: texts['vectorBucketArn'],
          encryptionKeyArns: Object.keys(keys).map((key) => texts[key] ?? ''),
          indexNames,
          write,
        }),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}

/** The bucket where the arguments name one, by its name or its ARN. */
function bucketText(
  check: InputCheck,
  { vectorBucketName, vectorBucketArn }: VectorAccessPolicyArgs,
): DocumentTexts | undefined {
  if (vectorBucketArn !== undefined) {
    return {
      vectorBucketArn: check.value(vectorBucketArn, (plain) =>
        arnProblems('vectorBucketArn', plain, vectorBucketArnRule),
      ),
    };
  }
  if (vectorBucketName === undefined) return undefined;
  return { vectorBucketName: check.value(vectorBucketName, vectorBucketNameProblems) };
}

/** The keys whose use is allowed: that of the bucket first. */
function keyTexts(
  check: InputCheck,
  { encryptionKeyArn, indexEncryptionKeyArns = [] }: VectorAccessPolicyArgs,
): DocumentTexts {
  const inputs = [
    ...(encryptionKeyArn === undefined ? [] : [['encryptionKeyArn', encryptionKeyArn] as const]),
    ...indexEncryptionKeyArns.map((arn, at) => [`indexEncryptionKeyArns[${at}]`, arn] as const),
  ];
  return Object.fromEntries(
    inputs.map(([input, arn]) => [input, check.value(arn, (plain) => keyArnProblems(plain ?? '', input))]),
  );
}
