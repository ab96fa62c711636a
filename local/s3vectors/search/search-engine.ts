// Where all searches of a process go through: small ones run here at once, large ones on the scanning threads, one
// pass over an index at a time, which answers all queries that have gathered for it. It scores by distance; a score of
// another kind would be a second way to fill a query's heap from the same target and the same filter.
import { availableParallelism } from 'node:os';
import { BlockScan, MAX_QUERIES } from './block-scan';
import { NearestHeap, type Neighbour } from './nearest-heap';
import { ScanThreads } from './scan-threads';
import type { ScanOutcome, ScanQuery } from './scan-target';
import type { Lease, VectorBlocks } from './vector-blocks';
import { MAX_THREADS, VectorMemory } from './vector-memory';

/** Bytes of records that are scanned at once on the main thread: about as long as waking the others takes. */
const MAIN_THREAD_BYTES = 2 * 1024 * 1024;

export interface SearchEngineOptions {
  /**
   * Bytes that records of vectors (a byte a component) may take in memory, at most; others are read from their file for
   * each search. Default: 60 % of what the machine has.
   */
  readonly memoryBudget?: number | undefined;
  /** Scanning threads, 1–16; default: one for each core. */
  readonly threads?: number | undefined;
  /** Bytes of records up to which a search runs on the main thread; default: 2 MiB. */
  readonly mainThreadBytes?: number | undefined;
}

interface Waiting {
  readonly vectors: VectorBlocks;
  readonly query: ScanQuery;
  /** Takes the neighbours, nearest first, while the scan's target is in use. */
  readonly found: (neighbours: readonly Neighbour[], lease: Lease) => void;
  readonly failed: (error: unknown) => void;
}

export class SearchEngine {
  readonly memory: VectorMemory;
  private readonly threads: ScanThreads;
  private readonly mainThread: BlockScan;
  private readonly mainThreadBytes: number;
  private readonly waiting: Waiting[] = [];
  /** The index that the threads are scanning. */
  private scanning: VectorBlocks | undefined;

  constructor(options: SearchEngineOptions = {}) {
    this.memory = new VectorMemory(options.memoryBudget, (segment) => this.threads.addSegment(segment));
    this.threads = new ScanThreads(
      Math.min(MAX_THREADS - 1, options.threads ?? availableParallelism()),
      this.memory.segments,
    );
    this.mainThread = new BlockScan(0, this.memory.segments);
    this.mainThreadBytes = options.mainThreadBytes ?? MAIN_THREAD_BYTES;
  }

  /** Starts the threads ahead of the first search of an index of so many bytes, if that will need them. */
  prepare(bytes: number): void {
    if (bytes > this.mainThreadBytes) this.threads.start();
  }

  /**
   * The nearest live vectors that satisfy the query's filter. The index is searched as it is when the scan begins,
   * which is after this call; writes during the scan are not seen.
   * @param read makes the answer of the neighbours, nearest first, ties by key; the lease is valid only within
   * @throws what the vector file's reading threw, or `read`
   */
  search<T>(
    vectors: VectorBlocks,
    query: ScanQuery,
    read: (neighbours: readonly Neighbour[], lease: Lease) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({
        vectors,
        query,
        found: (neighbours, lease) => resolve(read(neighbours, lease)),
        failed: reject,
      });
      this.next();
    });
  }

  async close(): Promise<void> {
    await this.threads.close();
  }

  private next(): void {
    for (let at = 0; at < this.waiting.length;) {
      const { vectors } = this.waiting[at] as Waiting;
      const bytes = vectors.size * vectors.recordBytes;
      // Not beside a scan of the same index, which may be reading it into memory.
      if (bytes <= this.mainThreadBytes && this.scanning !== vectors) {
        this.scanHere(this.waiting.splice(at, 1));
      } else if (bytes > this.mainThreadBytes && this.scanning === undefined) {
        const batch: Waiting[] = [];
        for (let other = at; other < this.waiting.length && batch.length < MAX_QUERIES;) {
          if (this.waiting[other]?.vectors === vectors) batch.push(...this.waiting.splice(other, 1));
          else other += 1;
        }
        void this.scanOnThreads(vectors, batch);
      } else at += 1;
    }
  }

  private scanHere(batch: readonly Waiting[]): void {
    for (const one of batch) {
      try {
        const lease = one.vectors.lease();
        let outcome: ScanOutcome | undefined;
        try {
          let block = -1;
          outcome = this.mainThread.run(lease.target, [one.query], () => (block += 1));
          answer([one], lease, [outcome]);
        } finally {
          lease.end(outcome);
        }
      } catch (error) {
        one.failed(error);
      }
    }
  }

  private async scanOnThreads(vectors: VectorBlocks, batch: readonly Waiting[]): Promise<void> {
    this.scanning = vectors;
    const lease = vectors.lease();
    const outcomes: ScanOutcome[] = [];
    try {
      outcomes.push(
        ...(await this.threads.run(
          lease.target,
          batch.map(({ query }) => query),
        )),
      );
      answer(batch, lease, outcomes);
    } catch (error) {
      for (const { failed } of batch) failed(error);
    } finally {
      lease.end({ results: [], read: outcomes.flatMap(({ read }) => read) });
      this.scanning = undefined;
      this.next();
    }
  }
}

/** Puts together what the threads have found. */
function answer(batch: readonly Waiting[], lease: Lease, outcomes: readonly ScanOutcome[]): void {
  batch.forEach(({ query, found, failed }, at) => {
    const heap = new NearestHeap(query.count, lease.compareTied);
    for (const { results } of outcomes) {
      const result = results[at];
      result?.slots.forEach((slot, neighbour) => heap.offer(result.distances[neighbour] as number, slot));
    }
    try {
      found(heap.sorted(), lease);
    } catch (error) {
      failed(error);
    }
  });
}
