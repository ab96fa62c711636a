// What a failed call to an AWS service means to the caller, once it will not be repeated any more.
import { messageOf } from '../runtime-error';
import { failureKind } from './failure-kind';

export type ServiceFailureCode =
  /** 403. */
  | 'ACCESS_DENIED'
  /** No credentials were found, or they have expired. */
  | 'NO_CREDENTIALS'
  /** Neither an option nor AWS_REGION names a Region. */
  | 'NO_REGION'
  /** 404. */
  | 'NOT_FOUND'
  /** 400: what was sent; 413: it is too long. */
  | 'REFUSED_BY_SERVICE'
  /** 402: a quota that waiting does not lift. */
  | 'QUOTA_EXCEEDED'
  /** 429 until the deadline. */
  | 'THROTTLED'
  /** 408, 5xx or a broken connection until the deadline. */
  | 'SERVICE_UNAVAILABLE'
  /** Nobody listens at the endpoint, or its name does not resolve. */
  | 'ENDPOINT_UNREACHABLE'
  | 'ABORTED'
  /** The service answered something that its API does not allow. */
  | 'UNEXPECTED_ANSWER';

/** Failures of calls that were repeated until their attempts or their deadline were used up. */
export const GIVEN_UP: ReadonlySet<string> = new Set<ServiceFailureCode>([
  'THROTTLED',
  'SERVICE_UNAVAILABLE',
]);

const BY_STATUS: Readonly<Partial<Record<number, ServiceFailureCode>>> = {
  400: 'REFUSED_BY_SERVICE',
  402: 'QUOTA_EXCEEDED',
  403: 'ACCESS_DENIED',
  404: 'NOT_FOUND',
  413: 'REFUSED_BY_SERVICE',
};
const CREDENTIAL_FAILURES = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

export function serviceFailureCode(thrown: unknown): ServiceFailureCode {
  switch (failureKind(thrown)) {
    case 'aborted':
      return 'ABORTED';
    case 'throttled':
      return 'THROTTLED';
    case 'transient':
      return 'SERVICE_UNAVAILABLE';
    case 'unreachable':
      return 'ENDPOINT_UNREACHABLE';
    case 'refused':
      break;
  }
  const error = thrown as { name?: string; $metadata?: { httpStatusCode?: number } } | null | undefined;
  if (CREDENTIAL_FAILURES.has(error?.name ?? '')) return 'NO_CREDENTIALS';
  if (/^(Region is missing|expected `region`)/.test(messageOf(thrown))) return 'NO_REGION';
  return BY_STATUS[error?.$metadata?.httpStatusCode ?? 0] ?? 'UNEXPECTED_ANSWER';
}
