// The errors that S3 Vectors answers with, by their modelled names and status codes.

/** Modelled errors of the service and, last, those that it answers with and does not declare. */
export const STATUS_OF = {
  AccessDeniedException: 403,
  ConflictException: 409,
  InternalServerException: 500,
  KmsDisabledException: 400,
  KmsInvalidKeyUsageException: 400,
  KmsInvalidStateException: 400,
  KmsNotFoundException: 400,
  NotFoundException: 404,
  RequestTimeoutException: 408,
  ServiceQuotaExceededException: 402,
  ServiceUnavailableException: 503,
  TooManyRequestsException: 429,
  ValidationException: 400,
  SerializationException: 400,
  UnknownOperationException: 404,
  ExpiredTokenException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
} as const;

export type ErrorName = keyof typeof STATUS_OF;

/** A member of a ValidationException's fieldList. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** An answer of the service that is an error. */
export class ServiceError extends Error {
  constructor(
    override readonly name: ErrorName,
    /** What the answer says, in the service's own words where they are known. */
    message: string,
    readonly fieldList: readonly FieldProblem[] = [],
    /** More than the service would say; goes to the log only. */
    readonly detail?: string,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS_OF[this.name];
  }
}

/** A ValidationException about one field, with the same words as message and in the fieldList. */
export function invalidField(path: string, message: string, detail?: string): ServiceError {
  return new ServiceError('ValidationException', message, [{ path, message }], detail);
}

/**
 * A body that is no request at all: not JSON, not UTF-8, of wrong types. The service's answer holds no message,
 * which the JavaScript SDK shows as "UnknownError" (measured: docs/evidence/string-encoding.md of
 * FarukAda/aws-langchain-s3-vector-ts); the reason is in the log.
 */
export function unreadable(detail: string): ServiceError {
  return new ServiceError('SerializationException', '', [], detail);
}
