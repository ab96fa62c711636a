// Reads an async iterable until a signal aborts. `for await` alone waits for the next item however long the source
// takes; a stream that stalls would hold a call that its caller has long given up.
import { unlessAborted } from '../retry/unless-aborted';

/** @throws the signal's reason when it aborts; the source is then told to end, and not waited for */
export function untilAborted<Item>(
  source: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncIterable<Item> {
  if (signal === undefined) return source;
  return {
    [Symbol.asyncIterator]: () => {
      const items = source[Symbol.asyncIterator]();
      return {
        next: async () => {
          try {
            return await unlessAborted(items.next(), signal);
          } catch (thrown) {
            if (signal.aborted) items.return?.().catch(() => undefined);
            throw thrown;
          }
        },
        return: async () => (await items.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
