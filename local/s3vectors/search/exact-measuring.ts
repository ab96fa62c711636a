// Measures the candidates of a scan in double precision, from their float32 components in the vector file: every
// distance that leaves the search comes from here.
import { cosineDistanceOf } from '../../../contract/vectors/distance';
import type { Candidates } from './candidates';
import { distanceKernels, sharedMemory, type DistanceKernels } from './distance-kernels';
import { NearestHeap } from './nearest-heap';
import type { ScanQuery, ScanTarget } from './scan-target';
import { readSlots } from './slot-reading';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const QUERY_BYTES = 4096 * FLOAT;
/** Slots beside each other are read together up to so many bytes, which stay in the processor's cache meanwhile. */
const READ_BYTES = 256 * 1024;

export class ExactMeasuring {
  private readonly memory = sharedMemory(QUERY_BYTES + READ_BYTES);
  private readonly kernels: DistanceKernels = distanceKernels(this.memory);

  /**
   * @param compareTied order of slots at equal distance
   * @throws when the vector file is shorter than its slots
   */
  nearest(
    target: ScanTarget,
    query: ScanQuery,
    norm: number,
    candidates: Candidates,
    compareTied: (a: number, b: number) => number,
  ): NearestHeap {
    new Float32Array(this.memory.buffer, 0, target.dimension).set(query.components);
    const nearest = new NearestHeap(query.count, compareTied);
    const likeliest = candidates.likeliest();
    const measured = new Set(likeliest);
    this.offer(target, norm, nearest, likeliest, () => true);
    const { slots, lowers } = candidates.all();
    this.offer(
      target,
      norm,
      nearest,
      slots,
      (at) => (lowers[at] as number) <= nearest.worst && !measured.has(slots[at] as number),
    );
    return nearest;
  }

  /** @param wanted whether the slot at a position of the list is measured */
  private offer(
    target: ScanTarget,
    norm: number,
    nearest: NearestHeap,
    slots: Uint32Array,
    wanted: (at: number) => boolean,
  ): void {
    const most = Math.floor(READ_BYTES / target.components.slotBytes);
    for (let at = 0; at < slots.length;) {
      if (!wanted(at)) {
        at += 1;
        continue;
      }
      const first = slots[at] as number;
      let count = 1;
      while (count < most && slots[at + count] === first + count && wanted(at + count)) count += 1;
      this.offerRun(target, norm, nearest, first, count);
      at += count;
    }
  }

  private offerRun(
    { dimension, metric, components }: ScanTarget,
    norm: number,
    nearest: NearestHeap,
    first: number,
    count: number,
  ): void {
    const { kernels } = this;
    readSlots(
      components,
      first,
      new Uint8Array(this.memory.buffer, QUERY_BYTES, count * components.slotBytes),
    );
    for (let at = 0; at < count; at += 1) {
      const vector = QUERY_BYTES + at * components.slotBytes;
      nearest.offer(
        metric === 'cosine'
          ? cosineDistanceOf(
              kernels.exact_dot(vector, 0, dimension),
              Math.sqrt(kernels.exact_dot(vector, vector, dimension)),
              norm,
            )
          : kernels.exact_square(vector, 0, dimension),
        first + at,
      );
    }
  }
}
