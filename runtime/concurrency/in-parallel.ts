// Maps a list or a stream with a bounded number of calls at once, results in its order.
import { Slots } from './slots';

/**
 * Reads no item before a call is free for it. The first rejection is thrown, once every call that had begun has ended;
 * no further call begins after it.
 */
export async function inParallel<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  concurrency: number,
  call: (item: Item, position: number) => Promise<Result>,
): Promise<Result[]> {
  const slots = new Slots(concurrency);
  const results: Result[] = [];
  const failures: unknown[] = [];
  const running = new Set<Promise<void>>();
  const begin = (item: Item, position: number, release: () => void) => {
    const run = call(item, position)
      .then(
        (result) => {
          results[position] = result;
        },
        (failure: unknown) => {
          failures.push(failure);
        },
      )
      .finally(() => {
        running.delete(run);
        release();
      });
    running.add(run);
  };
  let release = await slots.take();
  try {
    let position = 0;
    for await (const item of items) {
      begin(item, position, release);
      position += 1;
      release = await slots.take();
      if (failures.length > 0) break;
    }
  } catch (failure) {
    failures.push(failure);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return results;
}
