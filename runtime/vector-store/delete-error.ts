// What became of the keys of one delete.
import { VectorStoreError } from './vector-store-error';
import type { VectorStoreErrorCode } from './vector-store-error';

export interface DeleteFailure {
  readonly key: string;
  readonly code: VectorStoreErrorCode;
  readonly reason: string;
}

export interface DeleteReport {
  /** Different keys whose deletion the service acknowledged. */
  readonly deleted: number;
  readonly failed: readonly DeleteFailure[];
}

/** Thrown when some keys were not deleted; deleting again is safe. */
export class DeleteError extends VectorStoreError {
  override readonly name = 'DeleteError';

  constructor(
    cause: VectorStoreError,
    readonly report: DeleteReport,
  ) {
    super(
      cause.code,
      `${report.failed.length} of ${report.failed.length + report.deleted} keys were not deleted: ${cause.message}`,
      { cause },
    );
  }
}
