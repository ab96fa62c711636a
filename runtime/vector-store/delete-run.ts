// One call of `delete`: keys in chunks of 500, a bounded number of requests under way, every key accounted for.
import { MAX_KEYS_PER_DELETE } from '../../contract/limits';
import { keyProblems } from '../../contract/vectors/key';
import { inParallel } from '../concurrency/in-parallel';
import { untilAborted } from '../concurrency/until-aborted';
import { callSignal } from '../retry/call-signal';
import { messageOf } from '../runtime-error';
import { DeleteError } from './delete-error';
import type { DeleteFailure, DeleteReport } from './delete-error';
import { Prospects } from './prospects';
import { RecentKeys } from './recent-keys';
import { judged } from './refusal';
import { abortCode, VectorStoreError } from './vector-store-error';

/** Keys of a stream that are remembered, half of them at least, so that one that comes again is not counted twice. */
const REPETITION_WINDOW = 500_000;

export interface DeleteSurroundings {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  /** Deletes at most 500 different keys; throws a VectorStoreError. */
  readonly send: (keys: readonly string[]) => Promise<unknown>;
}

/**
 * Ends where nothing more can be deleted; the keys of a set that were not sent by then are named as such, those of a
 * stream are not read.
 * @throws DeleteError naming every key that was read and not deleted
 */
export async function deleteKeys(
  keys: Iterable<string> | AsyncIterable<string>,
  { concurrency, signal, send }: DeleteSurroundings,
): Promise<DeleteReport> {
  const failed: DeleteFailure[] = [];
  const prospects = new Prospects();
  let deleted = 0;
  let error: VectorStoreError | undefined;
  let ended: VectorStoreError | undefined;
  const stop = callSignal(signal);
  const source: { thrown?: unknown; failed: boolean } = { failed: false };

  const notSent = (these: Iterable<string>, { code, message }: VectorStoreError): void => {
    const reason = `not sent, because the delete had to end: ${message}`;
    for (const key of these) failed.push({ key, code, reason, notSent: true });
  };

  async function* chunks(): AsyncGenerator<string[]> {
    const isSet = keys instanceof Set;
    const seen = isSet ? undefined : new RecentKeys(REPETITION_WINDOW);
    let chunk: string[] = [];
    try {
      for await (const key of Symbol.asyncIterator in keys ? untilAborted(keys, stop.signal) : keys) {
        const problems = keyProblems(key);
        if (problems.length > 0) {
          const reason = `${problems.map(({ message }) => message).join('; ')}.`;
          failed.push({ key, code: 'INVALID_KEY', reason });
          continue;
        }
        if (seen?.add(key) === false) continue;
        chunk.push(key);
        if (chunk.length < MAX_KEYS_PER_DELETE) continue;
        if (ended === undefined) yield chunk;
        else notSent(chunk, ended);
        chunk = [];
        if (ended !== undefined && !isSet) break;
      }
    } catch (thrown) {
      // A stream that was left because the delete had ended has not failed.
      source.failed = ended === undefined;
      source.thrown = thrown;
    }
    if (chunk.length === 0) return;
    if (ended === undefined) yield chunk;
    else notSent(chunk, ended);
  }

  const sending = inParallel(chunks(), concurrency, async (chunk) => {
    try {
      await send(chunk);
      deleted += chunk.length;
      prospects.succeeded();
    } catch (thrown) {
      if (!(thrown instanceof VectorStoreError)) throw thrown;
      const failure = judged(thrown);
      error ??= failure;
      if (signal?.aborted === true || prospects.endWith(failure)) {
        ended ??= failure;
        stop.abort();
      }
      const { code, message: reason } = failure;
      for (const key of chunk) failed.push({ key, code, reason });
    }
  });
  await sending.finally(() => {
    stop.end();
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
