// What the embedding archive throws, and how an answer of S3 becomes one: with the operation, the key and the likely
// remedy, because S3 says "Access Denied" to a missing key too when the caller may not list the bucket.
import { serviceFailureCode } from '../retry/service-failure';
import type { ServiceFailureCode } from '../retry/service-failure';
import { RuntimeError, messageOf } from '../runtime-error';

export type ArchiveErrorCode =
  /** 404 about the bucket. */
  | 'BUCKET_NOT_FOUND'
  /** 301: the bucket lies in another Region than the client asks. */
  | 'WRONG_REGION'
  /** The object is there and is no embedding of this layout: the message says why. */
  | 'UNREADABLE_OBJECT'
  /** `NOT_FOUND` is an object that vanished while it was being read; a missing id is no error. */
  | ServiceFailureCode;

/** Thrown by the embedding archive. */
export class ArchiveError extends RuntimeError<ArchiveErrorCode> {
  override readonly name = 'ArchiveError';

  constructor(
    code: ArchiveErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      /** The object that it was about, where it was about one. */
      readonly key?: string | undefined;
      /** For `UNREADABLE_OBJECT`: why, as a sentence without the key. */
      readonly reason?: string | undefined;
    } = {},
  ) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.key = options.key;
    this.reason = options.reason;
  }

  readonly key: string | undefined;
  readonly reason: string | undefined;
}

export interface ObjectContext {
  readonly bucketName: string;
  /** As S3 knows it: `GetObject`, `ListObjectsV2`, … */
  readonly operation: string;
  readonly key?: string | undefined;
  readonly aborted?: boolean | undefined;
}

/** Turns whatever a call threw into an `ArchiveError`; one of ours passes unchanged. */
export function asArchiveError(thrown: unknown, context: ObjectContext): ArchiveError {
  if (thrown instanceof ArchiveError) return thrown;
  const code = context.aborted === true ? 'ABORTED' : archiveCode(thrown, context.operation);
  const about =
    context.key === undefined
      ? `bucket "${context.bucketName}"`
      : `"${context.key}" in bucket "${context.bucketName}"`;
  const message = messageOf(thrown);
  const remedy = remedyOf(code, context);
  return new ArchiveError(
    code,
    `${context.operation} on ${about}: ${/[.!?]$/.test(message) ? message : `${message}.`}${remedy === '' ? '' : ` ${remedy}`}`,
    { cause: thrown, key: context.key },
  );
}

/** Codes of S3 that mean who asks, not what may be done. */
const CREDENTIAL_CODES = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken']);

function archiveCode(thrown: unknown, operation: string): ArchiveErrorCode {
  const { name, $metadata } = (thrown ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'NoSuchBucket') return 'BUCKET_NOT_FOUND';
  if (name === 'PermanentRedirect' || $metadata?.httpStatusCode === 301) return 'WRONG_REGION';
  if (CREDENTIAL_CODES.has(name ?? '')) return 'NO_CREDENTIALS';
  const code = serviceFailureCode(thrown);
  // An answer to HEAD has no body, and so no code of its own.
  return code === 'NOT_FOUND' && operation === 'HeadBucket' ? 'BUCKET_NOT_FOUND' : code;
}

/** The permission that an operation needs, where its name is another. */
const PERMISSIONS: Readonly<Partial<Record<string, string>>> = {
  ListObjectsV2: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  HeadBucket: 's3:ListBucket',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
};

function remedyOf(code: ArchiveErrorCode, { operation }: ObjectContext): string {
  switch (code) {
    case 'ACCESS_DENIED':
      return (
        `The caller’s policies must allow ${PERMISSIONS[operation] ?? `s3:${operation}`} (the bootstrap stack’s ` +
        's3-vector-service-access policy does) and the use of the bucket’s encryption key where it has one. ' +
        'Without s3:ListBucket S3 answers the same for a key that does not exist.'
      );
    case 'BUCKET_NOT_FOUND':
      return 'Check the bucket name (VECTOR_BUCKET_NAME; `pulumi stack output embeddingBuckets` of the storage stack prints them) and the account.';
    case 'WRONG_REGION':
      return 'Set AWS_REGION to the bucket’s Region, or give the archive a region.';
    case 'NO_CREDENTIALS':
      return 'Give the process credentials: a role in AWS, a profile or AWS_ACCESS_KEY_ID elsewhere; renew them when they have expired.';
    case 'NO_REGION':
      return 'Set AWS_REGION (Lambda does, App Runner does not), or give the archive a region.';
    case 'THROTTLED':
    case 'SERVICE_UNAVAILABLE':
      return 'It was repeated until its attempts or its deadline were used up; try again later.';
    case 'ENDPOINT_UNREACHABLE':
      return 'Check the Region, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL where they are set, and the network.';
    case 'NOT_FOUND':
    case 'UNREADABLE_OBJECT':
    case 'REFUSED_BY_SERVICE':
    case 'QUOTA_EXCEEDED':
    case 'ABORTED':
    case 'UNEXPECTED_ANSWER':
      return '';
  }
}
