// The failure of one item of a migration: it is written down with its reason, and the others go on.
import type { RecordFailureCode } from '../records/record-decision';

/** Why an item cannot be migrated. Codes of the archive, of embedding and of putting come through unchanged. */
export type ItemFailureCode =
  /** No embedding of the older layout, or no record line. */
  | 'UNREADABLE'
  /** It was listed and is gone. */
  | 'VANISHED'
  | RecordFailureCode
  | (string & {});

/** One item could not be read; the others can. */
export class ItemError extends Error {
  override readonly name = 'ItemError';

  constructor(
    readonly code: ItemFailureCode,
    /** Full sentences, without the item's name. */
    readonly reason: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(reason, options);
  }
}
