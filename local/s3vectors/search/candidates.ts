// The vectors that may be among the nearest, while a scan goes on: all whose lower bound is not above the upper bounds
// of as many others as are wanted.
import { NearestHeap } from './nearest-heap';

const FIRST_ROOM = 1024;

export class Candidates {
  /** The wanted number of slots with the least upper bounds. */
  private readonly nearest: NearestHeap;
  private slots = new Uint32Array(FIRST_ROOM);
  private lowers = new Float64Array(FIRST_ROOM);
  private size = 0;

  /** @param count neighbours wanted */
  constructor(count: number) {
    this.nearest = new NearestHeap(count, (a, b) => a - b);
  }

  /** A slot whose lower bound is above this is certainly not wanted. */
  get limit(): number {
    return this.nearest.worst;
  }

  add(slot: number, lower: number, upper: number): void {
    if (this.size === this.slots.length) this.makeRoom();
    this.slots[this.size] = slot;
    this.lowers[this.size] = lower;
    this.size += 1;
    this.nearest.offer(upper, slot);
  }

  /** The slots with the least upper bounds, ascending: whoever measures them first can leave out most others. */
  likeliest(): Uint32Array {
    return this.nearest.slotsHeld().sort();
  }

  /** All slots below the limit with their lower bounds, in the order in which they were added. */
  all(): { readonly slots: Uint32Array; readonly lowers: Float64Array } {
    this.leaveOut();
    return { slots: this.slots.subarray(0, this.size), lowers: this.lowers.subarray(0, this.size) };
  }

  private makeRoom(): void {
    this.leaveOut();
    if (this.size <= this.slots.length / 2) return;
    const slots = new Uint32Array(2 * this.slots.length);
    slots.set(this.slots);
    const lowers = new Float64Array(2 * this.lowers.length);
    lowers.set(this.lowers);
    this.slots = slots;
    this.lowers = lowers;
  }

  private leaveOut(): void {
    const { slots, lowers, limit } = this;
    let kept = 0;
    for (let at = 0; at < this.size; at += 1) {
      if ((lowers[at] as number) > limit) continue;
      slots[kept] = slots[at] as number;
      lowers[kept] = lowers[at] as number;
      kept += 1;
    }
    this.size = kept;
  }
}
