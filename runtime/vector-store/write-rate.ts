// Keeps writes to an index under its quotas: 2,500 vectors and 1,000 requests a second, puts and deletes together.
// Above them the service answers 429, and writers that all come back at once starve each other: eight unpaced
// writers failed every call where one paced at the quota wrote all 200,000 vectors without a single 429
// (measured: docs/evidence/write-rate.md of FarukAda/aws-langchain-s3-vector-ts).
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_WRITE_REQUESTS_PER_SECOND, MAX_WRITTEN_VECTORS_PER_SECOND } from '../../contract/limits';

export interface WriteQuota {
  readonly vectorsPerSecond: number;
  readonly requestsPerSecond: number;
}

/** A little under the service's quotas: requests do not arrive exactly as they were sent. */
const HEADROOM = 0.98;
export const INDEX_WRITE_QUOTA: WriteQuota = {
  vectorsPerSecond: MAX_WRITTEN_VECTORS_PER_SECOND * HEADROOM,
  requestsPerSecond: MAX_WRITE_REQUESTS_PER_SECOND * HEADROOM,
};

/**
 * Spaces writes evenly, without a burst after idleness: each takes the time that its vectors, or itself as a
 * request, take at the quota, and the next begins when that time is over.
 */
export class WriteRate {
  private nextFreeMs = 0;

  constructor(
    private readonly quota: WriteQuota,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Books a request of so many vectors and says in how many milliseconds it may begin. */
  reserve(vectors: number): number {
    const now = this.now();
    const begin = Math.max(now, this.nextFreeMs);
    this.nextFreeMs =
      begin + 1000 * Math.max(vectors / this.quota.vectorsPerSecond, 1 / this.quota.requestsPerSecond);
    return begin - now;
  }

  /** Waits until a request of so many vectors may begin. */
  async take(vectors: number, signal?: AbortSignal): Promise<void> {
    const wait = this.reserve(vectors);
    if (wait <= 0) return;
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch((aborted: unknown) => {
      signal?.throwIfAborted();
      throw aborted;
    });
  }
}

const rates = new Map<string, WriteRate>();

/** The rate that all stores of this process share for an index. */
export function sharedWriteRate(index: {
  readonly region: string;
  readonly vectorBucketName: string;
  readonly indexName: string;
}): WriteRate {
  const name = `${index.region}/${index.vectorBucketName}/${index.indexName}`;
  const known = rates.get(name);
  if (known !== undefined) return known;
  const rate = new WriteRate(INDEX_WRITE_QUOTA);
  rates.set(name, rate);
  return rate;
}
