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
import { EarlierWriteFailed, IndexGone, purgeRecords, recordedIndexIds, VectorIndex } from './vector-index';
import { asStorageFailure, isOutOfFiles, StorageFailure } from './storage-failure';

/** Indexes that stay open while nobody uses them; each holds two files open. */
const MAX_OPEN_INDEXES = 256;
/** How often something is tried on an index that has to be opened again. */
const ATTEMPTS = 3;

/** An index that is open, or is being opened. */
interface OpenIndex {
  readonly opening: Promise<VectorIndex>;
  /** How many use it just now: it must not be closed meanwhile. */
  users: number;
}

export class Storage {
  readonly catalog: Catalog;
  /** What searches found and is still to be read. */
  readonly found = new FoundLists();
  /** By the index's id; those that were not used for the longest time first. */
  private readonly open = new Map<number, OpenIndex>();
  /** Vectors of indexes that were closed because others were used. */
  private readonly sizesOfClosed = new Map<number, number>();
  private readonly purges = new Set<Promise<void>>();
  /** What keeps slots from being used again while a copy is made. */
  private kept: Lease[] | undefined;

  private constructor(
    private readonly directory: DataDirectory,
    private readonly database: Database,
    private readonly log: (line: string) => void,
    private readonly engine: SearchEngine,
    private readonly maxOpen: number,
  ) {
    this.catalog = new Catalog(database);
  }

  /**
   * Opens a data directory and makes it when it is missing.
   * @param maxOpen indexes that stay open while nobody uses them, at most
   * @throws DataDirectoryError when another process owns it or its format is newer
   */
  static async open(
    dataDirectory: string,
    log: (line: string) => void,
    engine = new SearchEngine(),
    maxOpen = MAX_OPEN_INDEXES,
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
      const storage = new Storage(directory, database, log, engine, maxOpen);
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

  /**
   * Runs something on the vectors of an index, which are read into memory at first use and stay open until then. Where a
   * write before it has failed, the index is opened again, and it is tried on that.
   * @throws IndexGone when the index is deleted meanwhile
   * @throws StorageFailure when the index cannot be opened, or write after write fails
   */
  async use<T>(index: Index, action: (vectors: VectorIndex) => T | Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const entry = this.entryOf(index);
      entry.users += 1;
      try {
        return await action(await entry.opening);
      } catch (error) {
        const earlier = error instanceof EarlierWriteFailed;
        if (earlier && attempt === ATTEMPTS) {
          throw new StorageFailure(`${error.message}; nothing of this one was kept`, { cause: error });
        }
        // Closed by somebody who opens it again, not deleted: the next attempt waits for that.
        const reopened = error instanceof IndexGone && this.open.has(index.id) && attempt < ATTEMPTS;
        if (!earlier && !reopened) throw error;
      } finally {
        entry.users -= 1;
        await this.settle(index, entry);
      }
    }
  }

  /** The index as it is open, or is being opened. */
  private entryOf(index: Index): OpenIndex {
    const known = this.open.get(index.id);
    const entry = known ?? this.begin(index, Promise.resolve());
    this.open.delete(index.id);
    this.open.set(index.id, entry); // used last
    return entry;
  }

  /** @param before what has to end before the index is opened */
  private begin(index: Index, before: Promise<unknown>): OpenIndex {
    const opening = before
      .then(() => this.openIndex(index))
      .then((vectors) => {
        this.kept?.push(vectors.lease());
        return vectors;
      });
    const entry: OpenIndex = { opening, users: 0 };
    this.sizesOfClosed.delete(index.id);
    this.open.set(index.id, entry);
    opening.catch(() => this.leave(index.id, entry));
    return entry;
  }

  /** After a use: opens an index again whose write has failed, and closes what is open beyond the bound. */
  private async settle(index: Index, entry: OpenIndex): Promise<void> {
    const vectors = await entry.opening.catch(() => undefined);
    if (vectors?.mustReopen === true && this.open.get(index.id) === entry) {
      this.begin(index, vectors.close());
    }
    if (this.open.size > this.maxOpen) await this.closeIdle(this.maxOpen);
  }

  /** Closes indexes that nobody uses, those first that were not used for the longest time, until so many are open. */
  private async closeIdle(most: number): Promise<void> {
    // A copy that is being made refers to slots, which only open indexes keep.
    if (this.kept !== undefined) return;
    const closing: Promise<void>[] = [];
    for (const [id, entry] of this.open) {
      if (this.open.size <= most) break;
      if (entry.users > 0) continue;
      const closed = entry.opening.then(async (vectors) => {
        this.sizesOfClosed.set(id, vectors.size);
        await vectors.close();
      });
      this.leave(id, entry);
      closing.push(closed.catch(() => undefined));
    }
    await Promise.all(closing);
  }

  private leave(id: number, entry: OpenIndex): void {
    if (this.open.get(id) === entry) this.open.delete(id);
  }

  private async openIndex(index: Index): Promise<VectorIndex> {
    try {
      return await this.openOnce(index).catch(async (error: unknown) => {
        if (!isOutOfFiles(error)) throw error;
        await this.closeIdle(0);
        return this.openOnce(index);
      });
    } catch (error) {
      throw await asStorageFailure(error, this.directory.path);
    }
  }

  private async openOnce({ id, shape }: Index): Promise<VectorIndex> {
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
        async ([id, { opening }]) => [id, (await opening.catch(() => undefined))?.size] as const,
      ),
    );
    return new Map([
      ...this.sizesOfClosed,
      ...opened.flatMap(([id, size]) => (size === undefined ? [] : [[id, size] as const])),
    ]);
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
        for (const { opening } of [...this.open.values()]) {
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
    const opened = await this.open.get(index.id)?.opening.catch(() => undefined);
    this.open.delete(index.id);
    this.sizesOfClosed.delete(index.id);
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
    for (const { opening } of this.open.values()) {
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
