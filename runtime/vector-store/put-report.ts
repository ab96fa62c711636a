// What became of the records of one put. Every record that was read is either counted as written or named as failed.
import type { Problem } from '../../contract/vectors/problem';
import type { VectorStoreErrorCode } from './vector-store-error';

/** `INVALID_RECORD` and `DUPLICATE_KEY` were never sent; the others are the service's verdict on the record's batch. */
export type PutFailureCode = 'INVALID_RECORD' | 'DUPLICATE_KEY' | VectorStoreErrorCode;

export interface PutFailure {
  /** The record's key; undefined where even that is no string. */
  readonly key: string | undefined;
  /** The record's place in what was given to `put`, counted from 0. */
  readonly position: number;
  readonly code: PutFailureCode;
  /** What was wrong, as a sentence. */
  readonly reason: string;
  /** For `INVALID_RECORD`: every rule that it breaks. */
  readonly problems?: readonly Problem[];
  /**
   * True where the service may have stored the record although no answer said so (connection lost, aborted).
   * Putting it again is safe: a put replaces.
   */
  readonly uncertain?: boolean;
}

/** A record that the service acknowledged. */
export interface WrittenRecord {
  readonly key: string;
  /** The record's place in what was given to `put`, counted from 0. */
  readonly position: number;
}

export interface PutReport {
  /** Records taken from the source. */
  readonly read: number;
  /** Records that the service acknowledged. */
  readonly written: number;
  /** The others, each with its reason. `read` = `written` + `failed.length`. */
  readonly failed: readonly PutFailure[];
  /** Requests acknowledged. */
  readonly batches: number;
  /** Attempts that were repeated. */
  readonly retries: number;
  /** Attempts that the service answered with 429: other writers use up the quota of the index. */
  readonly throttled: number;
  /** Bytes of the acknowledged request bodies. */
  readonly bytes: number;
  readonly seconds: number;
}

/** The report of a put that ended before anything was read. */
export function nothingRead(seconds: number): PutReport {
  return { read: 0, written: 0, failed: [], batches: 0, retries: 0, throttled: 0, bytes: 0, seconds };
}
