// What became of the keys of one delete.
import { VectorStoreError } from './vector-store-error';
import type { VectorStoreErrorCode } from './vector-store-error';

export interface DeleteFailure {
  readonly key: string;
  /** `INVALID_KEY` was never sent; the others are the service's verdict on the key's request. */
  readonly code: VectorStoreErrorCode;
  readonly reason: string;
}

export interface DeleteReport {
  /** Different keys whose deletion the service acknowledged; of a stream, different within each 500. */
  readonly deleted: number;
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
      `${report.failed.length} of ${report.failed.length + report.deleted} keys were not deleted: ${cause.message}`,
      { cause },
    );
  }
}
