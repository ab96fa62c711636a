// One call of `put`: reads the source, checks and encodes its records, keeps a bounded number of requests under way,
// and accounts for every record. Nothing is read ahead of what can be sent, so memory does not grow with the source.
import { setMaxListeners } from 'node:events';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { IndexShape } from '../../contract/index-shape';
import type { Problem } from '../../contract/vectors/problem';
import { validateRecord } from '../../contract/vectors/record';
import type { VectorRecord } from '../../contract/vectors/record';
import { Slots } from '../concurrency/slots';
import type { Log } from '../logging/log';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import { messageOf } from '../runtime-error';
import { PutBodyWriter, putBodyOf } from './put-body';
import type { EncodedRecord, PutBody } from './put-body';
import { PutError } from './put-error';
import type { PutFailure, PutReport } from './put-report';
import { asVectorStoreError } from './vector-store-error';
import type { IndexAddress, VectorStoreError, VectorStoreErrorCode } from './vector-store-error';
import type { WriteRate } from './write-rate';

/** `report`: the first record of a key is written, later ones are failures. `lastWins`: each replaces the one before. */
export type Duplicates = 'report' | 'lastWins';

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default `report`. It remembers every key of the call; `lastWins` only those under way. */
  readonly duplicates?: Duplicates | undefined;
  /** Requests under way at once; default that of the store. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Called after every request with the account so far. */
  readonly onProgress?: ((progress: PutProgress) => void) | undefined;
}

export type PutProgress = Omit<PutReport, 'failed'> & { readonly failed: number };

export interface PutSurroundings {
  readonly address: IndexAddress;
  readonly shape: IndexShape;
  readonly rate: WriteRate;
  readonly concurrency: number;
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

export class PutRun {
  private readonly began = performance.now();
  private readonly body: PutBodyWriter;
  private readonly slots: Slots;
  private readonly running = new Set<Promise<void>>();
  /** Keys that must not be written again yet: all of the call, or with `lastWins` those not acknowledged. */
  private readonly keys = new Set<string>();
  private readonly failed: PutFailure[] = [];
  private read = 0;
  private written = 0;
  private batches = 0;
  private retries = 0;
  private bytes = 0;
  private exhausted = 0;
  private readonly stop = new AbortController();
  private fatal: VectorStoreError | undefined;
  private readonly signal: AbortSignal;

  constructor(
    private readonly around: PutSurroundings,
    private readonly options: PutOptions,
  ) {
    this.body = new PutBodyWriter(around.address);
    this.slots = new Slots(options.concurrency ?? around.concurrency);
    this.signal =
      options.signal === undefined ? this.stop.signal : AbortSignal.any([options.signal, this.stop.signal]);
    // Every request under way listens; Node would take more than ten for a leak.
    setMaxListeners(0, this.signal);
  }

  /** @throws PutError when the source could not be read to its end or the service refuses everything */
  async over(source: Iterable<VectorRecord> | AsyncIterable<VectorRecord>): Promise<PutReport> {
    let broken: { readonly thrown: unknown } | undefined;
    try {
      for await (const record of source) {
        if (this.signal.aborted) {
          break;
        }
        await this.take(record);
      }
    } catch (thrown) {
      broken = { thrown };
    }
    if (this.signal.aborted) this.abandon();
    else await this.dispatch();
    await Promise.all(this.running);
    return this.conclude(broken);
  }

  private async take(record: VectorRecord): Promise<void> {
    const position = this.read;
    this.read += 1;
    const problems = recordProblems(record, this.around.shape);
    if (problems.length > 0) {
      this.failed.push(invalid(record, position, problems));
      return;
    }
    if (this.keys.has(record.key)) {
      if (this.options.duplicates !== 'lastWins') {
        this.failed.push({
          key: record.key,
          position,
          code: 'DUPLICATE_KEY',
          reason: `key ${JSON.stringify(record.key)} was already given in this put; give each key once, or say duplicates: 'lastWins'.`,
        });
        return;
      }
      // The earlier record must be acknowledged before this one is sent: requests under way have no order.
      await this.dispatch();
      await Promise.all(this.running);
    }
    if (!this.body.add(record, position)) {
      await this.dispatch();
      if (this.signal.aborted || !this.body.add(record, position)) {
        const reason = this.signal.aborted ? this.notSent() : TOO_LARGE;
        this.failed.push({ key: record.key, position, ...reason });
        return;
      }
    }
    this.keys.add(record.key);
  }

  /** Sends what has been gathered as soon as a slot is free. */
  private async dispatch(): Promise<void> {
    if (this.body.size === 0) return;
    const body = this.body.take();
    let release: () => void;
    try {
      release = await this.slots.take(this.signal);
    } catch {
      this.fail(body.records, this.notSent());
      return;
    }
    const sending = this.write(body).finally(() => {
      release();
      this.running.delete(sending);
    });
    this.running.add(sending);
    // Encoding is synchronous work: without this the sockets of the requests under way would starve.
    await letOthersRun();
  }

  private async write(body: PutBody): Promise<void> {
    const refused = await this.sendOrIsolate(body, { left: MAX_ISOLATING_REQUESTS });
    if (refused !== undefined) this.fail(body.records, refused);
    if (this.options.duplicates === 'lastWins') for (const { key } of body.records) this.keys.delete(key);
    this.options.onProgress?.({ ...this.account(), failed: this.failed.length });
  }

  /**
   * Sends a body; where the service refuses its content although it was checked, halves it until the refused records
   * stand alone. Returns why the whole body failed, or undefined when each of its records has been accounted for.
   */
  private async sendOrIsolate(body: PutBody, budget: { left: number }): Promise<Reason | undefined> {
    const error = await this.send(body);
    if (error === undefined) return undefined;
    if (error.code !== 'REFUSED_BY_SERVICE' || body.records.length === 1 || budget.left < 2) {
      if (FATAL.has(error.code)) this.halt(error);
      return reasonOf(error);
    }
    budget.left -= 2;
    const middle = Math.ceil(body.records.length / 2);
    for (const half of [body.records.slice(0, middle), body.records.slice(middle)]) {
      const reason = await this.sendOrIsolate(putBodyOf(body, half), budget);
      if (reason !== undefined) this.fail(half, reason);
    }
    return undefined;
  }

  private async send(body: PutBody): Promise<VectorStoreError | undefined> {
    const { address, rate, send, log } = this.around;
    try {
      const { repeated } = await withRetries(
        async () => {
          await rate.take(body.records.length, this.signal);
          return send(body.bytes, this.signal);
        },
        {
          policy: this.options.retry,
          signal: this.signal,
          onRetry: (kind, delayMs) => {
            this.retries += 1;
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
      const error = asVectorStoreError(thrown, {
        ...address,
        operation: 'PutVectors',
        aborted: this.signal.aborted,
      });
      if (error.code === 'THROTTLED' || error.code === 'SERVICE_UNAVAILABLE') {
        this.exhausted += 1;
        if (this.exhausted >= MAX_EXHAUSTED_IN_A_ROW) this.halt(error);
      }
      return error;
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
      ? { code: 'ABORTED', reason: 'the put was aborted before this record was sent.' }
      : { code: this.fatal.code, reason: `not sent, because the put had to end: ${this.fatal.message}` };
  }

  private fail(records: readonly EncodedRecord[], reason: Reason): void {
    for (const { key, position } of records) this.failed.push({ key, position, ...reason });
  }

  private account(): Omit<PutReport, 'failed'> {
    return {
      read: this.read,
      written: this.written,
      batches: this.batches,
      retries: this.retries,
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
      throw new PutError('ABORTED', `the put was aborted: ${state}.`, report, {
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
const UNANSWERED: ReadonlySet<VectorStoreErrorCode> = new Set(['ABORTED', 'SERVICE_UNAVAILABLE']);

function reasonOf(error: VectorStoreError): Reason {
  return {
    code: error.code,
    reason: error.message,
    ...(UNANSWERED.has(error.code) ? { uncertain: true } : {}),
  };
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
