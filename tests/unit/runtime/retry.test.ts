import assert from 'node:assert/strict';
import fc from 'fast-check';
import { failureKind } from '../../../runtime/retry/failure-kind';
import { failureMessage } from '../../../runtime/retry/failure-message';
import type { FailureKind } from '../../../runtime/retry/failure-kind';
import { DEFAULT_RETRY, retryDelay } from '../../../runtime/retry/retry-policy';
import { serviceFailureCode } from '../../../runtime/retry/service-failure';
import { withRetries } from '../../../runtime/retry/with-retries';

function failure(properties: object, message = 'failed'): Error {
  return Object.assign(new Error(message), properties);
}

function status(httpStatusCode: number, name = 'Error'): Error {
  return failure({ name, $metadata: { httpStatusCode } });
}

describe('the kind of a failure', () => {
  const cases: readonly (readonly [string, Error, FailureKind])[] = [
    ['S3 Vectors’ throttling', status(429, 'TooManyRequestsException'), 'throttled'],
    ['Bedrock’s throttling, whatever its status', status(400, 'ThrottlingException'), 'throttled'],
    ['408', status(408, 'RequestTimeoutException'), 'transient'],
    ['500', status(500), 'transient'],
    ['503', status(503, 'ServiceUnavailableException'), 'transient'],
    ['a reset connection', failure({ code: 'ECONNRESET' }), 'transient'],
    ['an HTTP/2 session that has died', failure({ code: 'ERR_HTTP2_INVALID_SESSION' }), 'transient'],
    ['a timeout of the client', failure({ name: 'TimeoutError' }), 'transient'],
    ['an answer cut off', new SyntaxError('Unexpected end of JSON input'), 'transient'],
    ['a failure that wraps a reset', failure({ cause: failure({ code: 'ECONNRESET' }) }), 'transient'],
    ['a clock that the SDK has corrected', failure({ $metadata: { clockSkewCorrected: true } }), 'transient'],
    ['nobody listening', failure({ code: 'ECONNREFUSED' }), 'unreachable'],
    ['an unknown host', failure({ code: 'ENOTFOUND' }), 'unreachable'],
    [
      'HTTP/2 streams of a session that could not be made',
      failure({ code: 'ERR_HTTP2_STREAM_CANCEL', cause: failure({ code: 'ECONNREFUSED' }) }),
      'unreachable',
    ],
    [
      'HTTP/2 streams of a session that broke',
      failure({ code: 'ERR_HTTP2_STREAM_CANCEL', cause: failure({ code: 'ECONNRESET' }) }),
      'transient',
    ],
    [
      'a name with two addresses at which nobody listens',
      new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'ENETUNREACH' })]),
      'unreachable',
    ],
    [
      'a name with two addresses of which one is silent',
      Object.assign(new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'ETIMEDOUT' })]), {
        code: 'ECONNREFUSED',
      }),
      'transient',
    ],
    [
      'a fetch whose connection was closed',
      new TypeError('fetch failed', { cause: failure({ name: 'SocketError', code: 'UND_ERR_SOCKET' }) }),
      'transient',
    ],
    [
      'a fetch whose answer was cut off',
      new TypeError('terminated', { cause: failure({ name: 'SocketError', code: 'UND_ERR_SOCKET' }) }),
      'transient',
    ],
    [
      'a fetch to where nobody listens',
      new TypeError('fetch failed', { cause: failure({ code: 'ENOTFOUND' }) }),
      'unreachable',
    ],
    [
      'a fetch that was sent elsewhere',
      new TypeError('fetch failed', { cause: new Error('unexpected redirect') }),
      'refused',
    ],
    ['400', status(400, 'ValidationException'), 'refused'],
    [
      'a proxy’s page',
      Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode: 413 } }),
      'refused',
    ],
    ['402', status(402, 'ServiceQuotaExceededException'), 'refused'],
    ['403', status(403, 'AccessDeniedException'), 'refused'],
    ['404', status(404, 'NotFoundException'), 'refused'],
    ['an abort', failure({ name: 'AbortError' }), 'aborted'],
  ];
  for (const [what, thrown, kind] of cases) {
    it(`of ${what} is ${kind}`, () => {
      assert.equal(failureKind(thrown), kind);
    });
  }

  it('of anything else that was thrown is refused', () => {
    for (const thrown of [undefined, null, 'text', 7]) assert.equal(failureKind(thrown), 'refused');
  });

  it('tells credentials and Region from a refusal', () => {
    assert.equal(serviceFailureCode(failure({ name: 'CredentialsProviderError' })), 'NO_CREDENTIALS');
    assert.equal(serviceFailureCode(new Error('Region is missing')), 'NO_REGION');
    assert.equal(serviceFailureCode(new Error('whatever')), 'UNEXPECTED_ANSWER');
    assert.equal(serviceFailureCode(status(413)), 'REFUSED_BY_SERVICE');
  });
});

describe('the words of a failure', () => {
  it('are without the SDK’s hint, and say what fetch leaves to its cause', () => {
    const hint =
      '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';
    assert.equal(failureMessage(failure({}, `Access denied.${hint}`)), 'Access denied.');
    assert.equal(
      failureMessage(
        Object.assign(new SyntaxError(`Unexpected token <${hint}`), { $metadata: { httpStatusCode: 413 } }),
      ),
      'the answer (status 413) is no whole JSON: Unexpected token <',
    );
    assert.equal(
      failureMessage(new TypeError('fetch failed', { cause: new Error('other side closed') })),
      'fetch failed: other side closed',
    );
    assert.equal(failureMessage('text'), 'text');
  });
});

describe('the wait before a repeated call', () => {
  it('is drawn from zero to a doubling ceiling, and never beyond the longest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 11 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempts, random) => {
          const delay = retryDelay('transient', attempts, 0, DEFAULT_RETRY, random)!;
          assert.ok(delay >= 0 && delay <= Math.min(20_000, 100 * 2 ** (attempts - 1)));
        },
      ),
    );
  });

  it('is longer after throttling', () => {
    assert.equal(retryDelay('throttled', 1, 0, DEFAULT_RETRY, 1), 500);
    assert.equal(retryDelay('transient', 1, 0, DEFAULT_RETRY, 1), 100);
  });

  it('is none where the same call would be refused again', () => {
    assert.equal(retryDelay('refused', 1, 0, DEFAULT_RETRY, 0), undefined);
    assert.equal(retryDelay('aborted', 1, 0, DEFAULT_RETRY, 0), undefined);
  });

  it('is none after the last attempt, beyond the deadline, and soon where nobody listens', () => {
    assert.equal(retryDelay('transient', 12, 0, DEFAULT_RETRY, 0), undefined);
    assert.equal(retryDelay('transient', 1, 119_950, DEFAULT_RETRY, 1), undefined);
    assert.equal(retryDelay('unreachable', 4, 0, DEFAULT_RETRY, 0), undefined);
    assert.notEqual(retryDelay('unreachable', 3, 0, DEFAULT_RETRY, 0), undefined);
  });

  it('is as long where nobody listens as the caller has patience', () => {
    const patient = { ...DEFAULT_RETRY, maxAttempts: 100, unreachableAttempts: 100, deadlineMs: 600_000 };
    assert.notEqual(retryDelay('unreachable', 60, 500_000, patient, 1), undefined);
    assert.equal(retryDelay('unreachable', 60, 599_999, patient, 1), undefined);
    assert.equal(retryDelay('unreachable', 12, 0, { ...patient, maxAttempts: 12 }, 0), undefined);
  });
});

describe('a call with retries', () => {
  const policy = { baseDelayMs: 1, throttledDelayMs: 1 };

  it('is repeated until it succeeds', async () => {
    const kinds: string[] = [];
    const result = await withRetries(
      (attempt) => (attempt < 3 ? Promise.reject(status(503)) : Promise.resolve(attempt)),
      { policy, onRetry: (kind) => kinds.push(kind) },
    );
    assert.equal(result, 3);
    assert.deepEqual(kinds, ['transient', 'transient']);
  });

  it('is made once when it is refused', async () => {
    let calls = 0;
    const refused = status(400);
    await assert.rejects(
      withRetries(
        () => {
          calls += 1;
          return Promise.reject(refused);
        },
        { policy },
      ),
      refused,
    );
    assert.equal(calls, 1);
  });

  it('ends while it waits when its signal aborts', async () => {
    const abort = new AbortController();
    const waiting = withRetries(() => Promise.reject(status(503)), {
      policy: { baseDelayMs: 1_000_000, maxDelayMs: 1_000_000, deadlineMs: 10_000_000 },
      signal: abort.signal,
      onRetry: () => {
        abort.abort(new Error('enough'));
      },
    });
    await assert.rejects(waiting, /enough/);
  });
});
