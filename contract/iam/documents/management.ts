// What the deployment layer may do to buckets, vector buckets and indexes: create, configure and delete them,
// and never see what is in them.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { bucketNamePattern } from '../../names';
import {
  S3_BUCKET_READ_ACTIONS,
  S3_DATA_CREDENTIAL_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ACTIONS_WITHOUT_RESOURCE,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../actions';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';
import { namePatterns } from './name-patterns';
import type { Scope } from './name-patterns';

/**
 * What the embedding buckets of this package are configured with, and nothing beyond: replication, inventories
 * and access points would be roads by which objects leave.
 */
const S3_BUCKET_MANAGEMENT_ACTIONS = [
  's3:CreateBucket',
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutBucketLogging',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketTagging',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:TagResource',
  's3:UntagResource',
] as const;

/** The aws-native provider works through Cloud Control, which acts with the caller's own rights in S3 Vectors. */
const CLOUD_CONTROL_ACTIONS = [
  'cloudformation:CancelResourceRequest',
  'cloudformation:CreateResource',
  'cloudformation:DeleteResource',
  'cloudformation:GetResource',
  'cloudformation:GetResourceRequestStatus',
  'cloudformation:ListResourceRequests',
  'cloudformation:ListResources',
  'cloudformation:UpdateResource',
] as const;

/**
 * The document of `${project}-s3-vector-management`.
 *
 * Object data is denied in every bucket of the project and not on `*`, because a deployer may keep Pulumi's own
 * state in another bucket. Vector data is denied everywhere: nothing that a deployer needs is a vector.
 * Listing keys (`s3:ListBucket`) is allowed: HeadBucket asks for it, and it shows names of objects only.
 * @throws InvalidInputError naming a project or environment that makes no name.
 */
export function managementDocument(place: Place, scope: Scope): PolicyDocument {
  const patterns = namePatterns(scope);
  const everywhere = bucketNamePattern(scope.project);
  return policyDocument(
    {
      Sid: 'VectorBucketManagement',
      Effect: 'Allow',
      Action: [
        ...S3_VECTORS_ADMINISTRATION_ACTIONS,
        ...S3_VECTORS_READ_ACTIONS.filter((action) => !isWithoutResource(action)),
      ],
      Resource: patterns.flatMap((pattern) => [
        arn.vectorBucket(place, pattern),
        arn.vectorIndex(place, pattern),
      ]),
    },
    {
      Sid: 'VectorBucketListing',
      Effect: 'Allow',
      Action: [...S3_VECTORS_ACTIONS_WITHOUT_RESOURCE],
      Resource: '*',
    },
    {
      Sid: 'EmbeddingBucketManagement',
      Effect: 'Allow',
      Action: [...S3_BUCKET_MANAGEMENT_ACTIONS, ...S3_BUCKET_READ_ACTIONS],
      Resource: patterns.map((pattern) => arn.bucket(place, pattern)),
    },
    { Sid: 'CloudControl', Effect: 'Allow', Action: [...CLOUD_CONTROL_ACTIONS], Resource: '*' },
    {
      Sid: 'NoObjectData',
      Effect: 'Deny',
      Action: [...S3_OBJECT_DATA_ACTIONS],
      Resource: arn.objects(place, everywhere),
    },
    {
      Sid: 'NoVectorData',
      Effect: 'Deny',
      Action: [...S3_VECTORS_DATA_ACTIONS, ...S3_DATA_CREDENTIAL_ACTIONS],
      Resource: '*',
    },
  );
}

function isWithoutResource(action: string): boolean {
  return (S3_VECTORS_ACTIONS_WITHOUT_RESOURCE as readonly string[]).includes(action);
}
