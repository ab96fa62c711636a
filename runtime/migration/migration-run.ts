// One run of a migration: reads items ahead, judges them, makes vectors for some, and hands the records to one put of the
// store, whose acknowledgements move the low-water mark on. Every item that was taken ends written, written down as
// failed, or, where the run ends early, open: the next run takes it up again.
import type { VectorRecord } from '../../contract/vectors/record';
import { EmbeddingError } from '../embedders/embedding-error';
import { endWhereHopeless } from '../embedders/hopeless-model';
import { decide } from '../records/record-decision';
import type { Decision, DecisionRules } from '../records/record-decision';
import type { SourceRecord } from '../records/source-record';
import type { RetryPolicy } from '../retry/retry-policy';
import { GIVEN_UP } from '../retry/service-failure';
import { messageOf, RuntimeError } from '../runtime-error';
import { EVERY_REQUEST_FAILS } from '../vector-store/prospects';
import { PutError } from '../vector-store/put-error';
import type { PutFailure, WrittenRecord } from '../vector-store/put-report';
import { VectorStoreError } from '../vector-store/vector-store-error';
import { checkpointText } from './checkpoint';
import type { Checkpoint, CheckpointStore, Identity } from './checkpoint';
import type { FailureFile } from './failure-file';
import { LowWaterMark } from './low-water-mark';
import { ItemError } from './item-error';
import { MigrationError } from './migration-error';
import type { MigrationPlan } from './migration-options';
import { count, noCounts } from './migration-report';
import type { ItemFailure, ItemOutcome, MigrationCounts, MigrationReport } from './migration-report';
import { wantedItems } from './migration-source';
import type { SourceItem, WantedItems } from './migration-source';
import { readAhead } from './read-ahead';

export interface MigrationProgress {
  /** Items with an outcome, those of earlier runs included. */
  readonly taken: number;
  readonly failed: number;
  /** Items with an outcome in this run. */
  readonly takenNow: number;
  /** Seconds of this run. */
  readonly seconds: number;
}

export interface RunOptions {
  /** Items that this run takes at most. */
  readonly limit?: number | undefined;
  /** Only these items, by cursor, or as `failedItems` reads them from a file of failures. */
  readonly only?: ReadonlySet<string> | WantedItems | undefined;
  /** Items read at once, default 32. */
  readonly readConcurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
  readonly onFailure?: ((failure: ItemFailure) => void) | undefined;
}

export interface RunSurroundings {
  readonly plan: MigrationPlan;
  readonly rules: DecisionRules;
  readonly identity: Identity;
  readonly resumed: Checkpoint | undefined;
  readonly checkpoint: CheckpointStore | undefined;
  readonly failures: FailureFile | undefined;
}

const READ_CONCURRENCY = 32;
/** Texts embedded together: what every model takes in one call. */
const TEXTS_AT_ONCE = 96;
/** Items after which texts that wait for company are embedded without, so that they do not hold the mark back. */
const MAX_WAITING = 2_000;
/** Items with an outcome after which the checkpoint is saved even if no batch is acknowledged. */
const SAVE_EVERY = 1_000;
/** Refusals of the source one after the other before it counts as down. */
const MAX_REFUSED_IN_A_ROW = 20;
const MAX_FIRST_FAILURES = 1_000;
/** An outage of minutes is waited for: a migration has time. That the endpoint is right the index's description told. */
const PATIENCE: Partial<RetryPolicy> = { maxAttempts: 100, unreachableAttempts: 100, deadlineMs: 600_000 };

/** Failures of a put that are about its end and not about the record: it stays open, and is taken up again. */
const OF_THE_END: ReadonlySet<string> = new Set<string>([
  'ABORTED',
  'DEADLINE_EXCEEDED',
  'CALLBACK_FAILED',
  'SOURCE_FAILED',
  ...EVERY_REQUEST_FAILS,
]);
/** What may be about one object or about all of them: only their number tells. */
const PERHAPS_ALL: ReadonlySet<string> = new Set([
  'ACCESS_DENIED',
  'THROTTLED',
  'SERVICE_UNAVAILABLE',
  'REFUSED_BY_SERVICE',
  'UNEXPECTED_ANSWER',
]);

type ReadItem = { readonly item: SourceItem } & (
  | { readonly record: SourceRecord; readonly error?: undefined }
  | { readonly record?: undefined; readonly error: ItemError }
);
interface Waiting {
  readonly number: number;
  readonly item: SourceItem;
  readonly key: string;
  readonly decision: Extract<Decision, { kind: 'embed' }>;
}
/** A record handed to the put. */
interface Handed {
  readonly number: number;
  readonly item: SourceItem;
  readonly key: string;
  readonly outcome: ItemOutcome;
}

export class MigrationRun {
  private readonly began = performance.now();
  private readonly counts: MigrationCounts;
  private readonly resumedAfter: number;
  private readonly mark: LowWaterMark<ItemOutcome>;
  /** Failures that the counts hold and the file does not yet. */
  private unsaved: ItemFailure[] = [];
  private readonly firstFailures: ItemFailure[] = [];
  private readonly handed = new Map<number, Handed>();
  /** Items that the source refused one after the other: failures, unless it refuses everything. */
  private refusedInARow: (() => void)[] = [];
  /** Failures that are none yet if the put ends early. */
  private readonly givenUp: (() => void)[] = [];
  private position = 0;
  private taken = 0;
  private settled = 0;
  private savedAt = 0;
  private failedNow = 0;
  private others = 0;
  private reachedEnd = false;
  private waiting: Waiting[] = [];
  private saving: Promise<void> = Promise.resolve();
  private nextSave: Promise<void> | undefined;

  constructor(
    private readonly around: RunSurroundings,
    private readonly options: RunOptions,
  ) {
    this.counts = structuredClone(around.resumed?.counts ?? noCounts());
    this.resumedAfter = this.counts.taken;
    this.mark = new LowWaterMark((outcome) => {
      count(this.counts, outcome);
      if (outcome.kind === 'failed') this.unsaved.push(outcome.failure);
    });
  }

  /** @throws MigrationError when it could not go on; the report says how far it came */
  async run(): Promise<MigrationReport> {
    const { store, signal } = this.around.plan;
    try {
      await store.put(this.records(), {
        signal,
        // Of a key that comes twice the last one counts, resumed or not.
        duplicates: 'lastWins',
        retry: { ...PATIENCE, ...this.options.retry },
        onWritten: (records) => this.written(records),
        onFailure: (failure) => this.refused(failure),
        onProgress: () => this.tellProgress(),
      });
      for (const fail of this.givenUp) fail();
      await this.save();
    } catch (thrown) {
      // What is settled is kept; a checkpoint that cannot be saved may be the very reason.
      await this.save().catch(() => undefined);
      throw this.ended(thrown);
    }
    return this.report();
  }

  private async *records(): AsyncGenerator<VectorRecord, void, undefined> {
    const { signal } = this.around.plan;
    const concurrency = this.options.readConcurrency ?? READ_CONCURRENCY;
    for await (const read of readAhead(this.items(), concurrency, (item) => readItem(item, signal))) {
      const { item } = read;
      const number = this.mark.begin(item.cursor);
      if (read.error !== undefined) this.unread(number, item, read.error);
      else {
        this.failRefused();
        yield* this.taking(number, item, read.record);
      }
      if (this.settled - this.savedAt >= SAVE_EVERY) await this.save();
      const [first] = this.waiting;
      if (
        first !== undefined &&
        (this.waiting.length >= TEXTS_AT_ONCE || number - first.number >= MAX_WAITING)
      ) {
        yield* this.embedded();
      }
    }
    this.failRefused();
    yield* this.embedded();
  }

  private async *items(): AsyncGenerator<SourceItem, void, undefined> {
    const { plan, resumed } = this.around;
    const { source, prefix, since, signal } = plan;
    const { only, limit = Infinity } = this.options;
    const onOther = () => (this.others += 1);
    const items =
      only === undefined
        ? source.items({ prefix, since, signal, onOther, after: resumed?.cursor })
        : source.only(wantedItems(only), signal);
    for await (const item of items) {
      if (this.taken >= limit) return;
      this.taken += 1;
      yield item;
    }
    this.reachedEnd = true;
  }

  private async *taking(
    number: number,
    item: SourceItem,
    record: SourceRecord,
  ): AsyncGenerator<VectorRecord> {
    const decision = decide(record, this.around.rules);
    const { key } = record;
    // Of two records of one key the later must be written later.
    if (this.waiting.some((earlier) => earlier.key === key)) yield* this.embedded();
    if (decision.kind === 'fail') {
      this.fail(number, item, key, decision.code, decision.reason);
    } else if (decision.kind === 'embed') {
      this.waiting.push({ number, item, key, decision });
    } else {
      const { vector, metadata, remarks } = decision;
      const outcome = { kind: 'kept', bytes: item.bytes, model: record.model, remarks } as const;
      yield this.hand({ number, item, key, outcome }, vector, metadata);
    }
  }

  private async *embedded(): AsyncGenerator<VectorRecord> {
    const these = this.waiting;
    this.waiting = [];
    const { embedder, signal } = this.around.plan;
    if (these.length === 0 || embedder === undefined) return;
    const outcomes = await embedder.embed(
      these.map(({ decision }) => decision.text),
      'document',
      { signal },
    );
    endWhereHopeless(outcomes);
    for (const [place, { number, item, key, decision }] of these.entries()) {
      const outcome = outcomes[place];
      if (outcome?.embedding === undefined) {
        const { code, message } =
          outcome?.error ??
          new EmbeddingError('UNEXPECTED_ANSWER', 'the embedder returned no outcome for this text.');
        this.fail(number, item, key, code, message);
        continue;
      }
      const { vector, inputTokens } = outcome.embedding;
      const { metadata, remarks } = decision;
      const made = {
        kind: 'embedded',
        bytes: item.bytes,
        model: embedder.modelId,
        remarks,
        inputTokens,
      } as const;
      yield this.hand({ number, item, key, outcome: made }, vector, metadata);
    }
  }

  private hand(handed: Handed, data: readonly number[], metadata: VectorRecord['metadata']): VectorRecord {
    this.handed.set(this.position, handed);
    this.position += 1;
    return { key: handed.key, data, metadata };
  }

  private async written(records: readonly WrittenRecord[]): Promise<void> {
    for (const { position } of records) {
      const handed = this.handed.get(position);
      if (handed === undefined) continue;
      this.handed.delete(position);
      this.settle(handed.number, handed.outcome);
    }
    await this.save();
  }

  private refused({ position, code, reason }: PutFailure): void {
    const handed = this.handed.get(position);
    if (handed === undefined || OF_THE_END.has(code)) return;
    this.handed.delete(position);
    const fail = () => this.fail(handed.number, handed.item, handed.key, code, reason);
    // If the service is down for good the put ends, and these are taken up again by the next run.
    if (GIVEN_UP.has(code)) this.givenUp.push(fail);
    else fail();
  }

  private fail(
    number: number,
    item: SourceItem,
    key: string | undefined,
    code: string,
    reason: string,
  ): void {
    const failure = { source: item.name, cursor: item.cursor, key, code, reason };
    this.failedNow += 1;
    if (this.firstFailures.length < MAX_FIRST_FAILURES) this.firstFailures.push(failure);
    this.settle(number, { kind: 'failed', bytes: item.bytes, failure });
    this.options.onFailure?.(failure);
    this.tellProgress();
  }

  private settle(number: number, outcome: ItemOutcome): void {
    this.settled += 1;
    this.mark.settle(number, outcome);
  }

  /** @throws the error, when so many came one after the other that the source must be down; they all stay open then */
  private unread(number: number, item: SourceItem, error: ItemError): void {
    const fail = () => this.fail(number, item, item.key, error.code, error.reason);
    if (!PERHAPS_ALL.has(error.code)) {
      this.failRefused();
      fail();
      return;
    }
    this.refusedInARow.push(fail);
    if (this.refusedInARow.length < MAX_REFUSED_IN_A_ROW) return;
    throw error.cause instanceof Error ? error.cause : error;
  }

  /** It was about these items: the source has answered since, or has no more. */
  private failRefused(): void {
    const these = this.refusedInARow;
    this.refusedInARow = [];
    for (const fail of these) fail();
  }

  /** Saves what is settled by now. Calls that come while one is being saved share the next. */
  private save(): Promise<void> {
    this.nextSave ??= this.saving
      .catch(() => undefined)
      .then(() => {
        this.nextSave = undefined;
        this.saving = this.saveNow();
        return this.saving;
      });
    return this.nextSave;
  }

  private async saveNow(): Promise<void> {
    const { failures, checkpoint, identity, resumed } = this.around;
    const lines = [...this.unsaved];
    this.savedAt = this.settled;
    const state = {
      identity,
      finished: this.isFinished(),
      cursor: this.mark.cursor ?? resumed?.cursor,
      counts: structuredClone(this.counts),
    };
    await failures?.append(lines);
    // Only now: lines that could not be written come again with the next save, before any checkpoint that counts them.
    this.unsaved = this.unsaved.slice(lines.length);
    await checkpoint?.save(
      checkpointText({
        ...state,
        failureBytes: failures?.bytes ?? 0,
        savedAt: new Date().toISOString(),
      }),
      undefined,
    );
  }

  private isFinished(): boolean {
    return this.reachedEnd && this.mark.waiting === 0;
  }

  private tellProgress(): void {
    this.options.onProgress?.({
      taken: this.resumedAfter + this.settled,
      failed: (this.around.resumed?.counts.failed ?? 0) + this.failedNow,
      takenNow: this.settled,
      seconds: this.seconds(),
    });
  }

  private report(): MigrationReport {
    return {
      ...structuredClone(this.counts),
      finished: this.isFinished(),
      finishedBefore: false,
      resumedAfter: this.resumedAfter,
      firstFailures: this.firstFailures,
      others: this.others,
      seconds: this.seconds(),
    };
  }

  private ended(thrown: unknown): MigrationError {
    const cause = rootOf(thrown);
    const aborted = this.around.plan.signal?.aborted === true;
    const code = aborted ? 'ABORTED' : codeOf(cause);
    const { taken } = this.counts;
    const resume =
      this.around.checkpoint === undefined
        ? 'There is no checkpoint: the next run begins anew, and writes what is written once more.'
        : `Run it again with the checkpoint ${this.around.checkpoint.name} to go on.`;
    return new MigrationError(
      code,
      `the migration ended before its source did: ${aborted ? 'it was interrupted.' : messageOf(cause)} ${taken} items have an outcome. ${resume}`,
      this.report(),
      { cause },
    );
  }

  private seconds(): number {
    return (performance.now() - this.began) / 1000;
  }
}

/** Only errors of the runtime have a code that means something here. */
function codeOf(cause: unknown): string {
  return cause instanceof RuntimeError ? (cause as RuntimeError).code : 'SOURCE_FAILED';
}

/** What ended a put: what its source or a callback of ours threw, or the service's own verdict. */
function rootOf(thrown: unknown): unknown {
  if (!(thrown instanceof VectorStoreError)) return thrown;
  if (thrown.code === 'SOURCE_FAILED') return thrown.cause ?? thrown;
  if (thrown.code === 'CALLBACK_FAILED' || thrown instanceof PutError) {
    return thrown.cause === undefined ? thrown : rootOf(thrown.cause);
  }
  return thrown;
}

async function readItem(item: SourceItem, signal: AbortSignal | undefined): Promise<ReadItem> {
  try {
    return { item, record: await item.read(signal) };
  } catch (error) {
    if (error instanceof ItemError) return { item, error };
    throw error;
  }
}
