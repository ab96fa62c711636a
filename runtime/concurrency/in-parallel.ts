// Maps a list with a bounded number of calls at once, results in the order of the list.
import { Slots } from './slots';

/** The first rejection is thrown, once every call that had begun has ended; no further call begins after it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  call: (item: Item, position: number) => Promise<Result>,
): Promise<Result[]> {
  const slots = new Slots(concurrency);
  const results: Result[] = [];
  const failures: unknown[] = [];
  const running: Promise<void>[] = [];
  for (const [position, item] of items.entries()) {
    const release = await slots.take();
    if (failures.length > 0) break;
    running.push(
      call(item, position)
        .then(
          (result) => {
            results[position] = result;
          },
          (failure: unknown) => {
            failures.push(failure);
          },
        )
        .finally(release),
    );
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return results;
}
