// How long all cores need to read as many bytes as the vectors of an index have, in memory of the same kind and with the
// same hand-out of blocks.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { compileKernel } from '../../../local/s3vectors/search/kernels/build';
import { sharedMemory } from '../../../local/s3vectors/search/distance-kernels';
import type { ReadStart } from './read-worker';

const SEGMENT_BYTES = 1024 * 1024 * 1024;
const BLOCK_BYTES = 4 * 1024 * 1024;

export class ReadBandwidth {
  private constructor(
    private readonly workers: readonly Worker[],
    private readonly next: Uint32Array,
    readonly bytes: number,
  ) {}

  static async of(bytes: number): Promise<ReadBandwidth> {
    const segments: WebAssembly.Memory[] = [];
    const blocks: number[] = [];
    for (let left = bytes; left > 0; left -= SEGMENT_BYTES) {
      const size = Math.min(left, SEGMENT_BYTES);
      const segment = sharedMemory(size);
      new Uint8Array(segment.buffer).fill(1); // or all of it would be one page of zeros
      for (let at = 0; at < size; at += BLOCK_BYTES) {
        blocks.push(segments.length, at, Math.min(BLOCK_BYTES, size - at));
      }
      segments.push(segment);
    }
    const nextBlock = new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT);
    const kernel = await compileKernel(path.join(__dirname, 'read-kernel.wat'));
    const workerData: ReadStart = { kernel, segments, blocks: Uint32Array.from(blocks), nextBlock };
    const workers = Array.from(
      { length: availableParallelism() },
      () => new Worker(path.join(__dirname, 'read-worker.cjs'), { workerData, execArgv: [] }),
    );
    const reading = new ReadBandwidth(workers, new Uint32Array(nextBlock), bytes);
    await reading.milliseconds(); // the threads have started
    return reading;
  }

  /** Time of one reading by all threads. */
  async milliseconds(): Promise<number> {
    Atomics.store(this.next, 0, 0);
    const began = performance.now();
    const answers = this.workers.map((worker) => once(worker, 'message'));
    for (const worker of this.workers) worker.postMessage('read');
    await Promise.all(answers);
    return performance.now() - began;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
