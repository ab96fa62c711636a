// All that is kept on disk: the data directory, the database in it, the catalogue and the indexes that are open.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Catalog, type Index } from './catalog';
import { claimDataDirectory, type DataDirectory } from './data-directory';
import { openDatabase, type Database } from './database';
import { vectorFileIds, vectorFilePath } from './vector-file';
import { purgeRecords, recordedIndexIds, VectorIndex } from './vector-index';

export class Storage {
  readonly catalog: Catalog;
  private readonly open = new Map<number, Promise<VectorIndex>>();
  private readonly purges = new Set<Promise<void>>();

  private constructor(
    private readonly directory: DataDirectory,
    private readonly database: Database,
    private readonly log: (line: string) => void,
  ) {
    this.catalog = new Catalog(database);
  }

  /**
   * Opens a data directory and makes it when it is missing.
   * @throws DataDirectoryError when another process owns it or its format is newer
   */
  static async open(path: string, log: (line: string) => void): Promise<Storage> {
    const directory = claimDataDirectory(path);
    try {
      const storage = new Storage(directory, openDatabase(directory.path), log);
      await storage.finishDeletions();
      return storage;
    } catch (error) {
      directory.release();
      throw error;
    }
  }

  /** Absolute path of the data directory. */
  get path(): string {
    return this.directory.path;
  }

  /** A secret that stays with the data, so that page tokens survive a restart. */
  async secret(): Promise<Buffer> {
    const stored = this.database.catalog.get(SECRET);
    if (typeof stored === 'string') return Buffer.from(stored, 'base64');
    const secret = randomBytes(32);
    await this.database.commit(() => void this.database.catalog.put(SECRET, secret.toString('base64')));
    return secret;
  }

  /** The vectors of an index; read into memory at first use. */
  async vectors(index: Index): Promise<VectorIndex> {
    const opened = await this.open.get(index.id)?.catch(() => undefined);
    if (opened?.mustReopen === true) {
      this.open.delete(index.id);
      await opened.close();
    }
    let opening = this.open.get(index.id);
    if (opening === undefined) {
      opening = VectorIndex.open(this.directory.path, this.database, index.id, index.shape);
      this.open.set(index.id, opening);
      opening.catch(() => this.open.delete(index.id));
    }
    return opening;
  }

  /** Deletes the vectors of an index that has left the catalogue; its records go in the background. */
  async forget(index: Index): Promise<void> {
    const opened = await this.open.get(index.id)?.catch(() => undefined);
    this.open.delete(index.id);
    if (opened === undefined) await rm(vectorFilePath(this.directory.path, index.id), { force: true });
    else await opened.remove();
    const purge = purgeRecords(this.database, index.id)
      .catch((error: unknown) =>
        this.log(`could not delete the records of index ${index.id} yet: ${String(error)}`),
      )
      .finally(() => this.purges.delete(purge));
    this.purges.add(purge);
  }

  /** Waits for writes under way, closes everything and gives the directory up. */
  async close(): Promise<void> {
    await Promise.all(this.purges);
    for (const opening of this.open.values()) {
      const index = await opening.catch(() => undefined);
      await index?.close();
    }
    this.open.clear();
    await this.database.close();
    this.directory.release();
  }

  /** Deletes what a process that ended in the middle of a deletion has left. */
  private async finishDeletions(): Promise<void> {
    const known = this.catalog.indexIds();
    for (const id of recordedIndexIds(this.database)) {
      if (!known.has(id)) await purgeRecords(this.database, id);
    }
    for (const id of vectorFileIds(this.directory.path)) {
      if (!known.has(id)) await rm(vectorFilePath(this.directory.path, id), { force: true });
    }
  }
}

const SECRET = 'page-token-secret';
