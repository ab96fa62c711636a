// A put that could not go on: what had happened by then is kept, so that the caller can resume.
import type { PutReport } from './put-report';
import { VectorStoreError } from './vector-store-error';
import type { VectorStoreErrorCode } from './vector-store-error';

/** Thrown when a put ends before its source does. Records that were read are all in `report`; the rest were not read. */
export class PutError extends VectorStoreError {
  override readonly name = 'PutError';

  constructor(
    code: VectorStoreErrorCode,
    message: string,
    readonly report: PutReport,
    options: { readonly cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
