// One call of `delete`: keys in chunks of 500, a bounded number of requests under way, every key accounted for.
import { MAX_KEYS_PER_DELETE } from '../../contract/limits';
import { keyProblems } from '../../contract/vectors/key';
import { inParallel } from '../concurrency/in-parallel';
import { untilAborted } from '../concurrency/until-aborted';
import { messageOf } from '../runtime-error';
import { DeleteError } from './delete-error';
import type { DeleteFailure, DeleteReport } from './delete-error';
import { abortCode, VectorStoreError } from './vector-store-error';

export interface DeleteSurroundings {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  /** Deletes at most 500 different keys; throws a VectorStoreError. */
  readonly send: (keys: readonly string[]) => Promise<unknown>;
}

/** @throws DeleteError naming every key that was read and not deleted */
export async function deleteKeys(
  keys: Iterable<string> | AsyncIterable<string>,
  { concurrency, signal, send }: DeleteSurroundings,
): Promise<DeleteReport> {
  const failed: DeleteFailure[] = [];
  let deleted = 0;
  let error: VectorStoreError | undefined;
  const source: { thrown?: unknown; failed: boolean } = { failed: false };

  async function* chunks(): AsyncGenerator<string[]> {
    let chunk = new Set<string>();
    try {
      for await (const key of Symbol.asyncIterator in keys ? untilAborted(keys, signal) : keys) {
        const problems = keyProblems(key);
        if (problems.length > 0) {
          const reason = `${problems.map(({ message }) => message).join('; ')}.`;
          failed.push({ key, code: 'INVALID_KEY', reason });
          continue;
        }
        chunk.add(key);
        if (chunk.size < MAX_KEYS_PER_DELETE) continue;
        yield [...chunk];
        chunk = new Set();
      }
    } catch (thrown) {
      source.failed = true;
      source.thrown = thrown;
    }
    if (chunk.size > 0) yield [...chunk];
  }

  await inParallel(chunks(), concurrency, async (chunk) => {
    try {
      await send(chunk);
      deleted += chunk.length;
    } catch (thrown) {
      if (!(thrown instanceof VectorStoreError)) throw thrown;
      error ??= thrown;
      const { code, message: reason } = thrown;
      for (const key of chunk) failed.push({ key, code, reason });
    }
  });

  if (source.failed) error ??= sourceError(source.thrown, signal);
  const [invalid] = failed;
  if (error === undefined && invalid !== undefined) {
    error = new VectorStoreError('INVALID_KEY', `key ${JSON.stringify(invalid.key)} ${invalid.reason}`);
  }
  const report = { deleted, failed };
  if (error !== undefined) throw new DeleteError(error, report);
  return report;
}

function sourceError(thrown: unknown, signal: AbortSignal | undefined): VectorStoreError {
  const code = signal?.aborted === true ? abortCode(signal) : 'SOURCE_FAILED';
  return new VectorStoreError(code, `the keys could not be read to their end: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}
