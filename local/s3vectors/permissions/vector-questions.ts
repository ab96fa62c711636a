// What a request of S3 Vectors asks permission for: each action with its resource, the policies of that resource and
// the condition keys that the request carries.
import { arn, type Place } from '../../../contract/arns';
import type { Caller } from '../../../contract/iam/evaluator/principal-match';
import type { Context } from '../../../contract/iam/evaluator/variables';
import {
  INDEXING_SERVICE_PRINCIPAL,
  permissionsFor,
  S3_VECTORS_OPERATION_PERMISSIONS,
  type PermissionTarget,
} from '../../../contract/iam/required-permissions';
import type { OperationName } from '../model/inputs';
import { ServiceError } from '../service-error';
import type { Bucket, Encryption, Index } from '../storage/catalog';
import { indexingContext, keyContext, vectorsContext } from './request-context';

/** The part of the catalogue that bears on permissions. */
export interface Resources {
  bucket(name: string): Bucket | undefined;
  index(bucketName: string, name: string): Index | undefined;
}

/** One thing that must be allowed. */
export interface Question {
  readonly action: string;
  /** `*` for an action that takes no resource. */
  readonly resource: string;
  /** Twelve digits; the service's own account when absent. */
  readonly resourceAccount?: string;
  readonly context: Context;
  /** The JSON text of the resource's own policy. */
  readonly bucketPolicy?: { readonly bucketName: string; readonly text: string };
  /** The key that is asked about; its policy and grants then decide too. */
  readonly keyArn?: string;
  /** Who is asked about, where that is not who calls. */
  readonly onBehalfOf?: Caller;
}

type Input = Readonly<Record<string, unknown>>;

interface Target {
  readonly arn: string;
  readonly bucketName: string | undefined;
  readonly indexName: string | undefined;
}

/**
 * @param input as the operation gets it: of the right shape, not checked further
 * @throws ServiceError ValidationException for a request that names its resource in no way or in two ways
 */
export function vectorQuestions(
  place: Place,
  resources: Resources,
  operation: OperationName,
  input: Input,
): Question[] {
  const questions = permissionsFor(operation, input).map(({ action, on }): Question => {
    const target = targetOf(place, on, input);
    if (target === undefined) return { action, resource: '*', context: {} };
    const bucket = resources.bucket(target.bucketName ?? '');
    const index = resources.index(target.bucketName ?? '', target.indexName ?? '');
    const account = target.arn.split(':')[4];
    return {
      action,
      resource: target.arn,
      ...(account === undefined || account === place.accountId ? {} : { resourceAccount: account }),
      context: vectorsContext({
        resourceTags: target.indexName === undefined ? bucket?.tags : index?.tags,
        bucketTags: bucket?.tags,
        requestTags: input['tags'] as Record<string, string> | undefined,
        requestTagKeys: input['tagKeys'] as string[] | undefined,
        encryption: action.startsWith('s3vectors:Create')
          ? askedEncryption(operation, input, bucket)
          : undefined,
      }),
      ...(bucket?.policy === undefined
        ? {}
        : { bucketPolicy: { bucketName: bucket.name, text: bucket.policy } }),
    };
  });
  return [...questions, ...keyQuestions(place, resources, operation, input)];
}

/** What is asked of the key that encrypts the resource. */
function keyQuestions(
  place: Place,
  resources: Resources,
  operation: OperationName,
  input: Input,
): Question[] {
  const {
    permissions = [],
    keyActions = [],
    indexingUsesKey,
  } = S3_VECTORS_OPERATION_PERMISSIONS[operation] ?? {};
  const [main] = permissions;
  const target = main === undefined ? undefined : targetOf(place, main.on, input);
  if (target === undefined || keyActions.length === 0) return [];
  const bucket = resources.bucket(target.bucketName ?? '');
  const encryption =
    indexingUsesKey === true
      ? askedEncryption(operation, input, bucket)
      : resources.index(target.bucketName ?? '', target.indexName ?? '')?.encryption;
  const keyArn = encryption?.kmsKeyArn;
  if (encryption?.sseType !== 'aws:kms' || keyArn === undefined) return [];
  const keyAccount = keyArn.split(':')[4] ?? '';
  const common = { resource: keyArn, keyArn, resourceAccount: keyAccount };
  return [
    ...keyActions.map((action) => ({ ...common, action, context: keyContext(place, target.arn) })),
    ...(indexingUsesKey === true
      ? [
          {
            ...common,
            action: 'kms:Decrypt',
            context: indexingContext(place, target.arn),
            onBehalfOf: { kind: 'service', name: INDEXING_SERVICE_PRINCIPAL } as const,
          },
        ]
      : []),
  ];
}

/** The encryption that a creation asks for; an index without its own has its bucket's. */
function askedEncryption(
  operation: OperationName,
  input: Input,
  bucket: Bucket | undefined,
): Partial<Encryption> | undefined {
  const asked = input['encryptionConfiguration'] as Partial<Encryption> | undefined;
  if (asked !== undefined) return { sseType: 'AES256', ...asked };
  return operation === 'CreateIndex' ? bucket?.encryption : { sseType: 'AES256' };
}

function targetOf(place: Place, on: PermissionTarget, input: Input): Target | undefined {
  const text = (member: string) => input[member] as string | undefined;
  const bucketName = text('vectorBucketName');
  const bucketArn = text('vectorBucketArn');
  switch (on) {
    case 'none':
      return undefined;
    case 'taggedResource':
      return named(place, text('resourceArn') ?? '');
    case 'vectorBucket':
      if ((bucketName === undefined) === (bucketArn === undefined)) {
        throw ambiguous('Must specify either vectorBucketName or vectorBucketArn but not both');
      }
      return named(place, bucketArn ?? arn.vectorBucket(place, bucketName ?? ''));
    case 'vectorIndex': {
      const indexName = text('indexName');
      const indexArn = text('indexArn');
      // CreateIndex names the bucket in either way, and the index by its name.
      if (
        indexArn === undefined &&
        indexName !== undefined &&
        (bucketName === undefined) !== (bucketArn === undefined)
      ) {
        return named(place, `${bucketArn ?? arn.vectorBucket(place, bucketName ?? '')}/index/${indexName}`);
      }
      if (
        indexArn === undefined ||
        indexName !== undefined ||
        bucketName !== undefined ||
        bucketArn !== undefined
      ) {
        throw ambiguous('Must specify either indexArn or both vectorBucketName and indexName');
      }
      return named(place, indexArn);
    }
  }
}

/** An ARN with the names that it holds; of another account or Region it holds none of ours. */
function named(place: Place, resource: string): Target {
  const prefix = arn.vectorBucket(place, '');
  const [bucketName, kind, indexName] = resource.startsWith(prefix)
    ? resource.slice(prefix.length).split('/')
    : [];
  return { arn: resource, bucketName, indexName: kind === 'index' ? indexName : undefined };
}

function ambiguous(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
