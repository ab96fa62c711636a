// What a service may do with the vectors of one bucket: read them, or read and write them.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { policyDocument } from '../document';
import type { PolicyDocument, Statement } from '../document';
import { keyUseStatement } from './key-use';

export interface VectorAccess {
  readonly vectorBucketName: string;
  /** Indexes that are covered; all of the bucket's where the list is absent or empty. */
  readonly indexNames?: readonly string[] | undefined;
  /** Whether vectors may be put and deleted. */
  readonly write: boolean;
  /** The key of the bucket, where it has one of its own. */
  readonly encryptionKeyArn?: string | undefined;
}

/**
 * The document of `…-access` (read and write) and `…-read`. `GetVectors` is in both, because a query that
 * filters or returns metadata is refused without it (S3 User Guide, "Querying vectors").
 */
export function vectorAccessDocument(place: Place, access: VectorAccess): PolicyDocument {
  const indexes =
    access.indexNames === undefined || access.indexNames.length === 0 ? ['*'] : access.indexNames;
  const statements: Statement[] = [
    {
      Sid: 'VectorBucketAccess',
      Effect: 'Allow',
      Action: ['s3vectors:GetVectorBucket', 's3vectors:ListIndexes'],
      Resource: arn.vectorBucket(place, access.vectorBucketName),
    },
    {
      Sid: 'VectorIndexOperations',
      Effect: 'Allow',
      Action: [
        's3vectors:GetIndex',
        's3vectors:GetVectors',
        's3vectors:ListVectors',
        's3vectors:QueryVectors',
        ...(access.write ? ['s3vectors:DeleteVectors', 's3vectors:PutVectors'] : []),
      ],
      Resource: indexes.map((index) => arn.vectorIndex(place, access.vectorBucketName, index)),
    },
  ];
  return access.encryptionKeyArn === undefined
    ? policyDocument(...statements)
    : policyDocument(...statements, keyUseStatement(place, access.encryptionKeyArn, { write: access.write }));
}
