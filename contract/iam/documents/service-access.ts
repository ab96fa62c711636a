// What the runtime layer may do in buckets of the older layout: read and write objects, and never administer.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import {
  S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
} from '../actions';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';
import { keyUseStatement } from './key-use';
import { namePatterns } from './name-patterns';
import type { Scope } from './name-patterns';

/**
 * The document of `${project}-s3-vector-service-access`. Administration is denied everywhere, so that a service
 * role cannot gain it from another policy.
 * @param keyArns keys of buckets that have one of their own: their use through S3 is allowed. Default: no use of keys.
 * @throws InvalidInputError naming a project or environment that makes no name.
 */
export function serviceAccessDocument(
  place: Place,
  scope: Scope,
  keyArns: readonly string[] = [],
): PolicyDocument {
  const patterns = namePatterns(scope);
  return policyDocument(
    {
      Sid: 'EmbeddingObjects',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Resource: patterns.map((pattern) => arn.objects(place, pattern)),
    },
    {
      Sid: 'EmbeddingListing',
      Effect: 'Allow',
      Action: ['s3:GetBucketLocation', 's3:ListBucket'],
      Resource: patterns.map((pattern) => arn.bucket(place, pattern)),
    },
    ...(keyArns.length === 0 ? [] : [keyUseStatement(place, keyArns, { write: true, services: ['s3'] })]),
    {
      Sid: 'NoBucketAdministration',
      Effect: 'Deny',
      Action: [...S3_BUCKET_ADMINISTRATION_ACTIONS, ...S3_ACCESS_PATH_ADMINISTRATION_ACTIONS],
      Resource: '*',
    },
    {
      Sid: 'NoVectorBucketAdministration',
      Effect: 'Deny',
      Action: [...S3_VECTORS_ADMINISTRATION_ACTIONS],
      Resource: '*',
    },
  );
}
