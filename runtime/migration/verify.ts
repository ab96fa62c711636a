// Looks after a migration whether it is so: every key of the source is in the index, sampled vectors are there bit by bit,
// and a search for one of them finds it. Reads the source's keys twice (once more to name what is missing) and lists the
// index once; memory is that of the keys' digests (key-digests.ts) and of the sample.
import { distance } from '../../contract/vectors/distance';
import type { Metadata } from '../../contract/vectors/metadata';
import { decide } from '../records/record-decision';
import type { Decision } from '../records/record-decision';
import { KeyDigests } from './key-digests';
import { ItemError } from './item-error';
import { rulesOf } from './migration-options';
import type { MigrationPlan } from './migration-options';
import { wantedItems } from './migration-source';
import type { SourceItem, WantedItems } from './migration-source';

export interface VerifyOptions extends MigrationPlan {
  /** The items that are known to have failed, by cursor, or as `failedItems` reads them from a file of failures. */
  readonly failed?: ReadonlySet<string> | WantedItems | undefined;
  /** Whether these are all that failed; default whether any are named. What failed unknown counts as missing. */
  readonly allFailuresKnown?: boolean | undefined;
  /** Items of the source that were migrated, where it was not all of them. */
  readonly limit?: number | undefined;
  /** Vectors compared and searched, default 100. */
  readonly sampleSize?: number | undefined;
  /** Chooses the sample; the same seed and source give the same. Default 1. */
  readonly seed?: number | undefined;
  readonly onProgress?:
    ((progress: { readonly taken: number; readonly seconds: number }) => void) | undefined;
}

export interface VerificationReport {
  /** Distinct keys that should be in the index. */
  readonly expected: number;
  /** Of these, how many are. */
  readonly present: number;
  /** Of these, how many are not. `expected` = `present` + `missing`. */
  readonly missing: number;
  /** The first 1,000 of them. */
  readonly missingKeys: readonly string[];
  /** Items that are known to have failed, and are not looked for. */
  readonly failed: number;
  /** Whether these are all that failed; else some of what is missing may be no loss but a failure nobody named. */
  readonly allFailuresKnown: boolean;
  /** Vectors of the index that this source does not know: others may write to it. */
  readonly others: number;
  readonly sample: {
    /** Records compared with what the index holds. */
    readonly compared: number;
    /** Kept vectors whose numbers are the same, bit by bit, after float32. */
    readonly sameVector: number;
    /** Vectors made anew, of which only the metadata are compared. */
    readonly madeAnew: number;
    readonly sameMetadata: number;
    /** What differs, as sentences; at most 100. */
    readonly differences: readonly string[];
  };
  readonly search: {
    readonly asked: number;
    /** Queries whose nearest vector was the one asked with, or one exactly as near. */
    readonly foundItself: number;
    /** Of the sample's own vectors that belong into the answers, the share that was in them: 1 is exact. */
    readonly recall: number;
    /** The largest difference between an answered distance and the exact one. */
    readonly largestError: number;
  };
  /** Whether nothing is missing, nothing differs, and every search found what it should. */
  readonly good: boolean;
  readonly seconds: number;
}

const SAMPLE_SIZE = 100;
const MAX_NAMED = 1_000;
const MAX_DIFFERENCES = 100;
const NEAREST = 10;
/** Distances that differ by less are the same: the service computes in float32. */
const TOLERANCE = 1e-4;

/**
 * @throws InvalidInputError as `migrate`
 * @throws VectorStoreError, ArchiveError where index or source cannot be read
 */
export async function verifyMigration(options: VerifyOptions): Promise<VerificationReport> {
  const { source, store, signal, prefix, since } = options;
  const failed = wantedItems(options.failed ?? new Set());
  const { limit = Infinity, sampleSize = SAMPLE_SIZE, onProgress } = options;
  const began = performance.now();
  const { shape } = await store.describe({ signal });
  const rules = rulesOf(options, shape);
  async function* items(): AsyncGenerator<SourceItem & { readonly key: string }> {
    let taken = 0;
    for await (const item of source.items({ prefix, since, signal })) {
      if (taken >= limit) return;
      taken += 1;
      onProgress?.({ taken, seconds: (performance.now() - began) / 1000 });
      const { key } = item;
      if (key !== undefined && !isKnown(failed, item.cursor, key)) yield { ...item, key };
    }
  }

  const keys = new KeyDigests();
  const sampler = new Reservoir<SourceItem>(sampleSize, options.seed ?? 1);
  for await (const item of items()) {
    keys.add(item.key);
    sampler.offer(item);
  }
  let [present, others] = [0, 0];
  for await (const { key } of store.list({ signal })) {
    const first = keys.find(key);
    if (first === undefined) others += 1;
    else if (first) present += 1;
  }
  const missing = keys.size - present;
  const missingKeys = new Set<string>();
  if (missing > 0) {
    for await (const { key } of items()) {
      if (!keys.wasFound(key)) missingKeys.add(key);
      if (missingKeys.size >= Math.min(missing, MAX_NAMED)) break;
    }
  }

  const { sample, stored } = await compareSample(sampler.chosen, options, rules);
  const search = await searchSample(stored, options, shape.distanceMetric);
  return {
    expected: keys.size,
    present,
    missing,
    missingKeys: [...missingKeys],
    failed: failed.size,
    allFailuresKnown: options.allFailuresKnown ?? options.failed !== undefined,
    others,
    sample,
    search,
    good: missing === 0 && sample.differences.length === 0 && search.foundItself === search.asked,
    seconds: (performance.now() - began) / 1000,
  };
}

/** Whether an item is one of those; where its cursor was another key's, it is not. */
function isKnown(items: WantedItems, cursor: string, key: string): boolean {
  return items.has(cursor) && (items.get(cursor) ?? key) === key;
}

type Judged = Exclude<Decision, { kind: 'fail' }>;
interface Stored {
  readonly key: string;
  readonly data: readonly number[];
}

async function compareSample(
  items: readonly SourceItem[],
  { store, signal }: VerifyOptions,
  rules: Parameters<typeof decide>[1],
): Promise<{ readonly sample: VerificationReport['sample']; readonly stored: readonly Stored[] }> {
  // Of a key that comes twice in the source only the last record counts, and which one that is the sample does not know.
  const expected = new Map<string, Judged[]>();
  for (const item of items) {
    try {
      const record = await item.read(signal);
      const decision = decide(record, rules);
      if (decision.kind === 'fail') continue;
      expected.set(record.key, [...(expected.get(record.key) ?? []), decision]);
    } catch (error) {
      // It could not be migrated either, and the count of what is missing tells.
      if (!(error instanceof ItemError)) throw error;
    }
  }
  const { vectors } = await store.get([...expected.keys()], { signal });
  const differences: string[] = [];
  let [sameVector, madeAnew, sameMetadata] = [0, 0, 0];
  for (const { key, data = [], metadata = {} } of vectors) {
    const decisions = expected.get(key) ?? [];
    if (decisions.some((decision) => decision.kind === 'embed')) madeAnew += 1;
    else if (decisions.some((decision) => decision.kind === 'keep' && sameFloats(decision.vector, data)))
      sameVector += 1;
    else differences.push(`the vector of "${key}" is another than that of the source.`);
    if (decisions.some((decision) => sameMetadataAs(decision.metadata, metadata))) sameMetadata += 1;
    else differences.push(`the metadata of "${key}" are others than those of the source.`);
  }
  return {
    sample: {
      compared: vectors.length,
      sameVector,
      madeAnew,
      sameMetadata,
      differences: differences.slice(0, MAX_DIFFERENCES),
    },
    stored: vectors.map(({ key, data = [] }) => ({ key, data })),
  };
}

async function searchSample(
  stored: readonly Stored[],
  { store, signal }: VerifyOptions,
  metric: Parameters<typeof distance>[0],
): Promise<VerificationReport['search']> {
  const outcomes = await store.queryMany(
    stored.map(({ data }) => ({ vector: data, topK: NEAREST, returnMetadata: false })),
    { signal },
  );
  let [foundItself, wanted, got, largestError] = [0, 0, 0, 0];
  for (const [place, { matches, error }] of outcomes.entries()) {
    if (error !== undefined) throw error;
    const asked = stored[place] as Stored;
    const exact = new Map(stored.map(({ key, data }) => [key, distance(metric, asked.data, data)]));
    const scale = metric === 'cosine' ? 1 : Math.max(1, ...exact.values());
    const [nearest] = matches;
    if (nearest !== undefined && (nearest.key === asked.key || nearest.distance <= TOLERANCE * scale))
      foundItself += 1;
    const found = new Set(matches.map(({ key }) => key));
    const farthest = matches.length < NEAREST ? Infinity : (matches.at(-1)?.distance ?? 0);
    for (const [key, at] of exact) {
      if (at >= farthest - TOLERANCE * scale) continue;
      wanted += 1;
      if (found.has(key)) got += 1;
    }
    for (const match of matches) {
      const at = exact.get(match.key);
      if (at !== undefined) largestError = Math.max(largestError, Math.abs(at - match.distance) / scale);
    }
  }
  return { asked: stored.length, foundItself, recall: wanted === 0 ? 1 : got / wanted, largestError };
}

function sameFloats(one: readonly number[], other: readonly number[]): boolean {
  return (
    one.length === other.length &&
    one.every((value, at) => Math.fround(value) === Math.fround(other[at] ?? Number.NaN))
  );
}

function sameMetadataAs(one: Metadata, other: Metadata): boolean {
  const text = (metadata: Metadata) =>
    JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return text(one) === text(other);
}

/** A sample of a stream of unknown length in which every item has the same chance (Vitter's algorithm R). */
class Reservoir<Item> {
  readonly chosen: Item[] = [];
  private offered = 0;
  private state: number;

  constructor(
    private readonly size: number,
    seed: number,
  ) {
    this.state = seed >>> 0;
  }

  offer(item: Item): void {
    this.offered += 1;
    if (this.chosen.length < this.size) {
      this.chosen.push(item);
      return;
    }
    const place = Math.floor(this.random() * this.offered);
    if (place < this.size) this.chosen[place] = item;
  }

  /** mulberry32: even, and the same for the same seed. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
