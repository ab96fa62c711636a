// What the published aws provider calls for the resource types of the storage and service stacks, as data: the local
// stand-in reads less. Read in the resources of hashicorp/terraform-provider-aws 6, to which the provider is a bridge
// (whose own patches were not read); not run against AWS by us. Calls are those of the SDK; what they ask for is worked
// out where the recorded calls are (permissions-of-call.ts). Left out is what our arguments never lead to: `publish`,
// `delay_after_policy_creation_in_ms`, ACLs, keys that are disabled, instance profiles.
//
// Files under internal/service and the commit that each was read at. The files of one release could not be had, so
// they are of several:
//   s3/bucket.go (6.23 or later)                       bc6ffa6bedf06ebf1813d2b5344a4ba1d8ed6c7e
//   s3/bucket_server_side_encryption_configuration.go,
//   bucket_public_access_block.go,
//   bucket_lifecycle_configuration.go (6)              01606926a0c0ab9174aec440f976a48b0baee722
//   s3/bucket_versioning.go, bucket_logging.go (6, or
//   the last of 5)                                     01f431114674c27cf790fafb67ac274bf8f765e1
//   s3vectors/vector_bucket_policy.go (6)              119f16d1f4db9691187a523eada8b5ea204e2163
//   kms/key.go (6, of 2026)                            00a35305dc1b297a6fcdecdfbba33f1e63c3da39
//   lambda/function.go (6.7 or later)                  0156d84e6bb47e4a5fe0c8e87cf2d14fb1dc3b8c
// Read in a copy of 6 whose commit is not known: s3/bucket_policy.go, iam/role.go, iam/policy.go, iam/role_policy.go,
// iam/role_policy_attachment.go.
// NOT CHECKED against 6, only against a copy of 5 whose commit is not known: BucketOwnershipControls
// (s3/bucket_ownership_controls.go) and Alias (kms/alias.go); nor what tags_gen.go of kms, iam and lambda do.
// NOT READ: s3/tags.go of 6.23 and later. That a bucket's tags go through S3 Control, and through S3 where that is
// refused, is said by pull request 45251 and the changelog of 6.23.0; the older way was read in a copy of 5.

export interface ProviderCalls {
  readonly create: readonly string[];
  /** At every refresh, after every creation and update, and while waiting for them to be seen. */
  readonly read: readonly string[];
  readonly update: readonly string[];
  /** With what is read until the resource is gone. */
  readonly delete: readonly string[];
}

/** `Service.Operation` by Pulumi type. Deletion of objects (`forceDestroy`) is left out: no deployer may do that. */
export const REAL_PROVIDER_CALLS: Readonly<Record<string, ProviderCalls>> = {
  'aws:s3/bucket:Bucket': {
    // Tags are sent with CreateBucket; the two of S3 follow where that is refused or not known in the partition.
    create: ['S3.CreateBucket', 'S3.HeadBucket', 'S3.GetBucketTagging', 'S3.PutBucketTagging'],
    // HeadBucket also for the region: GetBucketLocation is not called.
    read: [
      'S3.HeadBucket',
      'S3.GetBucketPolicy',
      'S3.GetBucketAcl',
      'S3.GetBucketCors',
      'S3.GetBucketWebsite',
      'S3.GetBucketVersioning',
      'S3.GetBucketAccelerateConfiguration',
      'S3.GetBucketRequestPayment',
      'S3.GetBucketLogging',
      'S3.GetBucketLifecycleConfiguration',
      'S3.GetBucketReplication',
      'S3.GetBucketEncryption',
      'S3.GetObjectLockConfiguration',
      'S3Control.ListTagsForResource',
      'S3.GetBucketTagging',
    ],
    update: [
      'S3Control.ListTagsForResource',
      'S3Control.TagResource',
      'S3Control.UntagResource',
      'S3.GetBucketTagging',
      'S3.PutBucketTagging',
      'S3.DeleteBucketTagging',
    ],
    delete: ['S3.DeleteBucket', 'S3.HeadBucket'],
  },
  'aws:s3/bucketVersioning:BucketVersioning': {
    create: ['S3.PutBucketVersioning'],
    read: ['S3.GetBucketVersioning'],
    update: ['S3.PutBucketVersioning'],
    delete: ['S3.PutBucketVersioning'],
  },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    create: ['S3.PutBucketEncryption'],
    read: ['S3.GetBucketEncryption'],
    update: ['S3.PutBucketEncryption'],
    delete: ['S3.DeleteBucketEncryption'],
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': {
    create: ['S3.PutPublicAccessBlock'],
    read: ['S3.GetPublicAccessBlock'],
    update: ['S3.PutPublicAccessBlock'],
    delete: ['S3.DeletePublicAccessBlock', 'S3.GetPublicAccessBlock'],
  },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': {
    create: ['S3.PutBucketOwnershipControls'],
    read: ['S3.GetBucketOwnershipControls'],
    update: ['S3.PutBucketOwnershipControls'],
    delete: ['S3.DeleteBucketOwnershipControls', 'S3.GetBucketOwnershipControls'],
  },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': {
    create: ['S3.PutBucketLifecycleConfiguration'],
    read: ['S3.GetBucketLifecycleConfiguration'],
    update: ['S3.PutBucketLifecycleConfiguration'],
    delete: ['S3.DeleteBucketLifecycle', 'S3.GetBucketLifecycleConfiguration'],
  },
  'aws:s3/bucketPolicy:BucketPolicy': {
    create: ['S3.PutBucketPolicy'],
    read: ['S3.GetBucketPolicy'],
    update: ['S3.PutBucketPolicy'],
    delete: ['S3.DeleteBucketPolicy', 'S3.GetBucketPolicy'],
  },
  'aws:s3/bucketLogging:BucketLogging': {
    create: ['S3.PutBucketLogging'],
    read: ['S3.GetBucketLogging'],
    update: ['S3.PutBucketLogging'],
    delete: ['S3.PutBucketLogging'],
  },
  'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy': {
    create: ['S3Vectors.PutVectorBucketPolicy'],
    read: ['S3Vectors.GetVectorBucketPolicy'],
    update: ['S3Vectors.PutVectorBucketPolicy'],
    delete: ['S3Vectors.DeleteVectorBucketPolicy'],
  },
  'aws:iam/policy:Policy': {
    create: ['IAM.CreatePolicy'],
    // Tags come with the policy: ListPolicyTags is not called.
    read: ['IAM.GetPolicy', 'IAM.GetPolicyVersion'],
    update: [
      'IAM.ListPolicyVersions',
      'IAM.DeletePolicyVersion',
      'IAM.CreatePolicyVersion',
      'IAM.TagPolicy',
      'IAM.UntagPolicy',
    ],
    delete: ['IAM.ListPolicyVersions', 'IAM.DeletePolicyVersion', 'IAM.DeletePolicy'],
  },
  'aws:iam/role:Role': {
    create: ['IAM.CreateRole'],
    // Tags come with the role: ListRoleTags is not called.
    read: ['IAM.GetRole', 'IAM.ListRolePolicies', 'IAM.GetRolePolicy', 'IAM.ListAttachedRolePolicies'],
    // A boundary is put and never taken away: that would open the role.
    update: [
      'IAM.UpdateAssumeRolePolicy',
      'IAM.UpdateRoleDescription',
      'IAM.UpdateRole',
      'IAM.PutRolePermissionsBoundary',
      'IAM.TagRole',
      'IAM.UntagRole',
    ],
    // A refresh writes what other resources gave the role into its state; its deletion then takes that away first.
    delete: [
      'IAM.ListInstanceProfilesForRole',
      'IAM.ListAttachedRolePolicies',
      'IAM.DetachRolePolicy',
      'IAM.ListRolePolicies',
      'IAM.DeleteRolePolicy',
      'IAM.DeleteRole',
    ],
  },
  'aws:iam/rolePolicy:RolePolicy': {
    create: ['IAM.PutRolePolicy'],
    read: ['IAM.GetRolePolicy'],
    update: ['IAM.PutRolePolicy'],
    delete: ['IAM.DeleteRolePolicy'],
  },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    create: ['IAM.AttachRolePolicy'],
    read: ['IAM.ListAttachedRolePolicies'],
    update: [],
    delete: ['IAM.DetachRolePolicy'],
  },
  'aws:kms/key:Key': {
    create: ['KMS.CreateKey', 'KMS.EnableKeyRotation'],
    read: ['KMS.DescribeKey', 'KMS.GetKeyPolicy', 'KMS.GetKeyRotationStatus', 'KMS.ListResourceTags'],
    update: [
      'KMS.UpdateKeyDescription',
      'KMS.PutKeyPolicy',
      'KMS.EnableKeyRotation',
      'KMS.TagResource',
      'KMS.UntagResource',
    ],
    delete: ['KMS.ScheduleKeyDeletion', 'KMS.DescribeKey'],
  },
  'aws:kms/alias:Alias': {
    create: ['KMS.CreateAlias'],
    read: ['KMS.ListAliases'],
    update: ['KMS.UpdateAlias'],
    delete: ['KMS.DeleteAlias'],
  },
  'aws:lambda/function:Function': {
    create: ['Lambda.CreateFunction'],
    // It waits with GetFunction and takes the tags from it: GetFunctionConfiguration and ListTags are not called.
    read: ['Lambda.GetFunction', 'Lambda.GetFunctionCodeSigningConfig', 'Lambda.ListVersionsByFunction'],
    update: [
      'Lambda.UpdateFunctionConfiguration',
      'Lambda.UpdateFunctionCode',
      'Lambda.TagResource',
      'Lambda.UntagResource',
    ],
    delete: ['Lambda.DeleteFunction', 'Lambda.GetFunction'],
  },
};
