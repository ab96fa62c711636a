// What became of the keys of one delete.
import { VectorStoreError } from './vector-store-error';
import type { VectorStoreErrorCode } from './vector-store-error';

export interface DeleteFailure {
  readonly key: string;
  /** `INVALID_KEY` was never sent; the others are the service's verdict on the key's request. */
  readonly code: VectorStoreErrorCode;
  readonly reason: string;
  /** True where no request held the key, because the delete had to end before its turn came. */
  readonly notSent?: true;
}

export interface DeleteReport {
  /** Different keys whose deletion the service acknowledged; of a stream, different among at least 250,000. */
  readonly deleted: number;
  /** Keys that were not, each with its reason. Where a delete had to end, the rest of a stream was not read. */
  readonly failed: readonly DeleteFailure[];
}

/** Thrown when some keys were not deleted; deleting again is safe. */
export class DeleteError extends VectorStoreError {
  override readonly name = 'DeleteError';

  constructor(
    cause: VectorStoreError,
    /** Of `deleteWhere`, a `DeleteWhereReport`. */
    readonly report: DeleteReport,
  ) {
    super(
      cause.code,
      `${report.failed.length} of ${report.failed.length + report.deleted} keys were not deleted${notSent(report)}: ${cause.message}`,
      { cause },
    );
  }
}

function notSent({ failed }: DeleteReport): string {
  const count = failed.filter((failure) => failure.notSent === true).length;
  return count === 0 ? '' : ` (${count} of them not tried)`;
}
