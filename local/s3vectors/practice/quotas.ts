// --enforce-quotas: requests beyond the service's rates are refused with 429, before anything is done. Off by default,
// because a laptop's tests should not wait for a quota unless that is what they test.
import { z } from 'zod';
import {
  MAX_READ_REQUESTS_PER_SECOND,
  MAX_WRITE_REQUESTS_PER_SECOND,
  MAX_WRITTEN_VECTORS_PER_SECOND,
} from '../../../contract/limits';
import { ServiceError } from '../service-error';
import { numberFrom } from './numbers';
import { readSettings } from './settings';
import { TokenBucket } from './token-bucket';

/** Rates a second; bursts up to one second's worth. */
export interface QuotaOptions {
  /** PutVectors and DeleteVectors of one index. Default: the service's 1,000. */
  readonly writes?: number;
  /** Vectors put and deleted in one index. Default: the service's 2,500. */
  readonly vectors?: number;
  /** QueryVectors, GetVectors and ListVectors of one index. Default 1,000: the service says "hundreds". */
  readonly reads?: number;
  /** All requests of the account. Default: none, because the service documents none. */
  readonly account?: number;
}

const rate = () => numberFrom(Number.MIN_VALUE, 1e9, 'rate: a number above 0').optional();
const schema = z.strictObject({ writes: rate(), vectors: rate(), reads: rate(), account: rate() });

/** @throws OptionError naming every problem */
export function readQuotas(settings: string | QuotaOptions | true): QuotaOptions {
  return readSettings('--enforce-quotas', settings === true ? {} : settings, schema);
}

/** What a request uses of the quotas. */
export interface Use {
  /** `bucket/index`; undefined for requests that are about no index's vectors. */
  readonly index?: string;
  readonly kind: 'write' | 'read' | 'other';
  /** Vectors put or deleted. */
  readonly vectors: number;
}

/** Indexes whose buckets are remembered before those that are full again are dropped. */
const REMEMBERED = 1_000;

export class Quotas {
  private readonly rates;
  private readonly account: TokenBucket | undefined;
  private readonly buckets = new Map<string, TokenBucket>();
  private throttled = 0;

  constructor(
    options: QuotaOptions,
    /** Milliseconds, never standing still unless the clock of the service does. */
    private readonly now: () => number,
  ) {
    this.rates = {
      writes: options.writes ?? MAX_WRITE_REQUESTS_PER_SECOND,
      vectors: options.vectors ?? MAX_WRITTEN_VECTORS_PER_SECOND,
      reads: options.reads ?? MAX_READ_REQUESTS_PER_SECOND,
    };
    this.account = options.account === undefined ? undefined : new TokenBucket(options.account, now());
  }

  /** Requests refused so far. */
  get refusals(): number {
    return this.throttled;
  }

  /**
   * Takes what a request uses from every quota that it touches, or from none.
   * @throws ServiceError TooManyRequestsException; without Retry-After, which the service does not document
   */
  take({ index, kind, vectors }: Use): void {
    const now = this.now();
    const wanted: [quota: string, bucket: TokenBucket, amount: number][] = [];
    if (this.account !== undefined) wanted.push(['requests of the account', this.account, 1]);
    if (index !== undefined && kind !== 'other') {
      const requests = kind === 'write' ? 'writes' : 'reads';
      wanted.push([`${requests} of ${index}`, this.bucket(requests, index, now), 1]);
      if (vectors > 0) wanted.push([`vectors of ${index}`, this.bucket('vectors', index, now), vectors]);
    }
    const short = wanted.find(([, bucket, amount]) => !bucket.holds(amount, now));
    if (short !== undefined) {
      this.throttled += 1;
      throw new ServiceError(
        'TooManyRequestsException',
        'The request was denied due to request throttling.',
        [],
        `--enforce-quotas: ${short[0]} a second`,
      );
    }
    for (const [, bucket, amount] of wanted) bucket.take(amount);
  }

  private bucket(kind: 'writes' | 'vectors' | 'reads', index: string, now: number): TokenBucket {
    const name = `${kind} ${index}`;
    let bucket = this.buckets.get(name);
    if (bucket === undefined) {
      if (this.buckets.size >= 3 * REMEMBERED) this.dropFull(now);
      bucket = new TokenBucket(this.rates[kind], now);
      this.buckets.set(name, bucket);
    }
    return bucket;
  }

  private dropFull(now: number): void {
    for (const [name, bucket] of this.buckets) if (bucket.isFull(now)) this.buckets.delete(name);
  }
}
