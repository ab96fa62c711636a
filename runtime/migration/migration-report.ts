// The account of a migration: how many of what, over all of its runs. Only plain numbers and names, because it is kept in
// the checkpoint and goes on from there.
import type { Remarks } from '../records/record-decision';
import type { ItemFailureCode } from './item-error';

/** An item that is not in the index because of this migration, as a line of the file of failures. */
export interface ItemFailure {
  /** As a person finds it. */
  readonly source: string;
  /** Which item of the source it is, for another try. */
  readonly cursor: string;
  readonly key: string | undefined;
  readonly code: ItemFailureCode;
  /** Full sentences. */
  readonly reason: string;
  /** The source that it is of, in a file of failures: a cursor means nothing in another one. */
  readonly from?: string | undefined;
}

/** What became of one item. */
export type ItemOutcome =
  | {
      readonly kind: 'kept' | 'embedded';
      readonly bytes: number;
      /** Who made the vector, where anybody says so. */
      readonly model: string | undefined;
      readonly remarks: Remarks;
      readonly inputTokens?: number | undefined;
    }
  | { readonly kind: 'failed'; readonly bytes: number; readonly failure: ItemFailure };

/** Counts over all runs of a migration, up to where nothing is open any more. */
export interface MigrationCounts {
  /** Items taken: `kept` + `embedded` + `failed`. */
  taken: number;
  /** Written with the vector that they had. */
  kept: number;
  /** Written with a vector made anew. */
  embedded: number;
  failed: number;
  /** Bytes of the items in the source. */
  bytes: number;
  /** Texts of which the index holds only the beginning. */
  textsCut: number;
  /** Tokens that the embedding model counted. */
  inputTokens: number;
  /** Kept vectors by the model that they are said to be of; `unknown` where nobody says. */
  models: Record<string, number>;
  /** What has no place in the index, by name. */
  leftOut: Record<string, number>;
  /** Metadata that were flattened, by path and how. */
  changed: Record<string, number>;
  /** Failures by code. */
  failures: Record<string, number>;
}

export interface MigrationReport extends MigrationCounts {
  /** True when the source was read to its end and every item is written or named as failed. */
  readonly finished: boolean;
  /** True where an earlier run had finished, and this one did nothing. */
  readonly finishedBefore: boolean;
  /** Items taken by earlier runs. */
  readonly resumedAfter: number;
  /** The first 1,000 failures of this run; all of them are in the file of failures, where there is one. */
  readonly firstFailures: readonly ItemFailure[];
  /** Objects in the source that are none of its records. */
  readonly others: number;
  /** Seconds of this run. */
  readonly seconds: number;
}

/** Names counted one by one; all others together, as `…`. */
const MAX_NAMES = 100;

export function noCounts(): MigrationCounts {
  return {
    taken: 0,
    kept: 0,
    embedded: 0,
    failed: 0,
    bytes: 0,
    textsCut: 0,
    inputTokens: 0,
    models: {},
    leftOut: {},
    changed: {},
    failures: {},
  };
}

/** Adds an outcome to counts. */
export function count(counts: MigrationCounts, outcome: ItemOutcome): void {
  counts.taken += 1;
  counts.bytes += outcome.bytes;
  if (outcome.kind === 'failed') {
    counts.failed += 1;
    countName(counts.failures, outcome.failure.code);
    return;
  }
  const { kind, remarks, model, inputTokens = 0 } = outcome;
  counts[kind] += 1;
  counts.inputTokens += inputTokens;
  if (remarks.textCut) counts.textsCut += 1;
  if (kind === 'kept') countName(counts.models, model ?? 'unknown');
  for (const name of remarks.leftOut) countName(counts.leftOut, name);
  for (const name of remarks.changed) countName(counts.changed, name);
}

function countName(names: Record<string, number>, name: string): void {
  const known = Object.hasOwn(names, name) || Object.keys(names).length < MAX_NAMES;
  const counted = known ? name : '…';
  names[counted] = (Object.hasOwn(names, counted) ? (names[counted] ?? 0) : 0) + 1;
}
