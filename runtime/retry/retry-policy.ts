// When a failed call is tried again, and after how long: full jitter under a doubling ceiling, inside a deadline.
import type { FailureKind } from './failure-kind';

export interface RetryPolicy {
  /** Attempts of one call, the first included. */
  readonly maxAttempts: number;
  /** Milliseconds from the first attempt within which the last one must begin. */
  readonly deadlineMs: number;
  /** Ceiling of the first wait after a transient failure, in milliseconds; doubles with every attempt. */
  readonly baseDelayMs: number;
  /** The same after throttling, which a quick retry only prolongs. */
  readonly throttledDelayMs: number;
  /** No wait is longer, in milliseconds. */
  readonly maxDelayMs: number;
  /**
   * Attempts where nobody listens or the name does not resolve, never more than `maxAttempts`. The default, 4, is enough
   * for a restart and few enough that a wrong endpoint is told within a second; who has time to wait for an outage of
   * an endpoint that did answer gives more.
   */
  readonly unreachableAttempts: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 12,
  deadlineMs: 120_000,
  baseDelayMs: 100,
  throttledDelayMs: 500,
  maxDelayMs: 20_000,
  unreachableAttempts: 4,
};

/**
 * Milliseconds to wait before the next attempt, or undefined when there shall be none.
 * @param attempts attempts made so far, at least 1
 * @param elapsedMs milliseconds since the first attempt began
 * @param random a number from 0 up to 1
 */
export function retryDelay(
  kind: FailureKind,
  attempts: number,
  elapsedMs: number,
  policy: RetryPolicy,
  random: number,
): number | undefined {
  if (kind === 'refused' || kind === 'aborted') return undefined;
  const limit =
    kind === 'unreachable' ? Math.min(policy.maxAttempts, policy.unreachableAttempts) : policy.maxAttempts;
  if (attempts >= limit) return undefined;
  const base = kind === 'throttled' ? policy.throttledDelayMs : policy.baseDelayMs;
  const delay = random * Math.min(policy.maxDelayMs, base * 2 ** (attempts - 1));
  return elapsedMs + delay > policy.deadlineMs ? undefined : delay;
}
