// What the main thread and a scanning thread say to one another.
import type { ScanOutcome, ScanQuery, ScanTarget } from './scan-target';

/** What a worker is started with. */
export interface WorkerStart {
  /** Number of the thread, from 1. */
  readonly thread: number;
  readonly segments: readonly WebAssembly.Memory[];
}

export type ToWorker =
  | { readonly kind: 'segment'; readonly segment: WebAssembly.Memory }
  | {
      readonly kind: 'scan';
      readonly target: ScanTarget;
      readonly queries: readonly ScanQuery[];
      /** One uint32, the next block that nobody scans yet. */
      readonly nextBlock: SharedArrayBuffer;
    };

export type FromWorker = { readonly outcome: ScanOutcome } | { readonly error: string };
