// What the vector store throws, and how a service's answer becomes one: with the operation and the index it was about,
// and the likely remedy, because S3 Vectors itself often says no more than "Access denied" or "Invalid filter".
import { RuntimeError } from '../runtime-error';
import { CallTimeoutError } from '../retry/call-limit';
import { failureMessage } from '../retry/failure-message';
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
  /** 400 or 413: the service refused what was sent. */
  | 'REFUSED_BY_SERVICE'
  /** The same for every record: the refusal is of the index, not of a record. */
  | 'EVERYTHING_REFUSED'
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
  /** The call's `timeoutMs` was over. */
  | 'DEADLINE_EXCEEDED'
  /** The caller's iterable threw. */
  | 'SOURCE_FAILED'
  /** A callback of the caller threw. */
  | 'CALLBACK_FAILED'
  /** A key that cannot exist, in a stream of keys. */
  | 'INVALID_KEY'
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
  /** Whether the query had a filter or asked for metadata, or the list for contents: both need a second permission. */
  readonly readsMetadata?: boolean;
  /** The call's signal: where it has aborted, whatever was thrown is a consequence of it. */
  readonly signal?: AbortSignal | undefined;
}

/** Turns whatever a call threw into a `VectorStoreError`; one of ours passes unchanged. */
export function asVectorStoreError(thrown: unknown, context: OperationContext): VectorStoreError {
  if (thrown instanceof VectorStoreError) return thrown;
  const code = context.signal?.aborted === true ? abortCode(context.signal) : codeOf(thrown);
  const where = `${context.operation} on index "${context.indexName}" of vector bucket "${context.vectorBucketName}"`;
  const remedy = remedyOf(code, context);
  return new VectorStoreError(
    code,
    `${where}: ${sentence(failureMessage(thrown))}${remedy === '' ? '' : ` ${remedy}`}`,
    {
      cause: thrown,
    },
  );
}

/** Why a signal aborted: the call's own timeout, or its caller. */
export function abortCode(signal: AbortSignal): 'ABORTED' | 'DEADLINE_EXCEEDED' {
  return signal.reason instanceof CallTimeoutError ? 'DEADLINE_EXCEEDED' : 'ABORTED';
}

function codeOf(thrown: unknown): VectorStoreErrorCode {
  const code = serviceFailureCode(thrown);
  return code === 'NOT_FOUND' ? 'INDEX_NOT_FOUND' : code;
}

function remedyOf(code: VectorStoreErrorCode, context: OperationContext): string {
  switch (code) {
    case 'ACCESS_DENIED':
      return context.readsMetadata === true
        ? `${READS[context.operation] ?? context.operation} needs s3vectors:GetVectors as well as s3vectors:${context.operation}: ` +
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
      return 'It was repeated until its attempts or its deadline were used up; other writers may be using up the quota of this index (2,500 vectors and 1,000 requests a second).';
    case 'SERVICE_UNAVAILABLE':
      return 'It was repeated until its attempts or its deadline were used up; try again later.';
    case 'ENDPOINT_UNREACHABLE':
      return 'Check the Region, AWS_ENDPOINT_URL_S3VECTORS and AWS_ENDPOINT_URL where they are set, and the network.';
    case 'QUOTA_EXCEEDED':
      return 'Ask for a higher quota, or shard over several indexes.';
    case 'REFUSED_BY_SERVICE':
    case 'EVERYTHING_REFUSED':
    case 'INDEX_MISMATCH':
    case 'ABORTED':
    case 'DEADLINE_EXCEEDED':
    case 'SOURCE_FAILED':
    case 'CALLBACK_FAILED':
    case 'INVALID_KEY':
    case 'UNEXPECTED_ANSWER':
      return '';
  }
}

const READS: Readonly<Partial<Record<string, string>>> = {
  QueryVectors: 'A query with a filter or with returned metadata',
  ListVectors: 'A list with data or metadata',
};

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
