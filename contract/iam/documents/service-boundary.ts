// The most that any role made by the deployer can ever do. Without it, who may create a role and a policy may
// give itself everything, and the split between the two layers would be on paper only.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { S3_VECTORS_DATA_ACTIONS } from '../actions';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';
import { profileStatements } from './bedrock-invocation';
import type { InferenceProfile } from './bedrock-invocation';
import { viaStorageServices } from './key-use';
import { namePatterns } from './name-patterns';
import type { Scope } from './name-patterns';

/**
 * The document of `${project}-s3-vector-service-boundary`, a permissions boundary: it allows nothing by itself.
 * @param profiles inference profiles that a service may call; every model of the place's Region is within it anyway.
 */
export function serviceBoundaryDocument(
  place: Place,
  scope: Scope,
  profiles: readonly InferenceProfile[] = [],
): PolicyDocument {
  const patterns = namePatterns(scope);
  return policyDocument(
    {
      Sid: 'Vectors',
      Effect: 'Allow',
      Action: [
        ...S3_VECTORS_DATA_ACTIONS,
        's3vectors:GetIndex',
        's3vectors:GetVectorBucket',
        's3vectors:ListIndexes',
      ],
      Resource: patterns.flatMap((pattern) => [
        arn.vectorBucket(place, pattern),
        arn.vectorIndex(place, pattern),
      ]),
    },
    {
      Sid: 'EmbeddingObjects',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetBucketLocation', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
      Resource: patterns.flatMap((pattern) => [arn.bucket(place, pattern), arn.objects(place, pattern)]),
    },
    {
      Sid: 'EncryptionKeyUse',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: `arn:${place.partition}:kms:${place.region}:${place.accountId}:key/*`,
      Condition: viaStorageServices(place),
    },
    {
      Sid: 'ModelInvocation',
      Effect: 'Allow',
      Action: 'bedrock:InvokeModel',
      Resource: arn.foundationModel(place, '*'),
    },
    ...profileStatements(place, profiles),
    {
      Sid: 'FunctionLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: patterns.flatMap((pattern) => {
        const group = `arn:${place.partition}:logs:${place.region}:${place.accountId}:log-group:/aws/lambda/${pattern}`;
        return [group, `${group}:*`];
      }),
    },
  );
}
