// A scanning thread: takes its share of each scan that the main thread announces, and answers what it found.
import { parentPort, workerData } from 'node:worker_threads';
import { BlockScan } from './block-scan';
import type { FromWorker, ToWorker, WorkerStart } from './scan-messages';

const { thread, segments: first } = workerData as WorkerStart;
const segments = [...first];
const scan = new BlockScan(thread, segments);

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'segment') segments.push(message.segment);
  else parentPort?.postMessage(answerTo(message));
});

function answerTo(message: Extract<ToWorker, { kind: 'scan' }>): FromWorker {
  const next = new Uint32Array(message.nextBlock);
  try {
    return { outcome: scan.run(message.target, message.queries, () => Atomics.add(next, 0, 1)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
