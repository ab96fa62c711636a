// Why a resource operation failed, in Cloud Control's codes (API reference, ProgressEvent.ErrorCode).
import type { ServiceError } from '../service-error';

export type HandlerErrorCode =
  | 'NotUpdatable'
  | 'InvalidRequest'
  | 'AccessDenied'
  | 'AlreadyExists'
  | 'NotFound'
  | 'ResourceConflict'
  | 'Throttling'
  | 'ServiceLimitExceeded'
  | 'GeneralServiceException'
  | 'ServiceInternalError';

/** The failure of an operation that was accepted: a ProgressEvent with status FAILED. */
export class ResourceError extends Error {
  override readonly name = 'ResourceError';

  constructor(
    readonly code: HandlerErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What a resource handler makes of an answer of S3 Vectors. */
export function fromServiceError(
  error: ServiceError,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
): ResourceError {
  // A SerializationException has no message of the service's; here its reason is all that is known.
  return new ResourceError(codeOf(error, operation), error.message || (error.detail ?? error.name));
}

function codeOf(error: ServiceError, operation: 'CREATE' | 'UPDATE' | 'DELETE'): HandlerErrorCode {
  switch (error.name) {
    case 'ConflictException':
      return operation === 'CREATE' ? 'AlreadyExists' : 'ResourceConflict';
    case 'NotFoundException':
      return 'NotFound';
    case 'AccessDeniedException':
    case 'ExpiredTokenException':
    case 'MissingAuthenticationTokenException':
    case 'UnrecognizedClientException':
      return 'AccessDenied';
    case 'ServiceQuotaExceededException':
      return 'ServiceLimitExceeded';
    case 'TooManyRequestsException':
      return 'Throttling';
    case 'InternalServerException':
    case 'ServiceUnavailableException':
    case 'RequestTimeoutException':
      return 'ServiceInternalError';
    case 'UnknownOperationException':
      return 'GeneralServiceException';
    case 'ValidationException':
    case 'SerializationException':
    case 'KmsDisabledException':
    case 'KmsInvalidKeyUsageException':
    case 'KmsInvalidStateException':
    case 'KmsNotFoundException':
      return 'InvalidRequest';
  }
}
