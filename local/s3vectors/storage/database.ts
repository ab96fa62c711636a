// The embedded database (LMDB): the catalogue of buckets and indexes, and for every vector its slot in the index's
// vector file and its metadata. LMDB commits a transaction as a whole or not at all, whatever happens to the process.
import path from 'node:path';
import { open, type Database as LmdbDatabase } from 'lmdb';

export interface Database {
  /** Small JSON documents by name. */
  readonly catalog: LmdbDatabase<unknown, string>;
  /** Record keys (see record-key) to slot and metadata (see record-value). */
  readonly records: LmdbDatabase<Buffer, Buffer>;
  /**
   * Runs writes as one transaction. Resolves once they are on disk; until then no reader sees them.
   * @throws when the transaction could not be committed, for example because the disk is full
   */
  commit(writes: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Opens, or makes, the database below a data directory. */
export function openDatabase(dataDirectory: string): Database {
  const root = open({ path: path.join(dataDirectory, 'lmdb'), maxDbs: 4 });
  const catalog = root.openDB<unknown, string>({ name: 'catalog', encoding: 'json' });
  const records = root.openDB<Buffer, Buffer>({ name: 'records', encoding: 'binary', keyEncoding: 'binary' });
  return {
    catalog,
    records,
    async commit(writes) {
      await root.batch(writes);
      await root.flushed;
    },
    close: () => root.close(),
  };
}
