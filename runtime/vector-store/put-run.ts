// One call of `put`: reads the source, checks and encodes its records, keeps a bounded number of requests under way,
// and accounts for every record. Nothing is read ahead of what can be sent, so memory does not grow with the source.
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { IndexShape } from '../../contract/index-shape';
import type { Problem } from '../../contract/vectors/problem';
import { validateRecord } from '../../contract/vectors/record';
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
import type { PutFailure, PutReport, WrittenRecord } from './put-report';
import { RecentKeys } from './recent-keys';
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

/** Failures of a batch that every further batch would meet too. */
const FATAL: ReadonlySet<VectorStoreErrorCode> = new Set([
  'ACCESS_DENIED',
  'NO_CREDENTIALS',
  'INDEX_NOT_FOUND',
  'QUOTA_EXCEEDED',
  'ENDPOINT_UNREACHABLE',
  'NO_REGION',
]);
/** Batches that may use up their deadline one after the other before the service counts as down. */
const MAX_EXHAUSTED_IN_A_ROW = 3;
/** Requests spent on finding the refused records of one batch; beyond, what is left is reported with the refusal. */
const MAX_ISOLATING_REQUESTS = 64;
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
  private exhausted = 0;
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

  private async take(record: VectorRecord): Promise<void> {
    const position = this.read;
    this.read += 1;
    const problems = recordProblems(record, this.around.shape);
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
    const refused = await this.sendOrIsolate(body, { left: MAX_ISOLATING_REQUESTS });
    if (refused !== undefined) this.fail(body.records, refused);
    for (const { key } of body.records) this.open.delete(key);
    await this.tell(() => this.options.onProgress?.({ ...this.account(), failed: this.failed.length }));
  }

  /**
   * Sends a body; where the service refuses its content although it was checked, halves it until the refused records
   * stand alone. Returns why the whole body failed, or undefined when each of its records has been accounted for.
   */
  private async sendOrIsolate(body: PutBody, budget: { left: number }): Promise<Reason | undefined> {
    const failure = await this.send(body);
    if (failure === undefined) {
      this.body.recycle(body);
      const written = body.records.map(({ key, position }) => ({ key, position }));
      await this.tell(() => this.options.onWritten?.(written));
      return undefined;
    }
    const { error } = failure;
    if (error.code !== 'REFUSED_BY_SERVICE' || body.records.length === 1 || budget.left < 2) {
      if (FATAL.has(error.code)) this.halt(error);
      return reasonOf(failure);
    }
    budget.left -= 2;
    const middle = Math.ceil(body.records.length / 2);
    for (const half of [body.records.slice(0, middle), body.records.slice(middle)]) {
      const reason = await this.sendOrIsolate(putBodyOf(body, half), budget);
      if (reason !== undefined) this.fail(half, reason);
    }
    return undefined;
  }

  /** Sends a body until it is acknowledged or cannot be; answers why not. */
  private async send(body: PutBody): Promise<SendFailure | undefined> {
    const { address, rate, send, log } = this.around;
    let waitedMs = 0;
    let unanswered = false;
    try {
      const { repeated } = await withRetries(
        () =>
          rate.paced(
            body.records.length,
            this.signal,
            () => send(body.bytes, this.signal),
            (waited) => (waitedMs += waited),
          ),
        {
          policy: this.options.retry,
          signal: this.signal,
          waitedMs: () => waitedMs,
          onRetry: (kind, delayMs) => {
            this.retries += 1;
            if (kind === 'throttled') this.throttled += 1;
            else unanswered = true;
            log.debug({ ...address, kind, delayMs: Math.round(delayMs) }, 'vector_store_retried');
          },
        },
      );
      this.retries += repeated;
      this.written += body.records.length;
      this.batches += 1;
      this.bytes += body.bytes.length;
      this.exhausted = 0;
      return undefined;
    } catch (thrown) {
      if (failureKind(thrown) === 'throttled') this.throttled += 1;
      const error = asVectorStoreError(thrown, {
        ...address,
        operation: 'PutVectors',
        signal: this.signal,
      });
      if (error.code === 'THROTTLED' || error.code === 'SERVICE_UNAVAILABLE') {
        this.exhausted += 1;
        if (this.exhausted >= MAX_EXHAUSTED_IN_A_ROW) this.halt(error);
      }
      return { error, unanswered };
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

/** Without an answer nobody knows whether the service stored the records of a request. */
const UNANSWERED: ReadonlySet<VectorStoreErrorCode> = new Set([
  'ABORTED',
  'DEADLINE_EXCEEDED',
  'SERVICE_UNAVAILABLE',
]);

interface SendFailure {
  readonly error: VectorStoreError;
  /** Whether an attempt before the last one ended without a verdict, so that it may have taken effect. */
  readonly unanswered: boolean;
}

function reasonOf({ error, unanswered }: SendFailure): Reason {
  const { code, message: reason } = error;
  // What is refused for its content was refused in every attempt.
  const uncertain = UNANSWERED.has(code) || (unanswered && code !== 'REFUSED_BY_SERVICE');
  return { code, reason, ...(uncertain ? { uncertain } : {}) };
}

/** A source of unknown origin may yield anything. */
function recordProblems(record: unknown, shape: IndexShape): Problem[] {
  return typeof record === 'object' && record !== null
    ? validateRecord(record as VectorRecord, shape)
    : [
        {
          path: 'record',
          message: `is ${record === null ? 'null' : typeof record}, not an object with key and data`,
        },
      ];
}

function invalid(
  record: VectorRecord | null | undefined,
  position: number,
  problems: readonly Problem[],
): PutFailure {
  const key: unknown = record?.key;
  return {
    key: typeof key === 'string' ? key : undefined,
    position,
    code: 'INVALID_RECORD',
    reason: `${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    problems,
  };
}
