// The scan of one thread: block after block, the float32 kernels pass over the vectors that the query is about, and
// whatever may be among the nearest is measured again in double precision. Several queries share one pass, so that
// memory is read once for all of them.
import { readSync } from 'node:fs';
import { cosineDistanceOf } from '../../../contract/vectors/distance';
import { distanceKernels, sharedMemory, type DistanceKernels } from './distance-kernels';
import { NearestHeap } from './nearest-heap';
import { comparableNorm, cosineLimit, squareLimit } from './rounding-bound';
import { compileRowPredicate, type RowPredicate } from './row-predicate';
import { offsetOf, RowReader } from './row-store';
import { BLOCK, isSet, type ScanOutcome, type ScanQuery, type ScanTarget } from './scan-target';
import { SCRATCH_BYTES } from './vector-memory';
import { MAX_BLOCK_BYTES, MAX_BLOCK_SLOTS } from './block-size';

/** Queries that one pass can answer. */
export const MAX_QUERIES = 8;

// A thread's scratch: numbers of vectors, what the kernel answers for them, and for each query two vectors.
const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const LIST_BYTES = MAX_BLOCK_SLOTS * FLOAT;
const VECTOR_BYTES = 4096 * FLOAT;

/**
 * Bytes that the queries of a pass go through in turn: they stay in the processor's second cache meanwhile. A query
 * alone takes a block at once, which is faster, as soon as it knows what is far.
 */
const STRETCH_BYTES = 256 * 1024;

/** A memory with everything needed to run kernels in it. */
interface Room {
  readonly kernels: DistanceKernels;
  readonly memory: WebAssembly.Memory;
  /** Address of the thread's scratch. */
  readonly scratch: number;
  readonly list: Uint32Array;
  readonly answers: Float32Array;
  /** The pass whose queries are in the scratch. */
  pass: number;
}

/** One query of a pass. */
interface Search {
  readonly query: ScanQuery;
  readonly norm: number;
  readonly unit: Float32Array;
  readonly accepts: RowPredicate | undefined;
  readonly heap: NearestHeap;
  /** What the kernel's answer is compared with; changes when the heap does. */
  limit: number;
  /** Slots of the current block that are to be measured, counted from its first. */
  chosen: Uint32Array;
  chosenCount: number;
  /** How many of them are done. */
  done: number;
}

export class BlockScan {
  private readonly rooms: Room[] = [];
  private own: Room | undefined;
  private pass = 0;

  /**
   * @param thread number of this thread, which no other one has
   * @param segments memories of the vectors; more may be added by the owner
   */
  constructor(
    private readonly thread: number,
    private readonly segments: readonly WebAssembly.Memory[],
  ) {}

  /**
   * Scans blocks until there are none.
   * @param nextBlock the number of a block that nobody scans yet; beyond the last one when all are taken
   * @throws when the vector file is shorter than its slots
   */
  run(target: ScanTarget, queries: readonly ScanQuery[], nextBlock: () => number): ScanOutcome {
    this.pass += 1;
    const rows = new Uint32Array(target.rows);
    const norms = new Float32Array(target.norms);
    const live = new Uint8Array(target.live);
    const reader = new RowReader(target.rowBuffers);
    const compareTied = (a: number, b: number): number =>
      reader.compareKeys(rows[a] as number, rows[b] as number);
    const searches = queries.map((query) => searchFor(target, query, compareTied));
    const read: number[] = [];
    const measured: number[] = [];
    const blocks = Math.ceil(target.end / target.slotsPerBlock);
    for (let block = nextBlock(); block < blocks; block = nextBlock()) {
      const first = block * target.slotsPerBlock;
      const count = Math.min(target.slotsPerBlock, target.end - first);
      if (!choose(searches, first, count, live, rows, reader)) continue;
      const inMemory = target.states[block] !== BLOCK.inFile;
      const room = inMemory ? this.room(target.segments[block] as number) : this.ownRoom();
      const base = inMemory ? (target.addresses[block] as number) : SCRATCH_BYTES;
      if (target.states[block] === BLOCK.unread) {
        readSlots(target, first, 0, count, room.memory, base);
        read.push(block);
      } else if (!inMemory) {
        readChosen(target, first, searches, room.memory, base);
      }
      if (target.metric === 'cosine' && target.measured[block] === 0) {
        // Without the others' components only the chosen ones can be measured, and the block counts as unmeasured.
        const whole = inMemory || searches.some(({ chosenCount }) => chosenCount === count);
        measure(target, room, base, norms, first, whole ? undefined : searches, count);
        if (whole) measured.push(block);
      }
      this.placeQueries(room, searches);
      scanBlock(target, room, base, first, norms, searches);
    }
    return {
      results: searches.map(({ heap }) => {
        const found = heap.sorted();
        return {
          slots: Uint32Array.from(found, ({ slot }) => slot),
          distances: Float64Array.from(found, ({ distance }) => distance),
        };
      }),
      read,
      measured,
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
    searches.forEach(({ query, unit }, at) => {
      const { length } = query.components;
      new Float32Array(room.memory.buffer, unitAddress(room, at), length).set(unit);
      new Float32Array(room.memory.buffer, queryAddress(room, at), length).set(query.components);
    });
  }
}

function roomIn(memory: WebAssembly.Memory, scratch: number): Room {
  return {
    kernels: distanceKernels(memory),
    memory,
    scratch,
    list: new Uint32Array(memory.buffer, scratch, MAX_BLOCK_SLOTS),
    answers: new Float32Array(memory.buffer, scratch + LIST_BYTES, MAX_BLOCK_SLOTS),
    pass: 0,
  };
}

function queryAddress(room: Room, query: number): number {
  return room.scratch + 2 * LIST_BYTES + 2 * query * VECTOR_BYTES;
}

function unitAddress(room: Room, query: number): number {
  return queryAddress(room, query) + VECTOR_BYTES;
}

function searchFor(
  { metric, slotsPerBlock }: ScanTarget,
  query: ScanQuery,
  compareTied: (a: number, b: number) => number,
): Search {
  const norm = Math.sqrt(query.components.reduce((sum, component) => sum + component * component, 0));
  return {
    query,
    norm,
    unit: query.components.map((component) => component / norm),
    accepts: query.filter === undefined ? undefined : compileRowPredicate(query.filter),
    heap: new NearestHeap(query.count, compareTied),
    limit: metric === 'cosine' ? -Infinity : Infinity,
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
  for (const search of searches) {
    const { accepts, chosen } = search;
    let chosenCount = 0;
    for (let at = 0; at < count; at += 1) {
      const slot = first + at;
      if (!isSet(live, slot)) continue;
      if (accepts !== undefined) {
        const row = rows[slot] as number;
        if (!accepts(reader.bytesOf(row), reader.viewOf(row), offsetOf(row))) continue;
      }
      chosen[chosenCount] = at;
      chosenCount += 1;
    }
    search.chosenCount = chosenCount;
    search.done = 0;
    any ||= chosenCount > 0;
  }
  return any;
}

function scanBlock(
  target: ScanTarget,
  room: Room,
  base: number,
  first: number,
  norms: Float32Array,
  searches: readonly Search[],
): void {
  const { dimension, metric, slotsPerBlock } = target;
  const alone = searches.length === 1 && searches[0]?.heap.worst !== Infinity;
  const stretch = alone ? slotsPerBlock : Math.max(16, Math.floor(STRETCH_BYTES / (dimension * FLOAT)));
  for (let end = stretch; end < slotsPerBlock + stretch; end += stretch) {
    for (let at = 0; at < searches.length; at += 1) {
      const search = searches[at] as Search;
      const from = search.done;
      const { chosen, chosenCount } = search;
      let to = from;
      while (to < chosenCount && (chosen[to] as number) < end) to += 1;
      if (to === from) continue;
      search.done = to;
      room.list.set(chosen.subarray(from, to));
      const list = room.scratch;
      const out = room.scratch + LIST_BYTES;
      if (metric === 'cosine') {
        room.kernels.dots(list, to - from, base, dimension, unitAddress(room, at), out);
        keepCosine(target, room, base, first, norms, search, queryAddress(room, at), to - from);
      } else {
        room.kernels.squares(list, to - from, base, dimension, queryAddress(room, at), out);
        keepSquares(target, room, base, first, search, queryAddress(room, at), to - from);
      }
    }
  }
}

function keepCosine(
  { dimension }: ScanTarget,
  { kernels, list, answers }: Room,
  base: number,
  first: number,
  norms: Float32Array,
  search: Search,
  query: number,
  count: number,
): void {
  for (let at = 0; at < count; at += 1) {
    const slot = first + (list[at] as number);
    if ((answers[at] as number) < search.limit * (norms[slot] as number)) continue;
    const vector = base + (list[at] as number) * dimension * FLOAT;
    const norm = Math.sqrt(kernels.exact_dot(vector, vector, dimension));
    search.heap.offer(cosineDistanceOf(kernels.exact_dot(vector, query, dimension), norm, search.norm), slot);
    search.limit = cosineLimit(search.heap.worst, dimension);
  }
}

function keepSquares(
  { dimension }: ScanTarget,
  { kernels, list, answers }: Room,
  base: number,
  first: number,
  search: Search,
  query: number,
  count: number,
): void {
  for (let at = 0; at < count; at += 1) {
    const answer = answers[at] as number;
    if (answer > search.limit && answer < Infinity) continue;
    const vector = base + (list[at] as number) * dimension * FLOAT;
    search.heap.offer(kernels.exact_square(vector, query, dimension), first + (list[at] as number));
    search.limit = squareLimit(search.heap.worst, dimension);
  }
}

/** Computes norms: of the chosen slots of some searches, or of all. */
function measure(
  { dimension }: ScanTarget,
  { kernels }: Room,
  base: number,
  norms: Float32Array,
  first: number,
  searches: readonly Search[] | undefined,
  count: number,
): void {
  const one = (at: number): void => {
    const vector = base + at * dimension * FLOAT;
    norms[first + at] = comparableNorm(Math.sqrt(kernels.exact_dot(vector, vector, dimension)));
  };
  if (searches === undefined) for (let at = 0; at < count; at += 1) one(at);
  else for (const { chosen, chosenCount } of searches) chosen.subarray(0, chosenCount).forEach(one);
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
    readSlots(target, first, from, to, memory, base);
    from = wanted.indexOf(1, to);
  }
}

/** Reads slots `from` to `to` − 1, counted from a block's first, to their places in a memory. */
function readSlots(
  { dimension, descriptor, path }: ScanTarget,
  first: number,
  from: number,
  to: number,
  memory: WebAssembly.Memory,
  base: number,
): void {
  const stride = dimension * FLOAT;
  const bytes = new Uint8Array(memory.buffer, base + from * stride, (to - from) * stride);
  for (let done = 0; done < bytes.length;) {
    const position = (first + from) * stride + done;
    const bytesRead = readSync(descriptor, bytes, done, bytes.length - done, position);
    if (bytesRead === 0) throw new Error(`${path} ends at byte ${position}, before slot ${first + to - 1}`);
    done += bytesRead;
  }
}
