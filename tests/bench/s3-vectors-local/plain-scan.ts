// The scan as one would write it in TypeScript, four sums at a time: what the kernels are compared with.
import type { DistanceMetric } from '../../../contract/index-shape';
import { cosineDistanceOf } from '../../../contract/vectors/distance';
import { NearestHeap, type Neighbour } from '../../../local/s3vectors/search/nearest-heap';

export interface PlainVectors {
  readonly components: Float32Array;
  readonly norms: Float64Array;
  readonly dimension: number;
}

export function plainScan(
  { components, norms, dimension }: PlainVectors,
  metric: DistanceMetric,
  query: Float32Array,
  count: number,
): Neighbour[] {
  const heap = new NearestHeap(count, (a, b) => a - b);
  const queryNorm = Math.sqrt(dot(query, 0, query));
  for (let slot = 0; slot < norms.length; slot += 1) {
    const offset = slot * dimension;
    heap.offer(
      metric === 'cosine'
        ? cosineDistanceOf(dot(components, offset, query), norms[slot] ?? 0, queryNorm)
        : square(components, offset, query),
      slot,
    );
  }
  return heap.sorted();
}

export function dot(components: Float32Array, offset: number, query: Float32Array): number {
  const unrolled = query.length - (query.length % 4);
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
  for (let at = unrolled; at < query.length; at += 1) {
    a += (components[offset + at] as number) * (query[at] as number);
  }
  return a + b + (c + d);
}

function square(components: Float32Array, offset: number, query: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) {
    const difference = (components[offset + at] as number) - (query[at] as number);
    sum += difference * difference;
  }
  return sum;
}
