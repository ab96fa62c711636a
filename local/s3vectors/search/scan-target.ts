// What a scan works on and what it answers: plain values and shared memory, so that they go to worker threads as they
// are. A scan target is one moment of an index: writes after it change nothing that it refers to.
import type { DistanceMetric } from '../../../contract/index-shape';
import type { Filter } from '../../../contract/vectors/filter';

/** Where the records of a block are. */
export const BLOCK = {
  /** In the file only: the memory budget had no room. */
  inFile: 0,
  /** Room is reserved, and whoever scans the block first reads it from the file. */
  unread: 1,
  inMemory: 2,
} as const;

export interface ScanTarget {
  readonly dimension: number;
  readonly metric: DistanceMetric;
  readonly slotsPerBlock: number;
  /** Slots 0 to `end` − 1 are scanned. */
  readonly end: number;
  /** One bit a slot: whether it is part of the index. */
  readonly live: SharedArrayBuffer;
  /** For each slot a uint32: its row's reference. */
  readonly rows: SharedArrayBuffer;
  readonly rowBuffers: readonly SharedArrayBuffer[];
  /** For each block one of BLOCK. */
  readonly states: Uint8Array;
  /** For each block with room in memory: the number of its segment, and its address there. */
  readonly segments: Uint32Array;
  readonly addresses: Uint32Array;
  /** Where the records are that are not in memory. */
  readonly records: SlotSource;
  /** Where the components are. */
  readonly components: SlotSource;
}

/** A file that holds something of the same length for every slot. */
export interface SlotSource {
  readonly descriptor: number;
  /** For messages. */
  readonly path: string;
  /** Bytes before the first slot, and of every slot. */
  readonly headerBytes: number;
  readonly slotBytes: number;
}

export interface ScanQuery {
  readonly components: Float32Array;
  /** Neighbours wanted. */
  readonly count: number;
  readonly filter?: Filter | undefined;
}

/** Neighbours of one query, in any order: slots and their distances. */
export interface ScanResult {
  readonly slots: Uint32Array;
  readonly distances: Float64Array;
}

/** What a scan, or one thread's part of it, found out. */
export interface ScanOutcome {
  /** One for each query. */
  readonly results: readonly ScanResult[];
  /** Blocks that were read into their room in memory. */
  readonly read: readonly number[];
}

export function isSet(bits: Uint8Array, slot: number): boolean {
  return (((bits[slot >> 3] as number) >> (slot & 7)) & 1) === 1;
}
