// How long all cores need to read the vectors of an index, in the same memory and with the same hand-out of blocks.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { compileKernel } from '../../../local/s3vectors/search/kernels/build';
import type { ScanTarget } from '../../../local/s3vectors/search/scan-target';
import type { ReadStart } from './read-worker';

export class ReadBandwidth {
  private constructor(
    private readonly workers: readonly Worker[],
    private readonly next: Uint32Array,
    readonly bytes: number,
  ) {}

  static async of(target: ScanTarget, segments: readonly WebAssembly.Memory[]): Promise<ReadBandwidth> {
    const stride = target.dimension * Float32Array.BYTES_PER_ELEMENT;
    const blocks = new Uint32Array(3 * Math.ceil(target.end / target.slotsPerBlock));
    let bytes = 0;
    for (let block = 0; 3 * block < blocks.length; block += 1) {
      const slots = Math.min(target.slotsPerBlock, target.end - block * target.slotsPerBlock);
      blocks.set([target.segments[block] ?? 0, target.addresses[block] ?? 0, slots * stride], 3 * block);
      bytes += slots * stride;
    }
    const nextBlock = new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT);
    const kernel = await compileKernel(path.join(__dirname, 'read-kernel.wat'));
    const workerData: ReadStart = { kernel, segments: [...segments], blocks, nextBlock };
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
