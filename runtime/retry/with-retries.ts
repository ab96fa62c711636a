// Runs a call until it succeeds, cannot succeed, or its deadline has passed.
import { setTimeout as sleep } from 'node:timers/promises';
import { failureKind } from './failure-kind';
import type { FailureKind } from './failure-kind';
import { DEFAULT_RETRY, retryDelay } from './retry-policy';
import type { RetryPolicy } from './retry-policy';

export interface RetryOptions {
  readonly policy?: Partial<RetryPolicy> | undefined;
  /** Ends waiting at once; the call itself must be given the signal too. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every attempt that failed and will be repeated. */
  readonly onRetry?: ((kind: FailureKind, delayMs: number) => void) | undefined;
  /** Milliseconds so far in which the call waited for its own turn; they do not count towards the deadline. */
  readonly waitedMs?: (() => number) | undefined;
}

/** @throws what the last attempt threw, or the signal's reason */
export async function withRetries<T>(
  call: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const policy = { ...DEFAULT_RETRY, ...options.policy };
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await call(attempt);
    } catch (thrown) {
      options.signal?.throwIfAborted();
      const kind = failureKind(thrown);
      const elapsed = performance.now() - began - (options.waitedMs?.() ?? 0);
      const delay = retryDelay(kind, attempt, elapsed, policy, Math.random());
      if (delay === undefined) throw thrown;
      options.onRetry?.(kind, delay);
      await sleep(delay, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
        (aborted: unknown) => {
          options.signal?.throwIfAborted();
          throw aborted;
        },
      );
    }
  }
}
