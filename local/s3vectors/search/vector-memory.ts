// Memory for records of vectors, shared between threads and kernels: a few large segments that all indexes take blocks from,
// because every WebAssembly memory reserves much address space, and within a budget, because what does not fit is
// scanned from its file instead.
import { totalmem } from 'node:os';
import { sharedMemory } from './distance-kernels';

/** Bytes of a segment. */
const SEGMENT_BYTES = 1024 * 1024 * 1024;
/** Threads that may scan, the main one included. */
export const MAX_THREADS = 17;
/** Bytes that each thread has at the beginning of every segment, for queries and what kernels answer. */
export const SCRATCH_BYTES = 160 * 1024;
const ALIGNMENT = 4096;

/** Share of the machine's memory that vectors may take when no budget is given. */
const DEFAULT_SHARE = 0.6;

export interface Allocation {
  readonly segment: number;
  /** Address in the segment's memory. */
  readonly address: number;
  readonly bytes: number;
}

export class VectorMemory {
  readonly segments: WebAssembly.Memory[] = [];
  private readonly freed = new Map<number, Allocation[]>();
  private used = 0;
  private next = SEGMENT_BYTES;

  /**
   * @param budget bytes that vectors may take in memory; default: 60 % of what the machine has
   * @param onSegment called for each segment when it is made
   */
  constructor(
    private readonly budget = Math.floor(totalmem() * DEFAULT_SHARE),
    private readonly onSegment: (segment: WebAssembly.Memory) => void = () => undefined,
  ) {}

  /** Bytes allocated. */
  get allocated(): number {
    return this.used;
  }

  /** Room for so many bytes; undefined when the budget is used up. What the room holds is arbitrary. */
  allocate(bytes: number): Allocation | undefined {
    if (this.used + bytes > this.budget) return undefined;
    this.used += bytes;
    const reused = this.freed.get(bytes)?.pop();
    if (reused !== undefined) return reused;
    if (this.next + bytes > SEGMENT_BYTES) this.addSegment();
    const allocation = { segment: this.segments.length - 1, address: this.next, bytes };
    this.next += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return allocation;
  }

  free(allocation: Allocation): void {
    this.used -= allocation.bytes;
    const { bytes } = allocation;
    const same = this.freed.get(bytes);
    if (same === undefined) this.freed.set(bytes, [allocation]);
    else same.push(allocation);
  }

  private addSegment(): void {
    const segment = sharedMemory(SEGMENT_BYTES);
    this.segments.push(segment);
    this.onSegment(segment);
    this.next = MAX_THREADS * SCRATCH_BYTES;
  }
}
