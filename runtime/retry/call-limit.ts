// How long one call may take in all: the caller's own signal, and a timeout that counts every wait and repetition.
import { callSignal, listenedTo } from './call-signal';

/** The reason of a signal that ended because the call's `timeoutMs` was over. */
export class CallTimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(readonly timeoutMs: number) {
    super(`the call took longer than its ${timeoutMs} ms.`);
  }
}

export interface CallLimit {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, more than 0 and at most 2^31 − 1. */
  readonly timeoutMs?: number | undefined;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * One signal for both limits; undefined where there is none. `end` frees the timer and the caller's signal, and must be
 * called when the call is over.
 * @throws RangeError for a timeout that no timer can keep
 */
export function limitOf({ signal, timeoutMs }: CallLimit): {
  readonly signal: AbortSignal | undefined;
  readonly end: () => void;
} {
  if (timeoutMs === undefined) {
    return { signal: listenedTo(signal), end: () => undefined };
  }
  if (!(timeoutMs > 0) || timeoutMs > MAX_TIMEOUT_MS) {
    throw new RangeError(`timeoutMs is ${timeoutMs}; it must be more than 0 and at most ${MAX_TIMEOUT_MS}.`);
  }
  const limited = callSignal(signal);
  const timer = setTimeout(() => {
    limited.abort(new CallTimeoutError(timeoutMs));
  }, timeoutMs);
  return {
    signal: limited.signal,
    end: () => {
      clearTimeout(timer);
      limited.end();
    },
  };
}

/** Runs a call whose options carry limits: it gets them with the one signal that stands for both. */
export async function withinLimit<Options extends CallLimit, Result>(
  options: Options,
  call: (options: Options) => Promise<Result>,
): Promise<Result> {
  const { signal, end } = limitOf(options);
  try {
    return await call({ ...options, signal });
  } finally {
    end();
  }
}
