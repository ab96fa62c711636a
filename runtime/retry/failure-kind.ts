// Why a call to AWS failed, as far as trying again is concerned. Decided from status, name and code, because the
// two services and Node's sockets each have their own classes.

/**
 * `throttled`: too fast, the same call can succeed later. `transient`: the service or the network failed, and all
 * calls here may be repeated. `unreachable`: nobody listens or the name does not resolve; seldom cured by waiting.
 * `refused`: the same call would be refused again.
 */
export type FailureKind = 'throttled' | 'transient' | 'unreachable' | 'refused' | 'aborted';

const THROTTLING = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'SlowDown',
]);
const TRANSIENT = new Set([
  'InternalServerException',
  'ServiceUnavailableException',
  'RequestTimeoutException',
  'RequestTimeout',
  'TimeoutError',
  'ModelTimeoutException',
  'ModelNotReadyException',
]);
const TRANSIENT_STATUS = new Set([408, 500, 502, 503, 504]);
/** A reset can also answer a body over 20 MiB; bodies here are measured before they are sent, so it is the network. */
const BROKEN_CONNECTION = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  // Of fetch, behind "fetch failed" and "terminated".
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export function failureKind(thrown: unknown): FailureKind {
  const { name, code, status, message, clockCorrected, within } = readFailure(thrown);
  if (name === 'AbortError') return 'aborted';
  if (THROTTLING.has(name) || status === 429) return 'throttled';
  if (TRANSIENT.has(name) || TRANSIENT_STATUS.has(status)) return 'transient';
  // What a failure wraps knows more: HTTP/2 cancels its streams because nobody listens, and fetch says "failed" to all.
  const [known] = within.map(failureKind).sort((one, other) => WEIGHT.indexOf(one) - WEIGHT.indexOf(other));
  if (known !== undefined && known !== 'refused') return known;
  // Bedrock's client speaks HTTP/2, whose sessions die between the invocations of a frozen Lambda.
  if (BROKEN_CONNECTION.has(code) || code.startsWith('ERR_HTTP2_')) return 'transient';
  if (UNREACHABLE.has(code)) return 'unreachable';
  // The SDK measured the skew of the clock from the refusal and signs the next attempt with it.
  if (clockCorrected) return 'transient';
  // The answer was cut off: either the socket closed early or the JSON ends in the middle. A refusal that is no JSON
  // is some proxy's page, and whole.
  if ((name === 'SyntaxError' && status < 400) || message === 'aborted' || message === 'socket hang up') {
    return 'transient';
  }
  return 'refused';
}

/** Of several failures that one wraps - a name with two addresses - the one that counts comes first. */
const WEIGHT: readonly FailureKind[] = ['aborted', 'throttled', 'transient', 'unreachable', 'refused'];

export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly clockCorrected: boolean;
  /** What it wraps: its cause, and the errors of an AggregateError. */
  readonly within: readonly unknown[];
}

/** What a failure says of itself, whatever was thrown; status 0 where there was no answer. */
export function readFailure(thrown: unknown): Failure {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    cause?: unknown;
    errors?: unknown;
    $metadata?: { httpStatusCode?: unknown; clockSkewCorrected?: unknown };
  };
  const status = error.$metadata?.httpStatusCode;
  return {
    name: typeof error.name === 'string' ? error.name : '',
    code: typeof error.code === 'string' ? error.code : '',
    status: typeof status === 'number' ? status : 0,
    message: typeof error.message === 'string' ? error.message : '',
    clockCorrected: error.$metadata?.clockSkewCorrected === true,
    within: [
      ...(error.cause === undefined ? [] : [error.cause]),
      ...(Array.isArray(error.errors) ? (error.errors as unknown[]) : []),
    ],
  };
}
