// Keeps writes to an index under its quotas: 2,500 vectors and 1,000 requests a second, puts and deletes together.
// Above them the service answers 429, and writers that all come back at once starve each other: eight unpaced
// writers failed every call where one paced at the quota wrote all 200,000 vectors without a single 429
// (measured: docs/evidence/write-rate.md of FarukAda/aws-langchain-s3-vector-ts).
//
// Other processes may write to the same index, and nothing tells them of each other but the 429 itself. So the pace
// is adapted as TCP adapts its own: a 429 cuts it by a factor, and time without one adds to it evenly. Writers that
// do so share a quota fairly without knowing how many they are.
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_WRITE_REQUESTS_PER_SECOND, MAX_WRITTEN_VECTORS_PER_SECOND } from '../../contract/limits';
import { Slots } from '../concurrency/slots';
import { failureKind } from '../retry/failure-kind';

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

/** What a 429 leaves of the pace. */
const DECREASE = 0.7;
/** Share of the quota that the pace regains in a second. */
const INCREASE_PER_SECOND = 0.03;
/** Share of the quota that the pace never falls below: 50 vectors a second. */
const LEAST_SHARE = 0.02;
/** Milliseconds of its plan that a process which was held up may catch up; more would be a burst. */
const MAX_CATCH_UP_MS = 250;

/**
 * Spaces writes evenly, without a burst after idleness: each takes the time that its vectors, or itself as a
 * request, take at the pace, and the next begins when that time is over.
 */
export class WriteRate {
  private nextFreeMs = 0;
  private shareThen = 1;
  private shareSetMs = Number.NEGATIVE_INFINITY;
  private readonly turn = new Slots(1);

  constructor(
    private readonly quota: WriteQuota,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The share of the quota that writes may use now: 1, or less for a while after a 429. */
  get share(): number {
    return Math.min(1, this.shareThen + (INCREASE_PER_SECOND * (this.now() - this.shareSetMs)) / 1000);
  }

  /** Books a request of so many vectors that came at `arrivedMs`, and says in how many milliseconds it may begin. */
  reserve(vectors: number, arrivedMs = this.now()): number {
    const now = this.now();
    const { vectorsPerSecond, requestsPerSecond } = this.quota;
    const begin = Math.max(this.nextFreeMs, arrivedMs, now - MAX_CATCH_UP_MS);
    this.nextFreeMs =
      begin + (1000 / this.share) * Math.max(vectors / vectorsPerSecond, 1 / requestsPerSecond);
    return Math.max(0, begin - now);
  }

  /** Waits until a request of so many vectors may begin; requests begin in the order in which they came. */
  async take(vectors: number, signal?: AbortSignal): Promise<void> {
    const arrived = this.now();
    // One at a time: what waits behind is booked at the pace of its own moment, not of the moment when it came.
    const release = await this.turn.take(signal);
    try {
      const wait = this.reserve(vectors, arrived);
      if (wait > 0) await sleep(wait, undefined, signal === undefined ? {} : { signal });
    } catch (aborted) {
      signal?.throwIfAborted();
      throw aborted;
    } finally {
      release();
    }
  }

  /**
   * Sends a write of so many vectors in its turn, and slows down where the answer is a 429.
   * @param onTurn told how many milliseconds the write waited for its turn
   * @throws what `send` throws, or the signal's reason
   */
  async paced<Answer>(
    vectors: number,
    signal: AbortSignal | undefined,
    send: () => Promise<Answer>,
    onTurn: (waitedMs: number) => void = () => undefined,
  ): Promise<Answer> {
    const arrived = this.now();
    await this.take(vectors, signal);
    const begun = this.now();
    onTurn(begun - arrived);
    try {
      return await send();
    } catch (thrown) {
      if (failureKind(thrown) === 'throttled') this.slowDown(begun);
      throw thrown;
    }
  }

  /**
   * Cuts the pace after a 429. Of writes that were under way together only the first counts: they all met the same
   * overload.
   * @param begunMs when the refused write began
   */
  slowDown(begunMs: number): void {
    if (begunMs < this.shareSetMs) return;
    this.shareThen = Math.max(LEAST_SHARE, this.share * DECREASE);
    this.shareSetMs = this.now();
  }
}

const rates = new Map<string, WriteRate>();

/** The rate that all stores of this process share for an index. */
export function sharedWriteRate(index: {
  readonly region: string;
  /** Where it is not the service's own: another service's index of the same name has its own quota. */
  readonly endpoint?: string | undefined;
  readonly vectorBucketName: string;
  readonly indexName: string;
}): WriteRate {
  const name = [index.endpoint ?? '', index.region, index.vectorBucketName, index.indexName].join(' ');
  const known = rates.get(name);
  if (known !== undefined) return known;
  const rate = new WriteRate(INDEX_WRITE_QUOTA);
  rates.set(name, rate);
  return rate;
}
