// The distance kernels (kernels/distance.wat) of one WebAssembly memory. Addresses are bytes from its beginning.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface DistanceKernels {
  /** out[i] (float32) = vector · query for the vector numbers (uint32) at `list`; vector n begins at base + 4·n·dimension. */
  dots(list: number, count: number, base: number, dimension: number, query: number, out: number): void;
  /** out[i] (float32) = |vector − query|², otherwise as `dots`. */
  squares(list: number, count: number, base: number, dimension: number, query: number, out: number): void;
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
