// The vectors of one index as searches see them: blocks of records (see record-format) in shared memory as far as the
// budget goes, the rest in the code file; beside each slot its row and whether it is live. This thread alone writes; scans
// in other threads get a target, which stays as it is until it is given back.
import type { DistanceMetric } from '../../../contract/index-shape';
import { roomFor, slotsPerBlock } from './block-size';
import { rowBytes } from './metadata-row';
import { recordBytes } from './record-format';
import { offsetOf, RowStore } from './row-store';
import { BLOCK, isSet, type ScanOutcome, type ScanTarget, type SlotSource } from './scan-target';
import type { Allocation, VectorMemory } from './vector-memory';

interface Block {
  allocation: Allocation | undefined;
  /** Slots that the allocation has room for. */
  room: number;
  state: number;
  /** Number of the last target that was made before the block was written. */
  written: number;
}

/** The files of an index. */
export interface IndexFiles {
  readonly records: SlotSource;
  readonly components: SlotSource;
}

/** A scan target that is in use. */
export interface Lease {
  readonly target: ScanTarget;
  readonly compareTied: (a: number, b: number) => number;
  /** The vector key in a slot of the target. */
  readonly key: (slot: number) => string;
  /** Gives the target back; with what a scan of it has found out. */
  readonly end: (outcome?: ScanOutcome) => void;
}

export class VectorBlocks {
  readonly slotsPerBlock: number;
  private readonly blocks: Block[] = [];
  private readonly rowStore = new RowStore();
  private rows = new Uint32Array(new SharedArrayBuffer(0));
  private live = new Uint8Array(0);
  private liveCount = 0;
  private end = 0;
  /** The live bits as targets have them; made again after each change. */
  private liveShared: SharedArrayBuffer | undefined;
  private targets = 0;
  private readonly inUse = new Set<number>();
  private retired: { readonly slots: readonly number[]; readonly after: number }[] = [];
  /** Memory that blocks have outgrown, which scans under way may still look at. */
  private outgrown: { readonly allocation: Allocation; readonly after: number }[] = [];
  private idle: (() => void) | undefined;

  /** @param freeSlots told of slots that may be written again: no scan looks at them any more */
  constructor(
    private readonly dimension: number,
    private readonly metric: DistanceMetric,
    private readonly memory: VectorMemory,
    private readonly files: IndexFiles,
    private readonly freeSlots: (slots: readonly number[]) => void,
  ) {
    this.slotsPerBlock = slotsPerBlock(dimension);
  }

  /** Bytes of one vector's record. */
  get recordBytes(): number {
    return recordBytes(this.dimension);
  }

  /** Live vectors. */
  get size(): number {
    return this.liveCount;
  }

  /** Makes room for slots 0 to `slots` − 1, whose records are in the file already. */
  adopt(slots: number): void {
    this.extend(slots, BLOCK.unread);
  }

  /** Takes a slot's record over, which is in the file, and its row; the slot is not live yet. */
  write(slot: number, record: Uint8Array, row: Uint8Array): void {
    this.extend(slot + 1, BLOCK.inMemory);
    const block = this.blockOf(slot);
    block.written = this.targets;
    if (block.state === BLOCK.inMemory) this.view(block, slot).set(record);
    this.writeRow(slot, row);
  }

  writeRow(slot: number, row: Uint8Array): void {
    this.rows[slot] = this.rowStore.add(row);
  }

  /** Makes slots part of the index, and retires others, in one step. */
  change(added: readonly number[], removed: readonly number[]): void {
    for (const slot of removed) {
      if (!this.isLive(slot)) continue;
      this.live[slot >> 3] = (this.live[slot >> 3] as number) & ~(1 << (slot & 7));
      this.liveCount -= 1;
    }
    for (const slot of added) {
      if (this.isLive(slot)) continue;
      this.live[slot >> 3] = (this.live[slot >> 3] as number) | (1 << (slot & 7));
      this.liveCount += 1;
    }
    this.liveShared = undefined;
    if (removed.length > 0) this.retired.push({ slots: removed, after: this.targets });
    this.release();
  }

  isLive(slot: number): boolean {
    return slot < this.end && isSet(this.live, slot);
  }

  key(slot: number): string {
    return this.rowStore.reader.key(this.rows[slot] as number);
  }

  /** A copy of a slot's row. */
  row(slot: number): Uint8Array {
    const reference = this.rows[slot] as number;
    const bytes = this.rowStore.reader.bytesOf(reference);
    const from = offsetOf(reference);
    return bytes.slice(from, from + rowBytes(bytes, from));
  }

  /** The index as it is now, for a scan. */
  lease(): Lease {
    this.takeRoom();
    this.targets += 1;
    const number = this.targets;
    this.inUse.add(number);
    const { rows } = this;
    const reader = this.rowStore.reader;
    const target: ScanTarget = {
      dimension: this.dimension,
      metric: this.metric,
      slotsPerBlock: this.slotsPerBlock,
      end: this.end,
      live: this.sharedLive(),
      rows: rows.buffer,
      rowBuffers: [...this.rowStore.buffers],
      states: Uint8Array.from(this.blocks, ({ state }) => state),
      segments: Uint32Array.from(this.blocks, ({ allocation }) => allocation?.segment ?? 0),
      addresses: Uint32Array.from(this.blocks, ({ allocation }) => allocation?.address ?? 0),
      records: this.files.records,
      components: this.files.components,
    };
    return {
      target,
      compareTied: (a, b) => reader.compareKeys(rows[a] as number, rows[b] as number),
      key: (slot) => reader.key(rows[slot] as number),
      end: (outcome) => {
        if (outcome !== undefined) this.learn(number, outcome);
        this.inUse.delete(number);
        this.release();
        if (this.inUse.size === 0) this.idle?.();
      },
    };
  }

  /** Waits for scans under way and gives the memory back. Nothing may be used after it. */
  async close(): Promise<void> {
    if (this.inUse.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    for (const { allocation } of this.blocks.splice(0)) {
      if (allocation !== undefined) this.memory.free(allocation);
    }
    for (const { allocation } of this.outgrown.splice(0)) this.memory.free(allocation);
  }

  /** Notes what a scan has read, unless a write came between. */
  private learn(number: number, { read }: ScanOutcome): void {
    for (const at of read) {
      const block = this.blocks[at];
      if (block !== undefined && block.written < number) block.state = BLOCK.inMemory;
    }
  }

  /** Frees memory and retired slots that no scan can see any more. */
  private release(): void {
    const oldest = Math.min(...this.inUse, Infinity);
    this.outgrown = this.outgrown.filter(({ allocation, after }) => {
      if (after >= oldest) return true;
      this.memory.free(allocation);
      return false;
    });
    const free = this.retired.filter(({ after }) => after < oldest);
    if (free.length === 0) return;
    this.retired = this.retired.filter(({ after }) => after >= oldest);
    for (const { slots } of free) {
      for (const slot of slots) {
        const reference = this.rows[slot] as number;
        const bytes = this.rowStore.reader.bytesOf(reference);
        this.rowStore.free(reference, rowBytes(bytes, offsetOf(reference)));
        this.rows[slot] = 0;
      }
      this.freeSlots(slots);
    }
  }

  /** @param state of new blocks that get room in memory */
  private extend(slots: number, state: number): void {
    if (slots <= this.end) return;
    this.end = slots;
    this.liveShared = undefined;
    const last = this.blocks.at(-1);
    if (last !== undefined) this.grow(last, this.slotsIn(this.blocks.length - 1));
    while (this.blocks.length * this.slotsPerBlock < slots) {
      const block: Block = { allocation: undefined, room: 0, state: BLOCK.inFile, written: this.targets };
      this.blocks.push(block);
      if (this.allocate(block, this.slotsIn(this.blocks.length - 1)) !== undefined) block.state = state;
    }
    if (slots <= this.rows.length) return;
    const capacity = Math.max(64, slots, Math.ceil(this.rows.length * 1.5));
    // Scans under way keep the table that they were given: nothing of theirs is written any more.
    const rows = new Uint32Array(new SharedArrayBuffer(capacity * Uint32Array.BYTES_PER_ELEMENT));
    rows.set(this.rows);
    const live = new Uint8Array(Math.ceil(capacity / 8));
    live.set(this.live);
    this.rows = rows;
    this.live = live;
  }

  /** Slots of a block that are in use, or were. */
  private slotsIn(block: number): number {
    return Math.min(this.slotsPerBlock, this.end - block * this.slotsPerBlock);
  }

  /** Gets memory for so many slots of a block; none when the budget is used up. */
  private allocate(block: Block, slots: number): Allocation | undefined {
    const room = roomFor(slots, this.dimension);
    const allocation = this.memory.allocate(room * this.recordBytes);
    block.allocation = allocation;
    block.room = allocation === undefined ? 0 : room;
    return allocation;
  }

  /** Sees to it that the memory of a block has room for so many slots, or gives it up. */
  private grow(block: Block, slots: number): void {
    const { allocation: old } = block;
    if (old === undefined || slots <= block.room) return;
    const grown = this.allocate(block, slots);
    if (grown === undefined) block.state = BLOCK.inFile;
    else if (block.state === BLOCK.inMemory) this.bytes(grown, old.bytes).set(this.bytes(old, old.bytes));
    // What a scan under way reads from the file, it reads into the old memory.
    block.written = this.targets;
    this.outgrown.push({ allocation: old, after: this.targets });
    this.release();
  }

  /** Memory for blocks that found none when they were made: other indexes may have given some back. */
  private takeRoom(): void {
    for (const [at, block] of this.blocks.entries()) {
      if (block.allocation !== undefined) continue;
      if (this.allocate(block, this.slotsIn(at)) === undefined) return;
      block.state = BLOCK.unread;
      block.written = this.targets;
    }
  }

  private sharedLive(): SharedArrayBuffer {
    if (this.liveShared === undefined) {
      const bytes = Math.ceil(this.end / 8);
      this.liveShared = new SharedArrayBuffer(bytes);
      new Uint8Array(this.liveShared).set(this.live.subarray(0, bytes));
    }
    return this.liveShared;
  }

  private view({ allocation }: Block, slot: number): Uint8Array {
    if (allocation === undefined) throw new RangeError(`slot ${slot} is not in memory`);
    return this.bytes(allocation, this.recordBytes, (slot % this.slotsPerBlock) * this.recordBytes);
  }

  private bytes({ segment, address }: Allocation, length: number, offset = 0): Uint8Array {
    const memory = this.memory.segments[segment] as WebAssembly.Memory;
    return new Uint8Array(memory.buffer, address + offset, length);
  }

  private blockOf(slot: number): Block {
    const block = this.blocks[Math.floor(slot / this.slotsPerBlock)];
    if (block === undefined) throw new RangeError(`slot ${slot} is beyond the ${this.end} slots in use`);
    return block;
  }
}
