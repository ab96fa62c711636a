// One index: its records in the database, its vectors in a file and, for searching, in memory. Writes to an index run
// one after the other; a reader sees all of a write or nothing of it, and what was acknowledged is on disk.
import type { IndexShape } from '../../../contract/index-shape';
import type { Metadata } from '../../../contract/vectors/metadata';
import { nearest } from '../search/nearest';
import { VectorBlocks } from '../search/vector-blocks';
import type { Database } from './database';
import { indexIdOf, recordKey, segmentRange, vectorKeyOf } from './record-key';
import { metadataBytes, metadataOf, recordValue, slotOf } from './record-value';
import { consecutiveRuns, Slots } from './slots';
import { VectorFile } from './vector-file';

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
}

/** Thrown by every method once the index was deleted. */
export class IndexGone extends Error {
  override readonly name = 'IndexGone';
}

export class VectorIndex {
  private writes: Promise<unknown> = Promise.resolve();
  private gone = false;
  private failed = false;

  private constructor(
    private readonly id: number,
    private readonly shape: IndexShape,
    private readonly database: Database,
    private readonly file: VectorFile,
    private readonly blocks: VectorBlocks,
    private readonly slots: Slots,
    /** Key and filterable metadata of each live slot. */
    private readonly keys: (string | undefined)[],
    private readonly filterable: (Metadata | undefined)[],
  ) {}

  /** Opens an index and reads its vectors into memory. */
  static async open(
    dataDirectory: string,
    database: Database,
    id: number,
    shape: IndexShape,
  ): Promise<VectorIndex> {
    const keys: (string | undefined)[] = [];
    const filterable: (Metadata | undefined)[] = [];
    const used: number[] = [];
    for (const { key, value } of database.records.getRange(segmentRange(id, 0, 1))) {
      const slot = slotOf(value);
      used.push(slot);
      keys[slot] = vectorKeyOf(key);
      filterable[slot] = filterableOf(metadataOf(value), shape);
    }
    const end = used.reduce((highest, slot) => Math.max(highest, slot + 1), 0);
    const blocks = new VectorBlocks(shape.dimension);
    const file = await VectorFile.open(dataDirectory, id, shape.dimension);
    await file.readInto(blocks, end);
    for (const slot of used) {
      blocks.measure(slot);
      blocks.setLive(slot, true);
    }
    const slots = new Slots(end);
    for (let slot = 0; slot < end; slot += 1) {
      if (keys[slot] === undefined) slots.free([slot]);
    }
    return new VectorIndex(id, shape, database, file, blocks, slots, keys, filterable);
  }

  /**
   * True after a write that failed half-way: whether its transaction reached the disk is not known, and what is in
   * memory may differ from it. The index has to be closed and opened again.
   */
  get mustReopen(): boolean {
    return this.failed;
  }

  /** Stores vectors, replacing those of the same keys with all their metadata. Keys must differ from one another. */
  put(vectors: readonly NewVector[]): Promise<void> {
    return this.afterOtherWrites(async () => {
      const slots = this.slots.take(vectors.length);
      await this.file.write(
        consecutiveRuns(
          slots,
          vectors.map(({ data }) => data),
        ),
      );
      const replaced: number[] = [];
      const entries = vectors.map((vector, at) => {
        const slot = slots[at] as number;
        const key = recordKey(this.id, vector.key);
        const old = this.database.records.get(key);
        if (old !== undefined) replaced.push(slotOf(old));
        // In memory before the commit: whoever finds the record finds its vector too. Not live yet.
        this.blocks.write(slot, vector.data);
        return { key, value: recordValue(slot, vector.metadata) };
      });
      await this.database.commit(() => {
        for (const { key, value } of entries) void this.database.records.put(key, value);
      });
      this.retire(replaced);
      vectors.forEach((vector, at) => {
        const slot = slots[at] as number;
        this.keys[slot] = vector.key;
        this.filterable[slot] = filterableOf(vector.metadata ?? {}, this.shape);
        this.blocks.setLive(slot, true);
      });
    });
  }

  /** Removes vectors; keys that are not there are ignored. */
  delete(vectorKeys: readonly string[]): Promise<void> {
    return this.afterOtherWrites(async () => {
      const removed = [...new Set(vectorKeys)].flatMap((vectorKey) => {
        const key = recordKey(this.id, vectorKey);
        const value = this.database.records.get(key);
        return value === undefined ? [] : [{ key, slot: slotOf(value) }];
      });
      if (removed.length === 0) return;
      await this.database.commit(() => {
        for (const { key } of removed) void this.database.records.remove(key);
      });
      this.retire(removed.map(({ slot }) => slot));
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

  /** The nearest vectors whose filterable metadata satisfy the filter, nearest first; ties in the order of keys. */
  search(query: Float32Array, count: number, filter?: (metadata: Metadata) => boolean): FoundVector[] {
    this.assertThere();
    const keyOf = (slot: number): string => this.keys[slot] ?? '';
    return nearest({
      vectors: this.blocks,
      metric: this.shape.distanceMetric,
      query,
      count,
      accepts: filter === undefined ? undefined : (slot) => filter(this.filterable[slot] ?? {}),
      compareTied: (a, b) => (keyOf(a) < keyOf(b) ? -1 : 1),
    }).map(({ slot, distance }) => ({ key: keyOf(slot), distance }));
  }

  /** Refuses further use at once, waits for writes under way, and deletes the vectors. Records remain: see purge. */
  async remove(): Promise<void> {
    this.gone = true;
    await this.writes;
    await this.file.remove();
  }

  /** Waits for writes under way and closes the file. */
  async close(): Promise<void> {
    this.gone = true;
    await this.writes;
    await this.file.close();
  }

  private stored(key: string, value: Buffer, wanted: Wanted): StoredVector {
    return {
      key,
      ...(wanted.data ? { data: this.blocks.components(slotOf(value)).slice() } : {}),
      ...(wanted.metadata ? { metadata: metadataOf(value) } : {}),
    };
  }

  private retire(slots: readonly number[]): void {
    for (const slot of slots) {
      this.blocks.setLive(slot, false);
      this.keys[slot] = undefined;
      this.filterable[slot] = undefined;
    }
    this.slots.free(slots);
  }

  private afterOtherWrites<T>(write: () => Promise<T>): Promise<T> {
    this.assertThere();
    const result = this.writes.then(() => {
      if (this.failed) throw new Error('an earlier write to this index failed');
      return write();
    });
    this.writes = result.catch(() => {
      this.failed = true;
    });
    return result;
  }

  private assertThere(): void {
    if (this.gone) throw new IndexGone();
  }
}

/** The metadata that filters may look at; undefined when there is none, to save memory. */
function filterableOf(metadata: Metadata, shape: IndexShape): Metadata | undefined {
  const entries = Object.entries(metadata).filter(([key]) => !shape.nonFilterableMetadataKeys.includes(key));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Deletes the records of an index that is no longer in the catalogue, in transactions of bounded size. */
export async function purgeRecords(database: Database, id: number): Promise<void> {
  const PER_TRANSACTION = 5_000;
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
