// One call of `put`: reads the source, checks and encodes its records, keeps a bounded number of requests under way,
// and accounts for every record. Nothing is read ahead of what can be sent, so memory does not grow with the source.
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { IndexShape } from '../../contract/index-shape';
import type { Problem } from '../../contract/vectors/problem';
import type { VectorRecord } from '../../contract/vectors/record';
import { untilAborted } from '../concurrency/until-aborted';
import type { Log } from '../logging/log';
import { failureKind } from '../retry/failure-kind';
import { callSignal } from '../retry/call-signal';
import type { CallSignal } from '../retry/call-signal';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import { messageOf } from '../runtime-error';
import { PutBodyWriter, putBodyOf } from './put-body';
import type { EncodedRecord, PutBody } from './put-body';
import { PutError } from './put-error';
import { checkedRecord } from './put-record';
import type { PutFailure, PutReport, WrittenRecord } from './put-report';
import { Prospects } from './prospects';
import { RecentKeys } from './recent-keys';
import { everythingRefused, judged, spread } from './refusal';
import { abortCode, asVectorStoreError, VectorStoreError } from './vector-store-error';
import type { IndexAddress, VectorStoreErrorCode } from './vector-store-error';
import type { WriteRate } from './write-rate';

/** `report`: the first record of a key is written, later ones are failures. `lastWins`: each replaces the one before. */
export type Duplicates = 'report' | 'lastWins';

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the whole put may take, reading the source included; default without end. */
  readonly timeoutMs?: number | undefined;
  /**
   * Default `report`: a key is recognised again among at least the 250,000 before it, and further back a record
   * replaces the earlier one, which was acknowledged long before. `lastWins` keeps order without any window.
   */
  readonly duplicates?: Duplicates | undefined;
  /** Requests under way at once, 1–256; default that of the store. */
  readonly concurrency?: number | undefined;
  /** Bytes of requests under way at once; default that of the store. One request is always allowed. */
  readonly maxBytesUnderWay?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Called after every batch with the account so far. */
  readonly onProgress?: ((progress: PutProgress) => void) | undefined;
  /**
   * Called with the records of every acknowledged request, for checkpoints. Its batch counts as under way until the
   * promise that it returns is settled; where it throws, the put ends with `CALLBACK_FAILED`.
   */
  readonly onWritten?: ((records: readonly WrittenRecord[]) => void | Promise<void>) | undefined;
  /** Called with every failure as soon as it is known; the report holds them all again. */
  readonly onFailure?: ((failure: PutFailure) => void) | undefined;
}

export type PutProgress = Omit<PutReport, 'failed'> & { readonly failed: number };

export interface PutSurroundings {
  readonly address: IndexAddress;
  readonly shape: IndexShape;
  readonly rate: WriteRate;
  readonly concurrency: number;
  readonly maxBytesUnderWay: number;
  readonly log: Log;
  /** Sends one body once; answers how often the SDK itself repeated it. */
  readonly send: (bytes: Buffer, signal: AbortSignal) => Promise<{ readonly repeated: number }>;
}

/**
 * Records that are tried by themselves where the first answer to a put is a refusal; if all of them are refused too,
 * the refusal is taken for one of the index, and the put ends. Small batches are halved to the end instead.
 */
const PROBES = 8;
const PROBED_FROM_RECORDS = 100;
/** Keys remembered to recognise duplicates; half of them at least. It must exceed what can be under way. */
const DUPLICATE_WINDOW = 500_000;
const MAX_CONCURRENCY = 256;
/** Numbers encoded before others may run: a few milliseconds of work. */
const NUMBERS_AT_A_STRETCH = 1 << 16;

export class PutRun {
  private readonly began = performance.now();
  private readonly body: PutBodyWriter;
  private readonly concurrency: number;
  private readonly maxBytesUnderWay: number;
  private readonly running = new Set<Promise<void>>();
  /** With `report`, the keys of the call so far. */
  private readonly seen = new RecentKeys(DUPLICATE_WINDOW);
  /** With `lastWins`, the keys that are not acknowledged yet and so cannot be sent again. */
  private readonly open = new Set<string>();
  private readonly failed: PutFailure[] = [];
  private read = 0;
  private written = 0;
  private batches = 0;
  private retries = 0;
  private throttled = 0;
  private bytes = 0;
  private bytesUnderWay = 0;
  private numbersSincePause = 0;
  private readonly prospects = new Prospects();
  /** The refusal of every record that was tried, or undefined where the service took one. Asked at most once a put. */
  private probed: Promise<VectorStoreError | undefined> | undefined;
  private readonly stop: CallSignal;
  private fatal: VectorStoreError | undefined;
  private readonly signal: AbortSignal;

  /** @throws RangeError for a concurrency that cannot be */
  constructor(
    private readonly around: PutSurroundings,
    private readonly options: PutOptions,
  ) {
    this.body = new PutBodyWriter(around.address);
    this.concurrency = options.concurrency ?? around.concurrency;
    this.maxBytesUnderWay = options.maxBytesUnderWay ?? around.maxBytesUnderWay;
    if (!Number.isInteger(this.concurrency) || this.concurrency < 1 || this.concurrency > MAX_CONCURRENCY) {
      throw new RangeError(
        `concurrency ${this.concurrency} must be a whole number from 1 to ${MAX_CONCURRENCY}.`,
      );
    }
    this.stop = callSignal(options.signal);
    this.signal = this.stop.signal;
  }

  /** @throws PutError when the source could not be read to its end or the service refuses everything */
  async over(source: Iterable<VectorRecord> | AsyncIterable<VectorRecord>): Promise<PutReport> {
    try {
      return this.conclude(await this.putAll(source));
    } finally {
      this.stop.end();
    }
  }

  /** Resolves to what the source threw, if it did. */
  private async putAll(
    source: Iterable<VectorRecord> | AsyncIterable<VectorRecord>,
  ): Promise<{ readonly thrown: unknown } | undefined> {
    let broken: { readonly thrown: unknown } | undefined;
    try {
      const records = Symbol.asyncIterator in source ? untilAborted(source, this.signal) : source;
      for await (const record of records) {
        if (this.signal.aborted) break;
        await this.take(record);
      }
    } catch (thrown) {
      if (!this.signal.aborted) broken = { thrown };
    }
    if (this.signal.aborted) this.abandon();
    else await this.dispatch();
    await Promise.all(this.running);
    return broken;
  }

  private async take(given: VectorRecord): Promise<void> {
    const position = this.read;
    this.read += 1;
    const { record, problems } = checkedRecord(given, this.around.shape);
    if (problems.length > 0) {
      this.report(invalid(record, position, problems));
      return;
    }
    if (this.options.duplicates === 'lastWins') {
      if (this.open.has(record.key)) {
        // The earlier record must be acknowledged before this one is sent: requests under way have no order.
        await this.dispatch();
        await Promise.all(this.running);
      }
    } else if (!this.seen.add(record.key)) {
      this.report({
        key: record.key,
        position,
        code: 'DUPLICATE_KEY',
        reason: `key ${JSON.stringify(record.key)} was already given in this put; give each key once, or say duplicates: 'lastWins'.`,
      });
      return;
    }
    if (!this.body.add(record, position)) {
      await this.dispatch();
      if (this.signal.aborted || !this.body.add(record, position)) {
        const reason = this.signal.aborted ? this.notSent() : TOO_LARGE;
        this.report({ key: record.key, position, ...reason });
        return;
      }
    }
    if (this.options.duplicates === 'lastWins') this.open.add(record.key);
    this.numbersSincePause += record.data.length;
    if (this.numbersSincePause >= NUMBERS_AT_A_STRETCH) await this.pause();
  }

  /** Encoding is synchronous work: without pauses the sockets of the requests under way would starve. */
  private async pause(): Promise<void> {
    this.numbersSincePause = 0;
    await letOthersRun();
  }

  /** Sends what has been gathered as soon as there is room for it under way. */
  private async dispatch(): Promise<void> {
    if (this.body.size === 0) return;
    while (!this.hasRoomFor(this.body.length)) await Promise.race(this.running);
    if (this.signal.aborted) {
      this.abandon();
      return;
    }
    const body = this.body.take();
    this.bytesUnderWay += body.bytes.length;
    const sending = this.write(body).finally(() => {
      this.bytesUnderWay -= body.bytes.length;
      this.running.delete(sending);
    });
    this.running.add(sending);
    await this.pause();
  }

  private hasRoomFor(bytes: number): boolean {
    const { size } = this.running;
    return size === 0 || (size < this.concurrency && this.bytesUnderWay + bytes <= this.maxBytesUnderWay);
  }

  private async write(body: PutBody): Promise<void> {
    const refused = await this.sendOrIsolate(body);
    if (refused !== undefined) this.fail(body.records, refused);
    for (const { key } of body.records) this.open.delete(key);
    await this.tell(() => this.options.onProgress?.({ ...this.account(), failed: this.failed.length }));
  }

  /**
   * Sends a body; where the service refuses its content although it was checked, halves it until the refused records
   * stand alone: about twice the logarithm of its length in requests for each. Returns why the whole body failed, or
   * undefined when each of its records has been accounted for.
   */
  private async sendOrIsolate(body: PutBody): Promise<Reason | undefined> {
    const failure = await this.send(body);
    if (failure === undefined) {
      await this.acknowledged(body);
      return undefined;
    }
    if (failure.error.code !== 'REFUSED_BY_SERVICE') return this.reasonOf(failure);
    if (body.records.length === 1) return this.reasonOf(failure);
    let { records } = body;
    if (this.written === 0 && records.length >= PROBED_FROM_RECORDS) {
      // Only one batch asks; of the others that were sent with it each would learn the same.
      const asks = this.probed === undefined;
      this.probed ??= this.probe(body);
      const refusal = await this.probed;
      if (refusal !== undefined) return this.refusesAll(refusal);
      if (asks) {
        const tried = spread(records.length, PROBES);
        records = records.filter((_, place) => !tried.includes(place));
      }
    }
    const middle = Math.ceil(records.length / 2);
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      const reason = await this.sendOrIsolate(putBodyOf(body, half));
      if (reason !== undefined) this.fail(half, reason);
    }
    return undefined;
  }

  private async acknowledged(body: PutBody): Promise<void> {
    this.body.recycle(body);
    const written = body.records.map(({ key, position }) => ({ key, position }));
    await this.tell(() => this.options.onWritten?.(written));
  }

  /**
   * Tries single records of a refused body, from all over it. Where the service takes one of them, each is accounted
   * for; where it takes none, none is.
   */
  private async probe(body: PutBody): Promise<VectorStoreError | undefined> {
    const refused: { readonly record: EncodedRecord; readonly failure: SendFailure }[] = [];
    let taken = 0;
    for (const place of spread(body.records.length, PROBES)) {
      const record = body.records[place] as EncodedRecord;
      const one = putBodyOf(body, [record]);
      const failure = await this.send(one);
      if (failure === undefined) {
        taken += 1;
        await this.acknowledged(one);
      } else refused.push({ record, failure });
    }
    const [first] = refused;
    if (
      taken === 0 &&
      this.written === 0 &&
      first !== undefined &&
      refused.every(({ failure }) => failure.error.code === 'REFUSED_BY_SERVICE')
    ) {
      return everythingRefused(
        first.failure.error,
        `Of ${PROBES} records tried by themselves none was taken.`,
      );
    }
    for (const { record, failure } of refused) this.fail([record], this.reasonOf(failure));
    return undefined;
  }

  /** Ends the call because nothing can be written; why is the reason of every record that is not. */
  private refusesAll(refusal: VectorStoreError): Reason {
    this.halt(refusal);
    return { code: refusal.code, reason: refusal.message };
  }

  /** Sends a body until it is acknowledged or cannot be; answers why not. */
  private async send(body: PutBody): Promise<SendFailure | undefined> {
    const { address, rate, send, log } = this.around;
    let waitedMs = 0;
    const verdicts = { missing: false };
    const attempt = async () => {
      try {
        return await send(body.bytes, this.signal);
      } catch (thrown) {
        // Without a verdict nobody knows whether the service stored the records.
        const kind = failureKind(thrown);
        if (kind === 'transient' || kind === 'aborted') verdicts.missing = true;
        throw thrown;
      }
    };
    try {
      const { repeated } = await withRetries(
        () => rate.paced(body.records.length, this.signal, attempt, (waited) => (waitedMs += waited)),
        {
          policy: this.options.retry,
          signal: this.signal,
          waitedMs: () => waitedMs,
          onRetry: (kind, delayMs) => {
            this.retries += 1;
            if (kind === 'throttled') this.throttled += 1;
            log.debug({ ...address, kind, delayMs: Math.round(delayMs) }, 'vector_store_retried');
          },
        },
      );
      this.retries += repeated;
      this.written += body.records.length;
      this.batches += 1;
      this.bytes += body.bytes.length;
      this.prospects.succeeded();
      return undefined;
    } catch (thrown) {
      if (failureKind(thrown) === 'throttled') this.throttled += 1;
      const context = { ...address, operation: 'PutVectors', signal: this.signal };
      const error = judged(asVectorStoreError(thrown, context));
      if (this.prospects.endWith(error)) this.halt(error);
      return {
        error,
        unanswered: verdicts.missing,
        notSent: this.signal.aborted && !verdicts.missing && error.code === abortCode(this.signal),
      };
    }
  }

  /** Ends the call: what is under way is aborted and accounted for, and nothing more is read. */
  private halt(error: VectorStoreError): void {
    this.fatal ??= error;
    this.stop.abort();
  }

  /** Accounts for records that were gathered and will not be sent. */
  private abandon(): void {
    if (this.body.size > 0) this.fail(this.body.take().records, this.notSent());
  }

  private notSent(): Reason {
    return this.fatal === undefined
      ? { code: abortCode(this.signal), reason: `the put ${this.endedHow()} before this record was sent.` }
      : { code: this.fatal.code, reason: `not sent, because the put had to end: ${this.fatal.message}` };
  }

  private reasonOf({ error, unanswered, notSent }: SendFailure): Reason {
    if (notSent) return this.notSent();
    const { code, message: reason } = error;
    return { code, reason, ...(unanswered && !REFUSED.has(code) ? { uncertain: true } : {}) };
  }

  private fail(records: readonly EncodedRecord[], reason: Reason): void {
    for (const { key, position } of records) this.report({ key, position, ...reason });
  }

  private report(failure: PutFailure): void {
    this.failed.push(failure);
    if (this.options.onFailure !== undefined) void this.tell(() => this.options.onFailure?.(failure));
  }

  /** Calls back. What the caller throws there ends the put, and never the account of its records. */
  private async tell(callback: () => void | Promise<void>): Promise<void> {
    try {
      await callback();
    } catch (thrown) {
      const message = `a callback of the put threw: ${messageOf(thrown)}`;
      this.halt(new VectorStoreError('CALLBACK_FAILED', message, { cause: thrown }));
    }
  }

  private endedHow(): string {
    return abortCode(this.signal) === 'ABORTED' ? 'was aborted' : 'took longer than its timeoutMs';
  }

  private account(): Omit<PutReport, 'failed'> {
    return {
      read: this.read,
      written: this.written,
      batches: this.batches,
      retries: this.retries,
      throttled: this.throttled,
      bytes: this.bytes,
      seconds: (performance.now() - this.began) / 1000,
    };
  }

  private conclude(broken: { readonly thrown: unknown } | undefined): PutReport {
    const report: PutReport = {
      ...this.account(),
      failed: this.failed.sort((one, other) => one.position - other.position),
    };
    const state = `${report.written} of ${report.read} records that were read are written, ${report.failed.length} are not`;
    if (this.fatal !== undefined) {
      throw new PutError(this.fatal.code, `${this.fatal.message} ${state}.`, report, { cause: this.fatal });
    }
    if (this.options.signal?.aborted === true) {
      throw new PutError(abortCode(this.signal), `the put ${this.endedHow()}: ${state}.`, report, {
        cause: this.options.signal.reason,
      });
    }
    if (broken !== undefined) {
      throw new PutError(
        'SOURCE_FAILED',
        `the source of the records failed after ${report.read}: ${messageOf(broken.thrown)} (${state}).`,
        report,
        { cause: broken.thrown },
      );
    }
    return report;
  }
}

/** No valid record comes near: 4,096 dimensions and 40 KB of metadata are a few hundred kilobytes. */
const TOO_LARGE: Reason = {
  code: 'INVALID_RECORD',
  reason: 'the record alone exceeds the 20 MiB of one request.',
};

type Reason = Pick<PutFailure, 'code' | 'reason' | 'uncertain'>;

interface SendFailure {
  readonly error: VectorStoreError;
  /** Whether an attempt ended without a verdict, so that it may have taken effect. */
  readonly unanswered: boolean;
  /** Whether the put ended while the body waited for its turn, the first or a later one. */
  readonly notSent: boolean;
}

/** Refused for what they are, records were refused in every attempt. */
const REFUSED: ReadonlySet<VectorStoreErrorCode> = new Set(['REFUSED_BY_SERVICE', 'EVERYTHING_REFUSED']);

function invalid(record: VectorRecord, position: number, problems: readonly Problem[]): PutFailure {
  const key: unknown = record.key;
  return {
    key: typeof key === 'string' ? key : undefined,
    position,
    code: 'INVALID_RECORD',
    reason: `${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    problems,
  };
}
