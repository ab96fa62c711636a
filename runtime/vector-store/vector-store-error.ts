// What the vector store throws, and how a service's answer becomes one: with the operation and the index it was about,
// and the likely remedy, because S3 Vectors itself often says no more than "Access denied" or "Invalid filter".
import { RuntimeError, messageOf } from '../runtime-error';
import { serviceFailureCode } from '../retry/service-failure';

export type VectorStoreErrorCode =
  /** 403: the message names the permission. */
  | 'ACCESS_DENIED'
  /** No credentials were found, or they have expired. */
  | 'NO_CREDENTIALS'
  /** Neither an option nor AWS_REGION says where the index is. */
  | 'NO_REGION'
  /** 404: bucket or index. */
  | 'INDEX_NOT_FOUND'
  /** The index has another shape than the caller expects. */
  | 'INDEX_MISMATCH'
  /** 400: the service refused what was sent. */
  | 'REFUSED_BY_SERVICE'
  /** 402: a quota that waiting does not lift. */
  | 'QUOTA_EXCEEDED'
  /** 429 until the deadline. */
  | 'THROTTLED'
  /** 408, 5xx or a broken connection until the deadline. */
  | 'SERVICE_UNAVAILABLE'
  /** Nobody listens at the endpoint, or its name does not resolve. */
  | 'ENDPOINT_UNREACHABLE'
  /** The caller's signal. */
  | 'ABORTED'
  /** The caller's iterable threw. */
  | 'SOURCE_FAILED'
  /** The service answered something that its API does not allow. */
  | 'UNEXPECTED_ANSWER';

/** Thrown by the vector store. */
export class VectorStoreError extends RuntimeError<VectorStoreErrorCode> {
  override readonly name: string = 'VectorStoreError';
}

/** The index that an operation was about. */
export interface IndexAddress {
  readonly vectorBucketName: string;
  readonly indexName: string;
}

/** What an operation was about, for its error. */
export interface OperationContext extends IndexAddress {
  /** As IAM knows it: `PutVectors`, `QueryVectors`, … */
  readonly operation: string;
  /** Whether the query had a filter or asked for metadata, which needs a second permission. */
  readonly readsMetadata?: boolean;
  /** Whether the caller's signal had aborted: whatever was thrown then is a consequence of it. */
  readonly aborted?: boolean;
}

/** Turns whatever a call threw into a `VectorStoreError`; one of ours passes unchanged. */
export function asVectorStoreError(thrown: unknown, context: OperationContext): VectorStoreError {
  if (thrown instanceof VectorStoreError) return thrown;
  const code = context.aborted === true ? 'ABORTED' : codeOf(thrown);
  const where = `${context.operation} on index "${context.indexName}" of vector bucket "${context.vectorBucketName}"`;
  const remedy = remedyOf(code, context);
  return new VectorStoreError(
    code,
    `${where}: ${sentence(messageOf(thrown))}${remedy === '' ? '' : ` ${remedy}`}`,
    {
      cause: thrown,
    },
  );
}

function codeOf(thrown: unknown): VectorStoreErrorCode {
  const code = serviceFailureCode(thrown);
  return code === 'NOT_FOUND' ? 'INDEX_NOT_FOUND' : code;
}

function remedyOf(code: VectorStoreErrorCode, context: OperationContext): string {
  switch (code) {
    case 'ACCESS_DENIED':
      return context.operation === 'QueryVectors' && context.readsMetadata === true
        ? 'A query with a filter or with returned metadata needs s3vectors:GetVectors as well as s3vectors:QueryVectors: ' +
            'it may be missing from the caller’s policies (the read and access policies of the storage stack grant both).'
        : `The caller’s policies must allow s3vectors:${context.operation} on this index, and its encryption key’s policy ` +
            'the use of the key where it has one.';
    case 'INDEX_NOT_FOUND':
      return 'Check bucket and index name (S3_VECTOR_BUCKET_NAME, S3_VECTOR_INDEX_NAME), Region and account: `pulumi stack output` of the storage stack prints them.';
    case 'NO_CREDENTIALS':
      return 'Give the process credentials: a role in AWS, a profile or AWS_ACCESS_KEY_ID elsewhere; renew them when they have expired.';
    case 'NO_REGION':
      return 'Set AWS_REGION (Lambda does, App Runner does not), or give the store a region.';
    case 'THROTTLED':
      return 'It was repeated until its deadline; other writers may be using up the quota of this index (2,500 vectors and 1,000 requests a second).';
    case 'SERVICE_UNAVAILABLE':
      return 'It was repeated until its deadline; try again later.';
    case 'ENDPOINT_UNREACHABLE':
      return 'Check the Region, AWS_ENDPOINT_URL_S3VECTORS and AWS_ENDPOINT_URL where they are set, and the network.';
    case 'QUOTA_EXCEEDED':
      return 'Ask for a higher quota, or shard over several indexes.';
    case 'REFUSED_BY_SERVICE':
    case 'INDEX_MISMATCH':
    case 'ABORTED':
    case 'SOURCE_FAILED':
    case 'UNEXPECTED_ANSWER':
      return '';
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
