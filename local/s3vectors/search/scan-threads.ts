// Worker threads that share one scan after the other: each takes the next block that nobody has, until there are none.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerStart } from './scan-messages';
import type { ScanOutcome, ScanQuery, ScanTarget } from './scan-target';

export class ScanThreads {
  private workers: Worker[] = [];

  /** @param segments memories of the vectors; see `addSegment` */
  constructor(
    private readonly count: number,
    private readonly segments: readonly WebAssembly.Memory[],
  ) {}

  /** Starts the threads, which takes them a moment. Scans may be asked for at once. */
  start(): void {
    while (this.workers.length < this.count) {
      const workerData: WorkerStart = { thread: this.workers.length + 1, segments: [...this.segments] };
      // Without the options of this process: a loader named in them would be loaded twice.
      const worker = new Worker(path.join(__dirname, 'scan-worker.cjs'), { workerData, execArgv: [] });
      worker.unref();
      this.workers.push(worker);
    }
  }

  /** To be called for each segment that is made after the threads were started. */
  addSegment(segment: WebAssembly.Memory): void {
    for (const worker of this.workers) worker.postMessage({ kind: 'segment', segment } satisfies ToWorker);
  }

  /**
   * Runs one scan on all threads; one at a time.
   * @throws what stopped a thread; the threads are started anew for the next scan
   */
  async run(target: ScanTarget, queries: readonly ScanQuery[]): Promise<ScanOutcome[]> {
    this.start();
    const nextBlock = new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT);
    const message: ToWorker = { kind: 'scan', target, queries, nextBlock };
    // All are waited for even if one fails: what they read and write must not be given away before.
    const answers = await Promise.allSettled(this.workers.map((worker) => this.ask(worker, message)));
    if (answers.some(({ status }) => status === 'rejected')) await this.close();
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      if ('error' in answer.value) throw new Error(answer.value.error);
      return answer.value.outcome;
    });
  }

  async close(): Promise<void> {
    const workers = this.workers;
    this.workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private ask(worker: Worker, message: ToWorker): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        worker.unref();
      };
      const onMessage = (answer: FromWorker): void => {
        settle();
        resolve(answer);
      };
      const onError = (error: unknown): void => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const onExit = (code: number): void => {
        settle();
        reject(new Error(`a scanning thread ended with code ${code}`));
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.ref();
      worker.postMessage(message);
    });
  }
}
