// The distance kernels (kernels/distance.wat) of one WebAssembly memory. Addresses are bytes from its beginning.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface DistanceKernels {
  /**
   * For each record number (uint32) at `list`: lower[i] ≤ distance ≤ upper[i] (float64), smaller being nearer. Record n
   * begins at base + n·stride. `inverse`, `norm`, `sine` and `cosine` are those of the query's codes (see query-codes),
   * which are at `query`; `euclidean` is 1 for that metric, 0 for cosine.
   */
  bounds(
    list: number,
    count: number,
    base: number,
    stride: number,
    query: number,
    inverse: number,
    norm: number,
    sine: number,
    cosine: number,
    euclidean: number,
    lower: number,
    upper: number,
  ): void;
  /** Writes the record of a vector, whose float32 components are followed by zeros until there are `codes` of them. */
  encode(vector: number, codes: number, record: number): void;
  /** a · b in double precision. */
  exact_dot(a: number, b: number, dimension: number): number;
  /** |a − b|² in double precision. */
  exact_square(a: number, b: number, dimension: number): number;
}

let compiled: WebAssembly.Module | undefined;

export function distanceKernels(memory: WebAssembly.Memory): DistanceKernels {
  compiled ??= new WebAssembly.Module(readFileSync(path.join(__dirname, 'kernels', 'distance.wasm')));
  const { exports } = new WebAssembly.Instance(compiled, { search: { memory } });
  return exports as unknown as DistanceKernels;
}

export const PAGE_BYTES = 65_536;

/** A memory that threads share. Nothing of it takes physical memory before it is written. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
