// Deletes what a filter matches. The service has no such operation: the index is listed, the filter is evaluated here.
// All of the listing comes before the first deletion, so that a list that fails has deleted nothing, and pages never
// move under their reader. The keys that match are held in memory meanwhile.
import { DeleteError } from './delete-error';
import type { DeleteReport } from './delete-error';
import type { VectorStoreError } from './vector-store-error';

export interface DeleteWhereReport extends DeleteReport {
  /** True where nothing was to be deleted: `matched` is what would have been. */
  readonly dryRun: boolean;
  /** Vectors that the filter matched. */
  readonly matched: number;
  /** The first of the matching keys, in no order of the index. */
  readonly sample: readonly string[];
  readonly seconds: number;
}

export interface DeleteWhereRun {
  readonly matches: AsyncIterable<{ readonly key: string }>;
  readonly dryRun: boolean;
  /** Keys in the report's sample. */
  readonly sampleSize: number;
  readonly delete: (keys: readonly string[]) => Promise<DeleteReport>;
}

/** @throws DeleteError (its report a DeleteWhereReport) naming every key that matched and was not deleted; what `matches` throws */
export async function deleteWhere(run: DeleteWhereRun): Promise<DeleteWhereReport> {
  const began = performance.now();
  const keys: string[] = [];
  let matched = 0;
  for await (const { key } of run.matches) {
    matched += 1;
    // A dry run over billions of vectors needs no more than its sample.
    if (!run.dryRun || keys.length < run.sampleSize) keys.push(key);
  }
  const reportOf = ({ deleted, failed }: DeleteReport): DeleteWhereReport => ({
    dryRun: run.dryRun,
    matched,
    sample: keys.slice(0, run.sampleSize),
    deleted,
    failed,
    seconds: (performance.now() - began) / 1000,
  });
  if (run.dryRun || keys.length === 0) return reportOf({ deleted: 0, failed: [] });
  try {
    return reportOf(await run.delete(keys));
  } catch (thrown) {
    throw thrown instanceof DeleteError
      ? new DeleteError(thrown.cause as VectorStoreError, reportOf(thrown.report))
      : thrown;
  }
}
