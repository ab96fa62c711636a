// Which permissions a call of an AWS SDK asks for, with its resource and the condition keys that the deployer's policies
// look at. Source: Service Authorization Reference of S3, S3 Vectors, IAM, KMS and Lambda. A call that is not known here
// is an error, so that a provider that begins to call something new cannot slip by.
import type { Place } from '../../contract/arns';
import { arn } from '../../contract/arns';
import type { NamedDocument } from '../../contract/iam/evaluator/statement-reference';
import type { Context } from '../../contract/iam/evaluator/variables';
import type { RecordedCall } from '../../local/providers/plugin/call-recording';

export interface NeededPermission {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly resourcePolicies: readonly NamedDocument[];
}

/** What a call alone does not say. */
export interface Surroundings {
  readonly place: Place;
  /** ARN of the permissions boundary that the role has. */
  readonly boundaryOf: (roleName: string) => string | undefined;
  /** The key with this id or ARN. */
  readonly key: (keyId: string) => {
    readonly arn: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly policy: NamedDocument;
  };
}

/** Operations of S3 whose action has another name. */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  DeleteObjects: 'DeleteObject',
  DeleteBucketTagging: 'PutBucketTagging',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
};
const S3_SAME_NAME =
  /^(?:CreateBucket|DeleteBucket|DeleteBucketPolicy|(?:Get|Put)Bucket(?:Logging|OwnershipControls|Policy|Tagging|Versioning)|GetBucket(?:Acl|RequestPayment|Website))$/;
/** S3 Control has many more operations: these are the ones on a bucket that is named by its ARN. */
const S3_CONTROL = /^(?:ListTagsForResource|TagResource|UntagResource)$/;

/** Operations that are judged elsewhere: S3 Vectors Local enforces them itself; nobody may be denied one's own name. */
const JUDGED_ELSEWHERE = /^(?:CloudControl|STS)$/;

export function permissionsOf(call: RecordedCall, around: Surroundings): NeededPermission[] {
  if (JUDGED_ELSEWHERE.test(call.service)) return [];
  switch (call.service) {
    case 'S3':
      return ofS3(call, around);
    case 'S3Control':
      return [ofS3Control(call)];
    case 'S3Vectors':
      return ofS3Vectors(call);
    case 'IAM':
      return ofIam(call, around);
    case 'KMS':
      return ofKms(call, around);
    case 'Lambda':
      return ofLambda(call, around);
    default:
      throw new Error(`no permissions are known for calls of ${call.service}`);
  }
}

function ofS3({ operation, input }: RecordedCall, { place }: Surroundings): NeededPermission[] {
  const action = S3_ACTIONS[operation] ?? (S3_SAME_NAME.test(operation) ? operation : undefined);
  if (action === undefined) throw new Error(`no permission is known for S3 ${operation}`);
  const name = text(input, 'Bucket');
  const resource = action === 'DeleteObject' ? arn.objects(place, name) : arn.bucket(place, name);
  // Tags that come with the bucket ask for the right to tag it (S3 API, CreateBucket).
  const { Tags: tags } = (input['CreateBucketConfiguration'] ?? {}) as { readonly Tags?: unknown };
  return [plain(`s3:${action}`, resource), ...(hasTags(tags) ? [plain('s3:TagResource', resource)] : [])];
}

function ofS3Control({ operation, input }: RecordedCall): NeededPermission {
  if (!S3_CONTROL.test(operation)) throw new Error(`no permission is known for S3 Control ${operation}`);
  return plain(`s3:${operation}`, text(input, 'ResourceArn'));
}

/** Only what the aws provider calls itself; the rest goes through Cloud Control and is enforced by S3 Vectors Local. */
function ofS3Vectors({ operation, input }: RecordedCall): NeededPermission[] {
  return /^(?:Delete|Get|Put)VectorBucketPolicy$/.test(operation)
    ? [plain(`s3vectors:${operation}`, text(input, 'vectorBucketArn'))]
    : [];
}

function ofIam({ operation, input }: RecordedCall, { place, boundaryOf }: Surroundings): NeededPermission[] {
  const action = `iam:${operation}`;
  const role = input['RoleName'] as string | undefined;
  if (role !== undefined) {
    const boundary = (input['PermissionsBoundary'] as string | undefined) ?? boundaryOf(role);
    const context: Context = {
      ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
      ...(input['PolicyArn'] === undefined ? {} : { 'iam:PolicyARN': text(input, 'PolicyArn') }),
      ...requestTags(input['Tags']),
    };
    const resource = arn.role(place, role);
    return [
      { action, resource, context, resourcePolicies: [] },
      ...(operation === 'CreateRole' && hasTags(input['Tags'])
        ? [{ action: 'iam:TagRole', resource, context, resourcePolicies: [] }]
        : []),
    ];
  }
  const name = input['PolicyName'] as string | undefined;
  const resource = name === undefined ? text(input, 'PolicyArn') : arn.managedPolicy(place, name);
  return [
    plain(action, resource),
    ...(operation === 'CreatePolicy' && hasTags(input['Tags']) ? [plain('iam:TagPolicy', resource)] : []),
  ];
}

function ofKms({ operation, input }: RecordedCall, { place, key }: Surroundings): NeededPermission[] {
  const action = `kms:${operation}`;
  if (operation === 'CreateKey') {
    const context = requestTags(input['Tags'], 'TagKey', 'TagValue');
    const made = { resource: '*', context, resourcePolicies: [] };
    return [{ ...made, action }, ...(hasTags(input['Tags']) ? [{ ...made, action: 'kms:TagResource' }] : [])];
  }
  if (operation === 'ListAliases') return [plain(action, '*')];
  const alias = input['AliasName'] as string | undefined;
  const keyId = (input['TargetKeyId'] ?? input['KeyId']) as string | undefined;
  const onKey = (id: string): NeededPermission => {
    const { arn: resource, tags, policy } = key(id);
    return { action, resource, context: tagContext('aws:ResourceTag/', tags), resourcePolicies: [policy] };
  };
  return [
    ...(alias === undefined
      ? []
      : [plain(action, `arn:${place.partition}:kms:${place.region}:${place.accountId}:${alias}`)]),
    ...(keyId === undefined ? [] : [onKey(keyId)]),
  ];
}

function ofLambda({ operation, input }: RecordedCall, { place }: Surroundings): NeededPermission[] {
  const given = input['FunctionName'] ?? input['Resource'];
  if (typeof given !== 'string') throw new Error(`Lambda ${operation} names no function`);
  const resource = given.startsWith('arn:') ? given : arn.lambdaFunction(place, given);
  const role = input['Role'] as string | undefined;
  return [
    plain(`lambda:${operation}`, resource),
    ...(operation === 'CreateFunction' && input['Tags'] !== undefined
      ? [plain('lambda:TagResource', resource)]
      : []),
    // Without it the answer has no tags (Lambda API, GetFunction), and every refresh would find them gone.
    ...(operation === 'GetFunction' ? [plain('lambda:ListTags', resource)] : []),
    ...(role === undefined
      ? []
      : [
          {
            ...plain('iam:PassRole', role),
            context: { 'iam:PassedToService': 'lambda.amazonaws.com', 'iam:AssociatedResourceArn': resource },
          },
        ]),
  ];
}

function plain(action: string, resource: string): NeededPermission {
  return { action, resource, context: {}, resourcePolicies: [] };
}

function hasTags(tags: unknown): boolean {
  return Array.isArray(tags) && tags.length > 0;
}

function requestTags(tags: unknown, key = 'Key', value = 'Value'): Context {
  const list = (tags ?? []) as readonly Readonly<Record<string, string>>[];
  const map = Object.fromEntries(list.map((tag) => [tag[key] ?? '', tag[value] ?? '']));
  return {
    ...tagContext('aws:RequestTag/', map),
    ...(list.length === 0 ? {} : { 'aws:TagKeys': Object.keys(map) }),
  };
}

function tagContext(prefix: string, tags: Readonly<Record<string, string>>): Context {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${prefix}${name}`, value]));
}

function text(input: Readonly<Record<string, unknown>>, member: string): string {
  const value = input[member];
  if (typeof value !== 'string') throw new Error(`the call has no ${member}: ${JSON.stringify(input)}`);
  return value;
}
