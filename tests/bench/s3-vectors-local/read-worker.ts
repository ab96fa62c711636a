// A thread that reads blocks of memory, as a scanning thread would, and computes nothing.
import { parentPort, workerData } from 'node:worker_threads';

export interface ReadStart {
  readonly kernel: Uint8Array;
  readonly segments: readonly WebAssembly.Memory[];
  /** Segment, address and bytes of each block. */
  readonly blocks: Uint32Array;
  readonly nextBlock: SharedArrayBuffer;
}

const { kernel, segments, blocks, nextBlock } = workerData as ReadStart;
const module_ = new WebAssembly.Module(kernel);
const readers = segments.map((memory) => {
  const { exports } = new WebAssembly.Instance(module_, { search: { memory } });
  return (exports as { read: (at: number, bytes: number) => number }).read;
});
const next = new Uint32Array(nextBlock);

parentPort?.on('message', () => {
  let sum = 0;
  for (let at = 3 * Atomics.add(next, 0, 1); at < blocks.length; at = 3 * Atomics.add(next, 0, 1)) {
    sum ^= readers[blocks[at] as number]?.(blocks[at + 1] as number, blocks[at + 2] as number) ?? 0;
  }
  parentPort?.postMessage(sum);
});
