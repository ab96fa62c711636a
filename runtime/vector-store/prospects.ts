// Whether the further requests of a call have any prospect: some failures every one of them would meet too.
import { GIVEN_UP } from '../retry/service-failure';
import type { VectorStoreError, VectorStoreErrorCode } from './vector-store-error';

/** Failures of a request that every further one would meet. */
export const EVERY_REQUEST_FAILS: ReadonlySet<VectorStoreErrorCode> = new Set([
  'ACCESS_DENIED',
  'NO_CREDENTIALS',
  'INDEX_NOT_FOUND',
  'QUOTA_EXCEEDED',
  'ENDPOINT_UNREACHABLE',
  'NO_REGION',
  'EVERYTHING_REFUSED',
]);
/** Requests that may use up their attempts one after the other before the service counts as down. */
const MAX_EXHAUSTED_IN_A_ROW = 3;

/** What the outcomes of a call's requests mean for those that are still to come. */
export class Prospects {
  private exhausted = 0;

  succeeded(): void {
    this.exhausted = 0;
  }

  /** Whether the call should end after this failure. */
  endWith({ code }: VectorStoreError): boolean {
    if (GIVEN_UP.has(code)) this.exhausted += 1;
    return EVERY_REQUEST_FAILS.has(code) || this.exhausted >= MAX_EXHAUSTED_IN_A_ROW;
  }
}
