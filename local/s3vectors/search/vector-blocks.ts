// Vectors of one index in memory, packed for scanning: float32 in blocks of shared memory, one slot a vector, beside
// each its norm and whether it is live. No JavaScript object stands for a vector.

/** A block ends at the one or the other: large enough to scan at full speed, small enough not to waste much. */
const BLOCK_BYTES = 16 * 1024 * 1024;
const BLOCK_SLOTS = 4096;

/** A run of consecutive slots. */
export interface Block {
  /** Components, slot after slot. */
  readonly components: Float32Array;
  /** Euclidean norm of each slot's vector. */
  readonly norms: Float64Array;
  /** 1 for a slot whose vector is part of the index, 0 for a free one. */
  readonly live: Uint8Array;
}

export class VectorBlocks {
  readonly blocks: Block[] = [];
  readonly slotsPerBlock: number;

  constructor(readonly dimension: number) {
    this.slotsPerBlock = Math.min(
      BLOCK_SLOTS,
      Math.floor(BLOCK_BYTES / (dimension * Float32Array.BYTES_PER_ELEMENT)),
    );
  }

  /** Slots that fit before another block is made. */
  get capacity(): number {
    return this.blocks.length * this.slotsPerBlock;
  }

  /** Makes room for slots 0 to `slots` − 1. */
  reserve(slots: number): void {
    while (this.capacity < slots) {
      const bytes = this.slotsPerBlock * this.dimension * Float32Array.BYTES_PER_ELEMENT;
      this.blocks.push({
        components: new Float32Array(new SharedArrayBuffer(bytes)),
        norms: new Float64Array(this.slotsPerBlock),
        live: new Uint8Array(this.slotsPerBlock),
      });
    }
  }

  /** A view of a slot's components; valid until the slot is written again. */
  components(slot: number): Float32Array {
    const start = (slot % this.slotsPerBlock) * this.dimension;
    return this.blockOf(slot).components.subarray(start, start + this.dimension);
  }

  /** Writes a vector; its slot stays as live, or as free, as it was. */
  write(slot: number, components: Float32Array): void {
    this.reserve(slot + 1);
    this.components(slot).set(components);
    this.measure(slot);
  }

  /** Computes the norm of a slot whose components were written from outside. */
  measure(slot: number): void {
    let sum = 0;
    for (const component of this.components(slot)) sum += component * component;
    this.blockOf(slot).norms[slot % this.slotsPerBlock] = Math.sqrt(sum);
  }

  setLive(slot: number, live: boolean): void {
    this.blockOf(slot).live[slot % this.slotsPerBlock] = live ? 1 : 0;
  }

  private blockOf(slot: number): Block {
    const block = this.blocks[Math.floor(slot / this.slotsPerBlock)];
    if (block === undefined)
      throw new RangeError(`slot ${slot} is beyond the ${this.capacity} slots reserved`);
    return block;
  }
}
