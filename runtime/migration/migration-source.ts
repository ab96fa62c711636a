// Where a migration takes its records from: items in an order that is the same every time, so that a run can go on after
// any of them. An item is listed first and read later, because listing is cheap and reading is not.
import type { SourceRecord } from '../records/source-record';

export interface SourceItem {
  /** Where to go on after this item; unique in its source. */
  readonly cursor: string;
  /** As a person finds it: `s3://bucket/key`, a path, `file:line`. */
  readonly name: string;
  /** Undefined where only reading tells, and failed to. */
  readonly key: string | undefined;
  /** Bytes as they are stored. */
  readonly bytes: number;
  /** @throws ItemError when it is this item alone that cannot be read */
  read(signal: AbortSignal | undefined): Promise<SourceRecord>;
}

export interface ItemsOptions {
  /** Only keys that begin so. */
  readonly prefix?: string | undefined;
  /** Only what was written at this time or later. */
  readonly since?: Date | undefined;
  /** Cursor after which to go on. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of what lies in the source and is none of its records. */
  readonly onOther?: ((name: string) => void) | undefined;
}

/** Items by cursor, each with its key where that is known: the item of a cursor may have become another one. */
export type WantedItems = ReadonlyMap<string, string | undefined>;

/** Cursors alone are items of which no key is known. */
export function wantedItems(cursors: ReadonlySet<string> | WantedItems): WantedItems {
  return 'get' in cursors ? cursors : new Map([...cursors].map((cursor) => [cursor, undefined]));
}

export interface MigrationSource {
  /** As a person knows it. */
  readonly name: string;
  /** Where it is a file or a folder: its path, over which nothing may be written. */
  readonly path?: string | undefined;
  /** Everything that must be unchanged for a run to be resumed, by what it is called in the message otherwise. */
  identity(): Promise<Readonly<Record<string, string>>>;
  /** What speaks against these options, as sentences. */
  problems(options: ItemsOptions): string[];
  /** Every item, in an order that never changes. */
  items(options: ItemsOptions): AsyncIterable<SourceItem>;
  /** The items of these cursors, one for each; those that are no longer there fail when they are read. */
  only(wanted: WantedItems, signal: AbortSignal | undefined): AsyncIterable<SourceItem>;
}
