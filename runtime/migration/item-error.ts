// The failure of one item of a migration: it is written down with its reason, and the others go on.

/** Why an item cannot be migrated. Codes of the archive, of embedding and of putting come through unchanged. */
export type ItemFailureCode =
  /** No embedding of the older layout, or no record line. */
  | 'UNREADABLE'
  /** It was listed and is gone. */
  | 'VANISHED'
  /** Key, numbers, metadata: S3 Vectors would refuse the record. */
  | 'INVALID_RECORD'
  /** The vector is of another model than those of the index, and cannot be made anew. */
  | 'OTHER_MODEL'
  /** Nothing says which model made the vector. */
  | 'UNKNOWN_MODEL'
  | 'OTHER_DIMENSION'
  /** A text and no vector, and nobody to make one. */
  | 'NO_VECTOR'
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
