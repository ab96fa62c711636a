// The signals of calls that make many requests: a caller's signal may end them, and so may they themselves.
import { setMaxListeners } from 'node:events';

/**
 * The same signal, to which as many requests may listen as are under way. Node warns of a leak from the eleventh
 * listener on; the SDK removes each when its request is over.
 */
export function listenedTo<Signal extends AbortSignal | undefined>(signal: Signal): Signal {
  if (signal !== undefined) setMaxListeners(0, signal);
  return signal;
}

export interface CallSignal {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Lets go of the caller's signal; to be called when the call is over. */
  end(): void;
}

/**
 * A signal that ends with the caller's, or by `abort`. Not `AbortSignal.any`: what that makes of a signal stays with
 * it (measured on Node 20.20: 50 bytes a call), and a service may give the same one to every call of its life.
 */
export function callSignal(callers: AbortSignal | undefined): CallSignal {
  const own = new AbortController();
  listenedTo(own.signal);
  const abort = (reason?: unknown): void => {
    own.abort(reason);
  };
  if (callers === undefined) return { signal: own.signal, abort, end: () => undefined };
  if (callers.aborted) own.abort(callers.reason);
  const follow = (): void => {
    own.abort(callers.reason);
  };
  listenedTo(callers).addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    abort,
    end: () => {
      callers.removeEventListener('abort', follow);
    },
  };
}
