// Which permissions each operation of S3 Vectors asks for, as data. The name of the operation is not always the answer:
// a query that filters reads metadata, and a creation with tags tags.
//
// Source: Service Authorization Reference of Amazon S3 Vectors (actions, resources, condition keys), and the
// "Permissions" section of each operation in the S3 Vectors API reference. What a customer managed key is asked for:
// S3 User Guide, "Data protection and encryption in S3 Vectors", which names kms:Decrypt and kms:GenerateDataKey for
// callers and does not say which operation needs which; here reads and deletions decrypt, and what writes does both.

/** What a permission is asked on: a vector bucket, an index, the resource that a tag operation names, or nothing. */
export type PermissionTarget = 'vectorBucket' | 'vectorIndex' | 'taggedResource' | 'none';

export interface RequiredPermission {
  /** `service:Operation`. */
  readonly action: string;
  readonly on: PermissionTarget;
  /** Members of the request that ask for it: any that is present, not false and not empty. Absent: always asked. */
  readonly whenAnyOf?: readonly string[];
}

export interface OperationPermissions {
  readonly permissions: readonly RequiredPermission[];
  /**
   * What the caller must be allowed with the key, where the resource that the operation acts on (or creates) is
   * encrypted with a customer managed key.
   */
  readonly keyActions?: readonly KeyAction[];
  /** The service's indexing must be able to use the key too: asked when something is created with it. */
  readonly indexingUsesKey?: boolean;
}

export type KeyAction = 'kms:Decrypt' | 'kms:GenerateDataKey';

const READING_KEY: readonly KeyAction[] = ['kms:Decrypt'];
const WRITING_KEY: readonly KeyAction[] = ['kms:GenerateDataKey', 'kms:Decrypt'];

const onBucket = (action: string): OperationPermissions => ({
  permissions: [{ action, on: 'vectorBucket' }],
});
const onIndex = (action: string): OperationPermissions => ({ permissions: [{ action, on: 'vectorIndex' }] });
const onTagged = (action: string): OperationPermissions => ({
  permissions: [{ action, on: 'taggedResource' }],
});

/** Every operation of the S3 Vectors API by name. */
export const S3_VECTORS_OPERATION_PERMISSIONS: Readonly<Record<string, OperationPermissions>> = {
  CreateVectorBucket: {
    permissions: [
      { action: 's3vectors:CreateVectorBucket', on: 'vectorBucket' },
      { action: 's3vectors:TagResource', on: 'vectorBucket', whenAnyOf: ['tags'] },
    ],
    keyActions: WRITING_KEY,
    indexingUsesKey: true,
  },
  GetVectorBucket: onBucket('s3vectors:GetVectorBucket'),
  DeleteVectorBucket: onBucket('s3vectors:DeleteVectorBucket'),
  ListVectorBuckets: { permissions: [{ action: 's3vectors:ListVectorBuckets', on: 'none' }] },
  PutVectorBucketPolicy: onBucket('s3vectors:PutVectorBucketPolicy'),
  GetVectorBucketPolicy: onBucket('s3vectors:GetVectorBucketPolicy'),
  DeleteVectorBucketPolicy: onBucket('s3vectors:DeleteVectorBucketPolicy'),
  PutVectorBucketDefaultIndexMode: onBucket('s3vectors:PutVectorBucketDefaultIndexMode'),
  CreateIndex: {
    permissions: [
      { action: 's3vectors:CreateIndex', on: 'vectorIndex' },
      { action: 's3vectors:TagResource', on: 'vectorIndex', whenAnyOf: ['tags'] },
    ],
    keyActions: WRITING_KEY,
    indexingUsesKey: true,
  },
  GetIndex: onIndex('s3vectors:GetIndex'),
  DeleteIndex: onIndex('s3vectors:DeleteIndex'),
  ListIndexes: onBucket('s3vectors:ListIndexes'),
  UpdateIndexMode: onIndex('s3vectors:UpdateIndexMode'),
  PutVectors: { ...onIndex('s3vectors:PutVectors'), keyActions: WRITING_KEY },
  GetVectors: { ...onIndex('s3vectors:GetVectors'), keyActions: READING_KEY },
  DeleteVectors: { ...onIndex('s3vectors:DeleteVectors'), keyActions: READING_KEY },
  ListVectors: {
    permissions: [
      { action: 's3vectors:ListVectors', on: 'vectorIndex' },
      { action: 's3vectors:GetVectors', on: 'vectorIndex', whenAnyOf: ['returnData', 'returnMetadata'] },
    ],
    keyActions: READING_KEY,
  },
  QueryVectors: {
    permissions: [
      { action: 's3vectors:QueryVectors', on: 'vectorIndex' },
      { action: 's3vectors:GetVectors', on: 'vectorIndex', whenAnyOf: ['filter', 'returnMetadata'] },
    ],
    keyActions: READING_KEY,
  },
  ListTagsForResource: onTagged('s3vectors:ListTagsForResource'),
  TagResource: onTagged('s3vectors:TagResource'),
  UntagResource: onTagged('s3vectors:UntagResource'),
};

/** The service that builds indexes; a key's policy must let it decrypt (S3 User Guide, as above). */
export const INDEXING_SERVICE_PRINCIPAL = 'indexing.s3vectors.amazonaws.com';

/** The encryption context under which S3 Vectors uses a key. */
export const ENCRYPTION_CONTEXT_KEYS = ['aws:s3vectors:arn', 'aws:s3vectors:resource-id'] as const;

/** Cloud Control's actions carry CloudFormation's prefix and name no resource (Service Authorization Reference). */
export const CLOUD_CONTROL_ACTION_PREFIX = 'cloudformation:';

/** The permissions that one request asks for, its members considered. */
export function permissionsFor(
  operation: string,
  input: Readonly<Record<string, unknown>>,
): readonly RequiredPermission[] {
  const permissions = S3_VECTORS_OPERATION_PERMISSIONS[operation]?.permissions;
  // An operation that this list does not know must never pass for one that needs nothing.
  if (permissions === undefined) throw new Error(`no permissions are known for the operation ${operation}`);
  return permissions.filter(
    ({ whenAnyOf }) => whenAnyOf === undefined || whenAnyOf.some((member) => isAsked(input[member])),
  );
}

function isAsked(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > 0;
}
