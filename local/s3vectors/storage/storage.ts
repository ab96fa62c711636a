// All that is kept on disk: the data directory, the database in it, the catalogue and the indexes that are open.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { SearchEngine } from '../search/search-engine';
import type { Lease } from '../search/vector-blocks';
import { Catalog, type Index } from './catalog';
import { claimDataDirectory, type DataDirectory } from './data-directory';
import { compactDatabase, compactVectors, isWasteful, vectorSpace } from './compaction';
import { openDatabase, type Database } from './database';
import { FoundLists } from './found-vectors';
import { removeVectorFiles, vectorFileIds } from './vector-file';
import { purgeRecords, recordedIndexIds, VectorIndex } from './vector-index';

export class Storage {
  readonly catalog: Catalog;
  /** What searches found and is still to be read. */
  readonly found = new FoundLists();
  private readonly open = new Map<number, Promise<VectorIndex>>();
  private readonly purges = new Set<Promise<void>>();
  /** What keeps slots from being used again while a copy is made. */
  private kept: Lease[] | undefined;

  private constructor(
    private readonly directory: DataDirectory,
    private readonly database: Database,
    private readonly log: (line: string) => void,
    private readonly engine: SearchEngine,
  ) {
    this.catalog = new Catalog(database);
  }

  /**
   * Opens a data directory and makes it when it is missing.
   * @throws DataDirectoryError when another process owns it or its format is newer
   */
  static async open(
    dataDirectory: string,
    log: (line: string) => void,
    engine = new SearchEngine(),
  ): Promise<Storage> {
    const directory = claimDataDirectory(dataDirectory);
    try {
      rmSync(path.join(directory.path, 'lmdb.compact'), { recursive: true, force: true }); // of a start that was cut off
      let database = openDatabase(directory.path);
      if (isWasteful(database.space())) {
        await database.close();
        await compactDatabase(directory.path);
        database = openDatabase(directory.path);
        log(`compacted the database to ${database.space().bytes} bytes`);
      }
      const storage = new Storage(directory, database, log, engine);
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
      opening = this.openIndex(index);
      opening = opening.then((vectors) => {
        this.kept?.push(vectors.lease());
        return vectors;
      });
      this.open.set(index.id, opening);
      opening.catch(() => this.open.delete(index.id));
    }
    return opening;
  }

  private async openIndex({ id, shape }: Index): Promise<VectorIndex> {
    const openAgain = () =>
      VectorIndex.open(this.directory.path, this.database, id, shape, this.engine, this.found);
    const vectors = await openAgain();
    // A copy that is being made refers to slots that compaction would give up.
    if (this.kept !== undefined) return vectors;
    if (!isWasteful(vectorSpace(this.directory.path, id, shape, vectors.size))) return vectors;
    await vectors.close();
    const { bytes } = await compactVectors(this.directory.path, this.database, id, shape);
    this.log(`compacted the vectors of index ${id} to ${bytes} bytes`);
    return openAgain();
  }

  /** How many vectors each index holds that was used since the start, by the index's id. */
  async sizes(): Promise<ReadonlyMap<number, number>> {
    const opened = await Promise.all(
      [...this.open].map(
        async ([id, opening]) => [id, (await opening.catch(() => undefined))?.size] as const,
      ),
    );
    return new Map(opened.flatMap(([id, size]) => (size === undefined ? [] : [[id, size]])));
  }

  /**
   * Runs something while the files hold all that the database says now: the catalogue stays as it is, and slots of
   * replaced and deleted vectors are not used again until it ends. Vectors may be written meanwhile.
   */
  atOneMoment<T>(
    action: (now: {
      readonly catalog: Catalog;
      readonly backup: (directory: string) => Promise<void>;
    }) => Promise<T>,
  ): Promise<T> {
    return this.catalog.exclusively(async () => {
      const kept: Lease[] = [];
      this.kept = kept;
      try {
        for (const opening of [...this.open.values()]) {
          const index = await opening.catch(() => undefined);
          if (index !== undefined) kept.push(index.lease());
        }
        return await action({
          catalog: this.catalog,
          backup: (directory) => this.database.backup(directory),
        });
      } finally {
        this.kept = undefined;
        for (const lease of kept) lease.end();
      }
    });
  }

  /** Deletes the vectors of an index that has left the catalogue; its records go in the background. */
  async forget(index: Index): Promise<void> {
    const opened = await this.open.get(index.id)?.catch(() => undefined);
    this.open.delete(index.id);
    this.found.forget(index.id);
    if (opened === undefined) removeVectorFiles(this.directory.path, index.id);
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
    await this.engine.close();
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
      if (!known.has(id)) removeVectorFiles(this.directory.path, id);
    }
  }
}

const SECRET = 'page-token-secret';
