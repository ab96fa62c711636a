// The embedded database (LMDB): the catalogue of buckets and indexes, and for every vector its slot in the index's
// vector file and its metadata. LMDB commits a transaction as a whole or not at all, whatever happens to the process.
import { statSync } from 'node:fs';
import path from 'node:path';
import { open, type Database as LmdbDatabase } from 'lmdb';
import { asStorageFailure } from './storage-failure';

export interface Database {
  /** Small JSON documents by name. */
  readonly catalog: LmdbDatabase<unknown, string>;
  /** Record keys (see record-key) to slot and metadata (see record-value). */
  readonly records: LmdbDatabase<Buffer, Buffer>;
  /** Index id and page number to the rows of the page's slots (see slot-pages). */
  readonly slotPages: LmdbDatabase<Buffer, Buffer>;
  /**
   * Runs writes as one transaction. Resolves once they are on disk; readers see all of them a moment before, or none.
   * @throws StorageFailure when the transaction could not be committed, for example because the disk is full
   */
  commit(writes: () => void): Promise<void>;
  /** The database file, and the bytes of its pages that hold something. */
  space(): { readonly bytes: number; readonly liveBytes: number };
  /** Copies what is committed now into a directory that exists, without what deletions have left free. */
  backup(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens, or makes, the database below a data directory. */
export function openDatabase(dataDirectory: string): Database {
  // Every write here is part of a transaction that `commit` makes, so that lmdb need not gather single ones; and what it
  // gathers rejects a promise that nobody can handle when the disk is full.
  const root = open({ path: path.join(dataDirectory, 'lmdb'), maxDbs: 4, eventTurnBatching: false });
  const catalog = root.openDB<unknown, string>({ name: 'catalog', encoding: 'json' });
  const records = root.openDB<Buffer, Buffer>({ name: 'records', encoding: 'binary', keyEncoding: 'binary' });
  const slotPages = root.openDB<Buffer, Buffer>({
    name: 'slot-pages',
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  reportOnlyByCommit(catalog);
  reportOnlyByCommit(records);
  reportOnlyByCommit(slotPages);
  return {
    catalog,
    records,
    slotPages,
    async commit(writes) {
      try {
        await root.batch(writes);
        await root.flushed;
      } catch (error) {
        throw await asStorageFailure(error, dataDirectory);
      }
    },
    space() {
      const pages = [root, catalog, records, slotPages].reduce(
        (sum, one) => sum + livePages(one.getStats()),
        0,
      );
      return {
        bytes: statSync(path.join(dataDirectory, 'lmdb', 'data.mdb')).size,
        liveBytes: pages * PAGE_BYTES,
      };
    },
    backup: (directory) => root.backup(directory, true),
    close: () => root.close(),
  };
}

const PAGE_BYTES = 4096;

function livePages(stats: object): number {
  const { treeBranchPageCount, treeLeafPageCount, overflowPages } = stats as Readonly<Record<string, number>>;
  return (treeBranchPageCount ?? 0) + (treeLeafPageCount ?? 0) + (overflowPages ?? 0);
}

/**
 * Every write of a transaction that fails rejects a promise of its own. `commit` tells its caller; without this the
 * others would end the process as rejections that nobody handled.
 */
function reportOnlyByCommit<Value, Key extends string | Buffer>(database: LmdbDatabase<Value, Key>): void {
  let handled: Promise<boolean> | undefined;
  const handle = (written: Promise<boolean>): Promise<boolean> => {
    // Writes of one transaction mostly share their promise.
    if (written !== handled) written.catch(() => undefined);
    handled = written;
    return written;
  };
  const put: (key: Key, value: Value) => Promise<boolean> = database.put.bind(database);
  const remove: (key: Key) => Promise<boolean> = database.remove.bind(database);
  Object.assign(database, {
    put: (key: Key, value: Value) => handle(put(key, value)),
    remove: (key: Key) => handle(remove(key)),
  });
}
