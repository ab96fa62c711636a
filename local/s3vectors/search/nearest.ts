// Exact nearest neighbours: one pass over the packed vectors, a heap of the best so far. The distances are those of
// contract/vectors/distance, computed from float32 components in double precision.
import type { DistanceMetric } from '../../../contract/index-shape';
import { cosineDistanceOf } from '../../../contract/vectors/distance';
import { NearestHeap, type Neighbour } from './nearest-heap';
import type { VectorBlocks } from './vector-blocks';

export interface Search {
  readonly vectors: VectorBlocks;
  readonly metric: DistanceMetric;
  readonly query: Float32Array;
  /** Neighbours wanted. */
  readonly count: number;
  /** Whether a slot's metadata pass the filter; absent means that all do. Asked before any distance is computed. */
  readonly accepts?: ((slot: number) => boolean) | undefined;
  /** Order of two slots at the same distance; negative when the first comes first. Must not depend on the slots. */
  readonly compareTied: (a: number, b: number) => number;
}

/** The nearest live vectors, nearest first. */
export function nearest(search: Search): Neighbour[] {
  const { vectors, metric, query, accepts } = search;
  const heap = new NearestHeap(search.count, search.compareTied);
  const queryNorm = Math.sqrt(dot(query, 0, query));
  vectors.blocks.forEach(({ components, norms, live }, blockNumber) => {
    const firstSlot = blockNumber * vectors.slotsPerBlock;
    for (let at = 0; at < live.length; at += 1) {
      if (live[at] === 0) continue;
      const slot = firstSlot + at;
      if (accepts?.(slot) === false) continue;
      const offset = at * vectors.dimension;
      heap.offer(
        metric === 'cosine'
          ? cosineDistanceOf(dot(components, offset, query), norms[at] ?? 0, queryNorm)
          : squaredDifference(components, offset, query),
        slot,
      );
    }
  });
  return heap.sorted();
}

// Four sums at a time: additions that do not wait for one another run about three times as fast.

function dot(components: Float32Array, offset: number, query: Float32Array): number {
  const length = query.length;
  const unrolled = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < unrolled; at += 4) {
    const from = offset + at;
    a += (components[from] as number) * (query[at] as number);
    b += (components[from + 1] as number) * (query[at + 1] as number);
    c += (components[from + 2] as number) * (query[at + 2] as number);
    d += (components[from + 3] as number) * (query[at + 3] as number);
  }
  for (let at = unrolled; at < length; at += 1)
    a += (components[offset + at] as number) * (query[at] as number);
  return a + b + (c + d);
}

function squaredDifference(components: Float32Array, offset: number, query: Float32Array): number {
  const length = query.length;
  const unrolled = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < unrolled; at += 4) {
    const from = offset + at;
    const w = (components[from] as number) - (query[at] as number);
    const x = (components[from + 1] as number) - (query[at + 1] as number);
    const y = (components[from + 2] as number) - (query[at + 2] as number);
    const z = (components[from + 3] as number) - (query[at + 3] as number);
    a += w * w;
    b += x * x;
    c += y * y;
    d += z * z;
  }
  for (let at = unrolled; at < length; at += 1) {
    const difference = (components[offset + at] as number) - (query[at] as number);
    a += difference * difference;
  }
  return a + b + (c + d);
}
