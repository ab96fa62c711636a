// What a service may do with the vectors of one bucket: read them, or read and write them.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { policyDocument } from '../document';
import type { PolicyDocument, Statement } from '../document';
import { keyUseStatement } from './key-use';

export interface VectorAccess {
  /** Name of the bucket, where it is in the place of the document. */
  readonly vectorBucketName?: string | undefined;
  /** ARN of the bucket, where it may be of another account or Region. */
  readonly vectorBucketArn?: string | undefined;
  /** Indexes that are covered; all of the bucket's where the list is absent or empty. */
  readonly indexNames?: readonly string[] | undefined;
  /** Whether vectors may be put and deleted. */
  readonly write: boolean;
  /** The keys of the bucket and of its indexes, where they have any of their own. */
  readonly encryptionKeyArns?: readonly string[] | undefined;
}

/**
 * The document of `…-access` (read and write) and `…-read`. `GetVectors` is in both, because a query that
 * filters or returns metadata is refused without it (S3 User Guide, "Querying vectors").
 */
export function vectorAccessDocument(place: Place, access: VectorAccess): PolicyDocument {
  const indexes =
    access.indexNames === undefined || access.indexNames.length === 0 ? ['*'] : access.indexNames;
  const bucketArn = access.vectorBucketArn ?? arn.vectorBucket(place, access.vectorBucketName ?? '');
  const statements: Statement[] = [
    {
      Sid: 'VectorBucketAccess',
      Effect: 'Allow',
      Action: ['s3vectors:GetVectorBucket', 's3vectors:ListIndexes'],
      Resource: bucketArn,
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
      Resource: indexes.map((index) => `${bucketArn}/index/${index}`),
    },
  ];
  const [key, ...others] = access.encryptionKeyArns ?? [];
  if (key === undefined) return policyDocument(...statements);
  // S3 Vectors calls KMS in the Region of the bucket.
  const region = access.vectorBucketArn === undefined ? place.region : regionIn(access.vectorBucketArn);
  const keys = others.length === 0 ? key : [key, ...others];
  return policyDocument(...statements, keyUseStatement({ ...place, region }, keys, { write: access.write }));
}

/** The Region of an ARN; the text itself where it is none, as the stand-ins for one that is not known yet. */
function regionIn(resourceArn: string): string {
  return resourceArn.split(':')[3] ?? resourceArn;
}
