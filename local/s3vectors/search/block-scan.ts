// The scan of one thread: block after block, a kernel passes over the records that the queries are about and tells
// between which bounds each distance lies; whatever may be among the nearest is then measured exactly. Several queries
// share one pass, so that memory is read once for all of them.
import { MAX_BLOCK_BYTES, MAX_BLOCK_SLOTS } from './block-size';
import { Candidates } from './candidates';
import { distanceKernels, sharedMemory, type DistanceKernels } from './distance-kernels';
import { ExactMeasuring } from './exact-measuring';
import { encodeQuery, type QueryCodes } from './query-codes';
import { compileRowPredicate, type RowPredicate } from './row-predicate';
import { offsetOf, RowReader } from './row-store';
import { BLOCK, isSet, type ScanOutcome, type ScanQuery, type ScanTarget } from './scan-target';
import { readSlots } from './slot-reading';
import { SCRATCH_BYTES } from './vector-memory';

/** Queries that one pass can answer. */
export const MAX_QUERIES = 8;

// A thread's scratch: numbers of records, what the kernel answers for them, and the queries' codes.
const LOWERS_AT = MAX_BLOCK_SLOTS * Uint32Array.BYTES_PER_ELEMENT;
const UPPERS_AT = LOWERS_AT + MAX_BLOCK_SLOTS * Float64Array.BYTES_PER_ELEMENT;
const QUERIES_AT = UPPERS_AT + MAX_BLOCK_SLOTS * Float64Array.BYTES_PER_ELEMENT;
const QUERY_BYTES = 4096 * Int16Array.BYTES_PER_ELEMENT;

/**
 * Bytes that the queries of a pass go through in turn: they stay in the processor's second cache meanwhile. A query
 * alone takes a block at once.
 */
const STRETCH_BYTES = 256 * 1024;

/** A memory with everything needed to run kernels in it. */
interface Room {
  readonly kernels: DistanceKernels;
  readonly memory: WebAssembly.Memory;
  /** Address of the thread's scratch. */
  readonly scratch: number;
  readonly list: Uint32Array;
  readonly lowers: Float64Array;
  readonly uppers: Float64Array;
  /** The pass whose queries are in the scratch. */
  pass: number;
}

/** One query of a pass. */
interface Search {
  readonly query: ScanQuery;
  readonly encoded: QueryCodes;
  readonly accepts: RowPredicate | undefined;
  readonly candidates: Candidates;
  /** Slots of the current block that are to be measured, counted from its first. */
  chosen: Uint32Array;
  chosenCount: number;
  /** How many of them are done. */
  done: number;
}

export class BlockScan {
  private readonly rooms: Room[] = [];
  private own: Room | undefined;
  private measuring: ExactMeasuring | undefined;
  private pass = 0;

  /**
   * @param thread number of this thread, which no other one has
   * @param segments memories of the records; more may be added by the owner
   */
  constructor(
    private readonly thread: number,
    private readonly segments: readonly WebAssembly.Memory[],
  ) {}

  /**
   * Scans blocks until there are none.
   * @param nextBlock the number of a block that nobody scans yet; beyond the last one when all are taken
   * @throws when a file of the index is shorter than its slots
   */
  run(target: ScanTarget, queries: readonly ScanQuery[], nextBlock: () => number): ScanOutcome {
    this.pass += 1;
    const rows = new Uint32Array(target.rows);
    const live = new Uint8Array(target.live);
    const reader = new RowReader(target.rowBuffers);
    const searches = queries.map((query) => searchFor(target, query));
    const read: number[] = [];
    const blocks = Math.ceil(target.end / target.slotsPerBlock);
    for (let block = nextBlock(); block < blocks; block = nextBlock()) {
      const first = block * target.slotsPerBlock;
      const count = Math.min(target.slotsPerBlock, target.end - first);
      if (!choose(searches, first, count, live, rows, reader)) continue;
      const inMemory = target.states[block] !== BLOCK.inFile;
      const room = inMemory ? this.room(target.segments[block] as number) : this.ownRoom();
      const base = inMemory ? (target.addresses[block] as number) : SCRATCH_BYTES;
      if (target.states[block] === BLOCK.unread) {
        readRecords(target, first, 0, count, room.memory, base);
        read.push(block);
      } else if (!inMemory) {
        readChosen(target, first, searches, room.memory, base);
      }
      this.placeQueries(room, searches);
      scanBlock(target, room, base, first, searches);
    }
    this.measuring ??= new ExactMeasuring();
    const { measuring } = this;
    const compareTied = (a: number, b: number): number =>
      reader.compareKeys(rows[a] as number, rows[b] as number);
    return {
      results: searches.map(({ query, encoded, candidates }) => {
        const found = measuring.nearest(target, query, encoded.norm, candidates, compareTied).sorted();
        return {
          slots: Uint32Array.from(found, ({ slot }) => slot),
          distances: Float64Array.from(found, ({ distance }) => distance),
        };
      }),
      read,
    };
  }

  private room(segment: number): Room {
    const known = this.rooms[segment];
    if (known !== undefined) return known;
    const memory = this.segments[segment];
    if (memory === undefined) throw new RangeError(`thread ${this.thread} has no segment ${segment}`);
    const room = roomIn(memory, this.thread * SCRATCH_BYTES);
    this.rooms[segment] = room;
    return room;
  }

  /** Memory of this thread alone, for one block that is not kept. */
  private ownRoom(): Room {
    this.own ??= roomIn(sharedMemory(SCRATCH_BYTES + MAX_BLOCK_BYTES), 0);
    return this.own;
  }

  private placeQueries(room: Room, searches: readonly Search[]): void {
    if (room.pass === this.pass) return;
    room.pass = this.pass;
    searches.forEach(({ encoded: { codes } }, at) => {
      new Int16Array(room.memory.buffer, queryAddress(room, at), codes.length).set(codes);
    });
  }
}

function roomIn(memory: WebAssembly.Memory, scratch: number): Room {
  return {
    kernels: distanceKernels(memory),
    memory,
    scratch,
    list: new Uint32Array(memory.buffer, scratch, MAX_BLOCK_SLOTS),
    lowers: new Float64Array(memory.buffer, scratch + LOWERS_AT, MAX_BLOCK_SLOTS),
    uppers: new Float64Array(memory.buffer, scratch + UPPERS_AT, MAX_BLOCK_SLOTS),
    pass: 0,
  };
}

function queryAddress(room: Room, query: number): number {
  return room.scratch + QUERIES_AT + query * QUERY_BYTES;
}

function searchFor({ slotsPerBlock }: ScanTarget, query: ScanQuery): Search {
  return {
    query,
    encoded: encodeQuery(query.components),
    accepts: query.filter === undefined ? undefined : compileRowPredicate(query.filter),
    candidates: new Candidates(query.count),
    chosen: new Uint32Array(slotsPerBlock),
    chosenCount: 0,
    done: 0,
  };
}

/** Finds the slots of a block that each query is about; false when there is none. */
function choose(
  searches: readonly Search[],
  first: number,
  count: number,
  live: Uint8Array,
  rows: Uint32Array,
  reader: RowReader,
): boolean {
  let any = false;
  let everyLive: Search | undefined;
  for (const search of searches) {
    const { accepts, chosen } = search;
    search.done = 0;
    if (accepts !== undefined) {
      search.chosenCount = 0;
      for (let at = 0; at < count; at += 1) {
        const slot = first + at;
        if (!isSet(live, slot)) continue;
        const row = rows[slot] as number;
        if (accepts(reader.bytesOf(row), reader.viewOf(row), offsetOf(row))) {
          chosen[search.chosenCount] = at;
          search.chosenCount += 1;
        }
      }
    } else if (everyLive === undefined) {
      search.chosenCount = chooseLive(chosen, first, count, live);
      everyLive = search;
    } else {
      search.chosenCount = everyLive.chosenCount;
      chosen.set(everyLive.chosen.subarray(0, everyLive.chosenCount));
    }
    any ||= search.chosenCount > 0;
  }
  return any;
}

/** Finds the live slots of a block and gives their number. A block begins at a multiple of 8 slots. */
function chooseLive(chosen: Uint32Array, first: number, count: number, live: Uint8Array): number {
  let chosenCount = 0;
  for (let at = 0; at < count; at += 8) {
    const bits = live[(first + at) >> 3] as number;
    for (let bit = 0; bit < 8; bit += 1) {
      // Bits behind the last slot are zeros.
      chosen[chosenCount] = at + bit;
      chosenCount += (bits >> bit) & 1;
    }
  }
  return chosenCount;
}

function scanBlock(
  { metric, slotsPerBlock, records: { slotBytes } }: ScanTarget,
  room: Room,
  base: number,
  first: number,
  searches: readonly Search[],
): void {
  const { kernels, list, lowers, uppers, scratch } = room;
  const stretch = searches.length === 1 ? slotsPerBlock : Math.max(16, Math.floor(STRETCH_BYTES / slotBytes));
  for (let end = stretch; end < slotsPerBlock + stretch; end += stretch) {
    for (let number = 0; number < searches.length; number += 1) {
      const search = searches[number] as Search;
      const from = search.done;
      const { chosen, chosenCount, candidates } = search;
      let to = from;
      while (to < chosenCount && (chosen[to] as number) < end) to += 1;
      if (to === from) continue;
      search.done = to;
      list.set(chosen.subarray(from, to));
      const { inverse, norm, sine, cosine } = search.encoded;
      kernels.bounds(
        scratch,
        to - from,
        base,
        slotBytes,
        queryAddress(room, number),
        inverse,
        norm,
        sine,
        cosine,
        metric === 'euclidean' ? 1 : 0,
        scratch + LOWERS_AT,
        scratch + UPPERS_AT,
      );
      let limit = candidates.limit;
      for (let at = 0; at < to - from; at += 1) {
        if ((lowers[at] as number) > limit) continue;
        candidates.add(first + (list[at] as number), lowers[at] as number, uppers[at] as number);
        limit = candidates.limit;
      }
    }
  }
}

/** Reads what the searches have chosen of a block to where it would be if the whole block were read. */
function readChosen(
  target: ScanTarget,
  first: number,
  searches: readonly Search[],
  memory: WebAssembly.Memory,
  base: number,
): void {
  const wanted = new Uint8Array(target.slotsPerBlock);
  for (const { chosen, chosenCount } of searches) {
    for (let at = 0; at < chosenCount; at += 1) wanted[chosen[at] as number] = 1;
  }
  for (let from = wanted.indexOf(1); from >= 0;) {
    const next = wanted.indexOf(0, from);
    const to = next < 0 ? wanted.length : next;
    readRecords(target, first, from, to, memory, base);
    from = wanted.indexOf(1, to);
  }
}

/** Reads slots `from` to `to` − 1, counted from a block's first, to their places in a memory. */
function readRecords(
  { records }: ScanTarget,
  first: number,
  from: number,
  to: number,
  memory: WebAssembly.Memory,
  base: number,
): void {
  const { slotBytes } = records;
  readSlots(
    records,
    first + from,
    new Uint8Array(memory.buffer, base + from * slotBytes, (to - from) * slotBytes),
  );
}
