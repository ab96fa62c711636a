// The best `count` of a stream of candidates, in a bounded heap over typed arrays: the worst of them on top, so that
// most candidates cost one comparison.

export interface Neighbour {
  readonly slot: number;
  readonly distance: number;
}

export class NearestHeap {
  private readonly distances: Float64Array;
  private readonly slots: Uint32Array;
  private size = 0;

  /** @param compareTied order of two slots at equal distance, so that results do not depend on the order of offers */
  constructor(
    private readonly count: number,
    private readonly compareTied: (a: number, b: number) => number,
  ) {
    this.distances = new Float64Array(count);
    this.slots = new Uint32Array(count);
  }

  offer(distance: number, slot: number): void {
    if (this.size < this.count) {
      this.set(this.size, distance, slot);
      this.size += 1;
      this.siftUp(this.size - 1);
    } else if (this.count > 0 && this.isBefore(distance, slot, 0)) {
      this.set(0, distance, slot);
      this.siftDown(0);
    }
  }

  /** A candidate farther than this would not be kept; Infinity until the heap is full. */
  get worst(): number {
    return this.size < this.count || this.count === 0 ? Infinity : (this.distances[0] as number);
  }

  /** The slots that the heap holds, in any order. */
  slotsHeld(): Uint32Array {
    return this.slots.slice(0, this.size);
  }

  /** What the heap holds, nearest first. The heap is not changed. */
  sorted(): Neighbour[] {
    return Array.from({ length: this.size }, (_, at) => ({
      slot: this.slots[at] as number,
      distance: this.distances[at] as number,
    })).sort((a, b) => a.distance - b.distance || this.compareTied(a.slot, b.slot));
  }

  private siftUp(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.entryIsBefore(parent, at)) return;
      this.swap(parent, at);
      at = parent;
    }
  }

  private siftDown(start: number): void {
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let worst = at;
      if (left < this.size && this.entryIsBefore(worst, left)) worst = left;
      if (right < this.size && this.entryIsBefore(worst, right)) worst = right;
      if (worst === at) return;
      this.swap(worst, at);
      at = worst;
    }
  }

  private entryIsBefore(a: number, b: number): boolean {
    return this.isBefore(this.distances[a] as number, this.slots[a] as number, b);
  }

  /** Whether a candidate is nearer than the entry at `other`. */
  private isBefore(distance: number, slot: number, other: number): boolean {
    const difference = distance - (this.distances[other] as number);
    return difference < 0 || (difference === 0 && this.compareTied(slot, this.slots[other] as number) < 0);
  }

  private swap(a: number, b: number): void {
    const distance = this.distances[a] as number;
    const slot = this.slots[a] as number;
    this.set(a, this.distances[b] as number, this.slots[b] as number);
    this.set(b, distance, slot);
  }

  private set(at: number, distance: number, slot: number): void {
    this.distances[at] = distance;
    this.slots[at] = slot;
  }
}
