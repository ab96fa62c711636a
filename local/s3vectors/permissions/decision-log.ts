// What was decided and why, for people who ask why a request was refused. The last ones, in memory: it is for looking
// at what just happened, and holds neither bodies nor credentials.
import type { Decision } from '../../../contract/iam/evaluator/evaluate';

export interface DecisionRecord {
  /** ISO 8601. */
  readonly time: string;
  /** `x-amzn-requestid` of the answer. */
  readonly requestId: string;
  /** The operation as it was called: `QueryVectors`, `CreateResource`, `InvokeModel`. */
  readonly operation: string;
  /** ARN; undefined where nobody is known by the key. */
  readonly principal: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly outcome: Decision['outcome'] | 'refused';
  /** The statement that decided; none decides an implicit deny or a refusal. */
  readonly decidedBy?: { readonly policy: string; readonly sid?: string; readonly statement: number };
  readonly why: string;
}

/** Decisions kept; about a megabyte. */
export const DECISIONS_KEPT = 5000;

export interface DecisionQuery {
  readonly requestId?: string;
  readonly deniedOnly?: boolean;
  /** Default: all that are kept. */
  readonly last?: number;
}

export class DecisionLog {
  private readonly records: DecisionRecord[] = [];
  /** Where the next record goes once the log is full: the place of the oldest. */
  private next = 0;

  add(record: DecisionRecord): void {
    if (this.records.length < DECISIONS_KEPT) this.records.push(record);
    else this.records[this.next] = record;
    this.next = (this.next + 1) % DECISIONS_KEPT;
  }

  /** Oldest first. */
  find({ requestId, deniedOnly = false, last = DECISIONS_KEPT }: DecisionQuery): DecisionRecord[] {
    const ordered =
      this.records.length < DECISIONS_KEPT
        ? this.records
        : [...this.records.slice(this.next), ...this.records.slice(0, this.next)];
    const found = ordered.filter(
      (record) =>
        (requestId === undefined || record.requestId === requestId) &&
        (!deniedOnly || record.outcome !== 'allowed'),
    );
    return last >= found.length ? found.slice() : found.slice(found.length - last);
  }
}
