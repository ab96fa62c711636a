// One index: its records in the database, its vectors in a file, and what scans read of them in a second file and, as
// far as memory goes, in blocks for searching.
// Writes to an index run one after the other; a reader sees all of a write or nothing of it, and what was acknowledged
// is on disk.
import type { IndexShape } from '../../../contract/index-shape';
import type { Filter } from '../../../contract/vectors/filter';
import type { Metadata } from '../../../contract/vectors/metadata';
import { encodeRow } from '../search/metadata-row';
import { encodeRecord } from '../search/record-encoder';
import { SearchEngine } from '../search/search-engine';
import { VectorBlocks, type Lease } from '../search/vector-blocks';
import { makeCodesWhole, openCodeFile } from './code-file';
import type { Database } from './database';
import { FoundLists, FoundVectors } from './found-vectors';
import { indexIdOf, recordKey, segmentRange, vectorKeyOf } from './record-key';
import { metadataBytes, metadataOf, recordValue, slotOf } from './record-value';
import {
  decodePage,
  pageOf,
  purgePages,
  putPage,
  readPages,
  SLOTS_PER_PAGE,
  type SlotRow,
} from './slot-pages';
import { consecutiveRuns, type SlotFile } from './slot-file';
import { Slots } from './slots';
import { assertHolds, openVectorFile, readVector } from './vector-file';

/** A vector to be stored; checked before. */
export interface NewVector {
  readonly key: string;
  readonly data: Float32Array;
  readonly metadata: Metadata | undefined;
}

/** A stored vector, as far as it was asked for. */
export interface StoredVector {
  readonly key: string;
  readonly data?: Float32Array;
  readonly metadata?: Metadata;
}

/** What of a vector is wanted beside its key. */
export interface Wanted {
  readonly data: boolean;
  readonly metadata: boolean;
}

export interface FoundVector {
  readonly key: string;
  /** By the index's metric; smaller is nearer. */
  readonly distance: number;
  /** All metadata; present when they were asked for. */
  readonly metadata?: Metadata;
}

/** A search beside its query vector. */
export interface SearchOptions {
  /** A checked filter over the filterable metadata. */
  readonly filter?: Filter | undefined;
  /** Whether each found vector's metadata are wanted: those that it had when it was found. */
  readonly metadata?: boolean;
}

/** Thrown by every method once the index was deleted or closed. */
export class IndexGone extends Error {
  override readonly name = 'IndexGone';
}

/** Thrown to a write, of which nothing was done, when the one before it has failed: see `mustReopen`. */
export class EarlierWriteFailed extends Error {
  override readonly name = 'EarlierWriteFailed';

  constructor() {
    super('an earlier write to this index failed');
  }
}

export class VectorIndex {
  private writes: Promise<unknown> = Promise.resolve();
  private gone = false;
  private failed = false;
  /** What the write under way takes away, by slot: its transaction may be seen before the slots are retired. */
  private leaving: ReadonlyMap<number, Buffer> = new Map();

  private constructor(
    private readonly id: number,
    private readonly shape: IndexShape,
    private readonly database: Database,
    private readonly vectors: SlotFile,
    private readonly codes: SlotFile,
    private readonly engine: SearchEngine,
    private readonly found: FoundLists,
    private readonly blocks: VectorBlocks,
    private readonly slots: Slots,
  ) {}

  /**
   * Opens an index. What scans read of it is read by the first search.
   * @throws when its vector file is shorter than its records say
   * @throws StorageFailure when its codes have to be made anew and the disk does not take them
   */
  static async open(
    dataDirectory: string,
    database: Database,
    id: number,
    shape: IndexShape,
    engine = new SearchEngine(),
    found = new FoundLists(),
  ): Promise<VectorIndex> {
    const { dimension, distanceMetric } = shape;
    await makeMissingPages(database, id, shape);
    const vectors = await openVectorFile(dataDirectory, id, dimension);
    let codes: SlotFile | undefined;
    try {
      codes = await openCodeFile(dataDirectory, id, dimension);
      engine.prepare(await codes.bytes()); // its threads start while the rows are read here
      const slots = new Slots();
      const files = { components: vectors.source, records: codes.source };
      const blocks = new VectorBlocks(dimension, distanceMetric, engine.memory, files, (freed) =>
        slots.free(freed),
      );
      const live = await readRows(database, id, blocks);
      slots.begin(live);
      await assertHolds(vectors, slots.end);
      await makeCodesWhole(codes, dimension, vectors, slots.end);
      return new VectorIndex(id, shape, database, vectors, codes, engine, found, blocks, slots);
    } catch (error) {
      await vectors.close();
      await codes?.close();
      throw error;
    }
  }

  /**
   * True after a write that failed half-way: whether its transaction reached the disk is not known, and what is in
   * memory may differ from it. The index has to be closed and opened again.
   */
  get mustReopen(): boolean {
    return this.failed;
  }

  /** Vectors in the index. */
  get size(): number {
    return this.blocks.size;
  }

  /** Stores vectors, replacing those of the same keys with all their metadata. Keys must differ from one another. */
  put(vectors: readonly NewVector[]): Promise<void> {
    return this.afterOtherWrites(async () => {
      const slots = this.slots.take(vectors.length);
      const records = vectors.map(({ data }) => encodeRecord(data));
      const components = vectors.map(({ data }) => data);
      // Both are waited for even if one fails: nothing may be written to a slot that is no longer ours.
      const written = await Promise.allSettled([
        this.vectors.write(consecutiveRuns(slots, components)),
        this.codes.write(consecutiveRuns(slots, records)),
      ]);
      for (const one of written) if (one.status === 'rejected') throw one.reason;
      const replaced = new Map<number, Buffer>();
      const entries = vectors.map((vector, at) => {
        const slot = slots[at] as number;
        const key = recordKey(this.id, vector.key);
        const old = this.database.records.get(key);
        if (old !== undefined) {
          replaced.set(slotOf(old), old);
          this.found.replacing(this.id, vector.key, old);
        }
        const row = encodeRow(vector.key, vector.metadata, this.shape.nonFilterableMetadataKeys);
        // In memory before the commit: whoever finds the record finds its vector too. Not live yet.
        this.blocks.write(slot, records[at] as Uint8Array, row);
        return { key, value: recordValue(slot, vector.metadata), slot, row };
      });
      const retired = [...replaced.keys()];
      const pages = this.changedPages(entries, retired);
      this.leaving = replaced;
      await this.database.commit(() => {
        for (const { key, value } of entries) void this.database.records.put(key, value);
        for (const [page, rows] of pages) putPage(this.database, this.id, page, rows);
      });
      this.blocks.change(slots, retired);
      this.leaving = new Map();
    });
  }

  /** Removes vectors; keys that are not there are ignored. */
  delete(vectorKeys: readonly string[]): Promise<void> {
    return this.afterOtherWrites(async () => {
      const removed = new Map<number, Buffer>();
      const keys = [...new Set(vectorKeys)].flatMap((vectorKey) => {
        const key = recordKey(this.id, vectorKey);
        const value = this.database.records.get(key);
        if (value === undefined) return [];
        removed.set(slotOf(value), value);
        this.found.replacing(this.id, vectorKey, value);
        return [key];
      });
      if (keys.length === 0) return;
      const retired = [...removed.keys()];
      const pages = this.changedPages([], retired);
      this.leaving = removed;
      await this.database.commit(() => {
        for (const key of keys) void this.database.records.remove(key);
        for (const [page, rows] of pages) putPage(this.database, this.id, page, rows);
      });
      this.blocks.change([], retired);
      this.leaving = new Map();
    });
  }

  /** The vector of a key, or undefined. */
  get(vectorKey: string, wanted: Wanted): StoredVector | undefined {
    this.assertThere();
    const value = this.database.records.get(recordKey(this.id, vectorKey));
    return value === undefined ? undefined : this.stored(vectorKey, value, wanted);
  }

  /**
   * Vectors of one segment in the order of the list, which has nothing to do with the keys, beginning after a key.
   * Ends before `limit` vectors once those before are `byteLimit` bytes or more; holds at least one if there is one.
   */
  list(
    segment: { readonly at: number; readonly count: number },
    after: string | undefined,
    limit: number,
    byteLimit: number,
    wanted: Wanted,
  ): { readonly vectors: StoredVector[]; readonly more: boolean } {
    this.assertThere();
    const { start, end } = segmentRange(this.id, segment.at, segment.count);
    // The smallest key behind another one is that key with a zero byte.
    const from = after === undefined ? start : Buffer.concat([recordKey(this.id, after), Buffer.alloc(1)]);
    const vectors: StoredVector[] = [];
    let bytes = 0;
    for (const { key, value } of this.database.records.getRange({ start: from, end })) {
      if (vectors.length === limit || bytes >= byteLimit) return { vectors, more: true };
      vectors.push(this.stored(vectorKeyOf(key), value, wanted));
      bytes += key.length + metadataBytes(value) + this.shape.dimension * Float32Array.BYTES_PER_ELEMENT;
    }
    return { vectors, more: false };
  }

  /**
   * The nearest vectors, nearest first; ties in the order of keys, by their UTF-8 bytes. All that is found is from one
   * moment after this call: a write that is acknowledged before it is seen, one that comes later is seen whole or not.
   */
  async search(query: Float32Array, count: number, options: SearchOptions = {}): Promise<FoundVector[]> {
    const found = await this.find(query, count, options);
    try {
      return this.read(found, 0, found.keys.length);
    } finally {
      this.found.release(found);
    }
  }

  /**
   * Searches as `search` does, for results that are read later and in part: metadata stay as they were found. They take
   * memory until they are released (FoundLists).
   */
  async find(query: Float32Array, count: number, options: SearchOptions = {}): Promise<FoundVectors> {
    for (let attempt = 0; attempt < OPTIMISTIC_SEARCHES; attempt += 1) {
      const found = await this.findOnce(query, count, options);
      if (found !== undefined) return found;
    }
    // Writes overtake this search again and again: it takes its turn among them.
    return this.inTurn(async () => {
      const found = await this.findOnce(query, count, options);
      if (found === undefined) throw new Error('a vector was replaced while no write was under way');
      return found;
    });
  }

  /** Results of a search of this index, from one place (inclusive) to another (exclusive), as they were found. */
  read(found: FoundVectors, from: number, to: number): FoundVector[] {
    this.assertThere();
    return found.keys.slice(from, to).map((key, at) => {
      const distance = found.distances[from + at] as number;
      if (!found.withMetadata) return { key, distance };
      const value = found.replaced.get(key) ?? this.database.records.get(recordKey(this.id, key));
      if (value === undefined) throw new Error(`the metadata of a result of index ${this.id} are gone`);
      return { key, distance, metadata: metadataOf(value) };
    });
  }

  /** The vectors as they are now, for measuring; to be given back before the index is closed. */
  lease(): Lease {
    return this.blocks.lease();
  }

  /** Refuses further use at once, waits for writes under way, and deletes the vectors. Records remain: see purge. */
  async remove(): Promise<void> {
    this.gone = true;
    await this.writes;
    await this.blocks.close();
    await this.vectors.remove();
    await this.codes.remove();
  }

  /** Waits for writes and searches under way and closes the files. */
  async close(): Promise<void> {
    this.gone = true;
    await this.writes;
    await this.blocks.close();
    await this.vectors.close();
    await this.codes.close();
  }

  private stored(key: string, value: Buffer, wanted: Wanted): StoredVector {
    return {
      key,
      ...(wanted.data ? { data: readVector(this.vectors, slotOf(value)) } : {}),
      ...(wanted.metadata ? { metadata: metadataOf(value) } : {}),
    };
  }

  /** One search; undefined when a found vector was replaced or deleted before its metadata could be held. */
  private async findOnce(
    components: Float32Array,
    count: number,
    { filter, metadata = false }: SearchOptions,
  ): Promise<FoundVectors | undefined> {
    this.assertThere();
    return this.engine.search(this.blocks, { components, count, filter }, (neighbours, lease) => {
      const keys = neighbours.map(({ slot }) => lease.key(slot));
      const found = new FoundVectors(
        this.id,
        keys,
        Float64Array.from(neighbours, ({ distance }) => distance),
        metadata,
      );
      if (metadata) {
        for (const [at, { slot }] of neighbours.entries()) {
          // What was retired since the scan began is still in the scan's slots, and no longer in the database.
          if (!this.blocks.isLive(slot)) return undefined;
          const leaving = this.leaving.get(slot);
          if (leaving !== undefined) found.replaced.set(keys[at] as string, leaving);
        }
      }
      this.found.keep(found);
      return found;
    });
  }

  /** What the pages will hold once some slots are added and others retired. */
  private changedPages(added: readonly SlotRow[], retired: readonly number[]): Map<number, SlotRow[]> {
    const leaving = new Set(retired);
    const pages = new Map<number, SlotRow[]>();
    for (const slot of [...added.map((one) => one.slot), ...retired]) {
      const page = pageOf(slot);
      if (pages.has(page)) continue;
      const rows: SlotRow[] = [];
      for (let other = page * SLOTS_PER_PAGE; other < (page + 1) * SLOTS_PER_PAGE; other += 1) {
        if (this.blocks.isLive(other) && !leaving.has(other))
          rows.push({ slot: other, row: this.blocks.row(other) });
      }
      pages.set(page, rows);
    }
    for (const one of added) pages.get(pageOf(one.slot))?.push(one);
    return pages;
  }

  /** @throws EarlierWriteFailed when a write before it has failed */
  private afterOtherWrites<T>(write: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      if (this.failed) throw new EarlierWriteFailed();
      try {
        return await write();
      } catch (error) {
        this.failed = true;
        throw error;
      }
    });
  }

  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    this.assertThere();
    const result = this.writes.then(action);
    this.writes = result.catch(() => undefined);
    return result;
  }

  private assertThere(): void {
    if (this.gone) throw new IndexGone();
  }
}

/** Searches that are tried beside writes before one waits for its turn. */
const OPTIMISTIC_SEARCHES = 3;

/** Pages that are read at once; between them other requests have their turn. */
const PAGES_AT_ONCE = 2_000;

/** Takes all rows of an index over, and gives their slots in ascending order. */
async function readRows(database: Database, id: number, blocks: VectorBlocks): Promise<number[]> {
  const live: number[] = [];
  for (let from = 0; ;) {
    const pages = readPages(database, id, from, PAGES_AT_ONCE);
    for (const { page, value } of pages) {
      const rows = [...decodePage(page, value)].sort((a, b) => a.slot - b.slot);
      blocks.adopt((rows.at(-1)?.slot ?? -1) + 1);
      for (const { slot, row } of rows) {
        blocks.writeRow(slot, row);
        live.push(slot);
      }
    }
    const lastPage = pages.at(-1);
    if (lastPage === undefined) break;
    from = lastPage.page + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  blocks.change(live, []);
  return live;
}

/**
 * Makes the pages of an index that was written in format 1, which had none: all in one transaction, so that pages are
 * there for every record or for none.
 */
async function makeMissingPages(database: Database, id: number, shape: IndexShape): Promise<void> {
  const [page] = readPages(database, id, 0, 1);
  if (page !== undefined) return;
  const pages = new Map<number, SlotRow[]>();
  for (const { key, value } of database.records.getRange(segmentRange(id, 0, 1))) {
    const slot = slotOf(value);
    const row = encodeRow(vectorKeyOf(key), metadataOf(value), shape.nonFilterableMetadataKeys);
    const rows = pages.get(pageOf(slot));
    if (rows === undefined) pages.set(pageOf(slot), [{ slot, row }]);
    else rows.push({ slot, row });
  }
  if (pages.size === 0) return;
  await database.commit(() => {
    for (const [number, rows] of pages) putPage(database, id, number, rows);
  });
}

/** Deletes the records of an index that is no longer in the catalogue, in transactions of bounded size. */
export async function purgeRecords(database: Database, id: number): Promise<void> {
  const PER_TRANSACTION = 5_000;
  await purgePages(database, id);
  for (;;) {
    const keys = [...database.records.getKeys({ ...segmentRange(id, 0, 1), limit: PER_TRANSACTION })];
    if (keys.length === 0) return;
    await database.commit(() => {
      for (const key of keys) void database.records.remove(key);
    });
  }
}

/** The ids of all indexes that have records. */
export function recordedIndexIds(database: Database): number[] {
  const ids: number[] = [];
  for (;;) {
    const { start } = segmentRange((ids.at(-1) ?? 0) + 1, 0, 1);
    const [key] = [...database.records.getKeys({ start, limit: 1 })];
    if (key === undefined) return ids;
    ids.push(indexIdOf(key));
  }
}
