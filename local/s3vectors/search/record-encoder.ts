// Makes the records of vectors (see record-format), by the kernel, in a memory of its own.
import { distanceKernels, PAGE_BYTES, sharedMemory, type DistanceKernels } from './distance-kernels';
import { codesOf, recordBytes } from './record-format';

interface Bench {
  readonly kernels: DistanceKernels;
  readonly memory: WebAssembly.Memory;
}

let bench: Bench | undefined;

/** The record of a vector of at most 4,096 finite components. */
export function encodeRecord(components: Float32Array): Uint8Array {
  bench ??= newBench();
  const { kernels, memory } = bench;
  const vector = new Float32Array(memory.buffer, 0, codesOf(components.length));
  vector.set(components);
  vector.fill(0, components.length);
  kernels.encode(0, vector.length, PAGE_BYTES);
  return new Uint8Array(memory.buffer, PAGE_BYTES, recordBytes(components.length)).slice();
}

function newBench(): Bench {
  const memory = sharedMemory(2 * PAGE_BYTES);
  return { kernels: distanceKernels(memory), memory };
}
