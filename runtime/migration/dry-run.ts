// What a migration would do, without writing anything: every item is read and judged by the rules of the migration. Cost
// and time are worked out from what was seen.
import { InvalidInputError } from '../../contract/invalid-input';
import { metadataSize } from '../../contract/vectors/metadata';
import { utf8Length } from '../../contract/vectors/text';
import type { CostEstimate } from '../cost/cost-estimate';
import { estimateCost } from '../cost/estimate-cost';
import { estimatedTokens } from '../embedders/call-rate';
import type { ModelQuota } from '../embedders/call-rate';
import { decide } from '../records/record-decision';
import { INDEX_WRITE_QUOTA } from '../vector-store/write-rate';
import type { WriteQuota } from '../vector-store/write-rate';
import { MAX_REQUEST_BYTES, MAX_VECTORS_PER_PUT } from '../../contract/limits';
import { KeyDigests } from './key-digests';
import { ItemError } from './item-error';
import type { ItemFailureCode } from './item-error';
import { rulesOf } from './migration-options';
import type { MigrationPlan } from './migration-options';
import { count, noCounts } from './migration-report';
import type { ItemFailure, MigrationCounts } from './migration-report';
import { wantedItems } from './migration-source';
import type { SourceItem, WantedItems } from './migration-source';
import { readAhead } from './read-ahead';

export interface DryRunOptions extends MigrationPlan {
  readonly limit?: number | undefined;
  /** Only these items, by cursor, or as `failedItems` reads them from a file of failures. */
  readonly only?: ReadonlySet<string> | WantedItems | undefined;
  readonly readConcurrency?: number | undefined;
  /** Region for the prices. Default us-east-1. */
  readonly region?: string | undefined;
  /** The Region whose prices to take where `region` has none. */
  readonly pricesOf?: string | undefined;
  /** The account's quota for the embedding model: what the time of embedding is worked out from. */
  readonly modelQuota?: ModelQuota | undefined;
  readonly writeQuota?: WriteQuota | undefined;
  readonly onProgress?:
    ((progress: { readonly taken: number; readonly seconds: number }) => void) | undefined;
  readonly onFailure?: ((failure: ItemFailure) => void) | undefined;
}

/** Seconds; undefined where nothing says how fast it goes. */
export interface TimeEstimate {
  /** Reading the source, as fast as this dry run read it. */
  readonly read: number;
  /** Writing, at the write quota of the index. */
  readonly write: number;
  /** Embedding, at the quota that was given for the model; 0 where nothing is embedded. */
  readonly embed: number | undefined;
  /** The three run side by side: the slowest of them. */
  readonly total: number | undefined;
}

export interface DryRunReport extends MigrationCounts {
  /** Keys that come more than once: the last record of each counts. */
  readonly duplicates: number;
  readonly others: number;
  /** Examples of failures, at most 3 a code. */
  readonly examples: readonly ItemFailure[];
  /** Bytes that the index will hold as the service counts them: vectors, keys, metadata. */
  readonly indexBytes: number;
  /** Tokens of the texts to embed, guessed at three bytes each. */
  readonly embeddingTokens: number;
  readonly time: TimeEstimate;
  /** Undefined where nothing would be written, or there are no prices: see `notes`. */
  readonly cost: CostEstimate | undefined;
  readonly notes: readonly string[];
}

const READ_CONCURRENCY = 32;
const EXAMPLES_PER_CODE = 3;
/** Characters of a component in a request, on average: the shortest decimals of float32 and a comma. */
const BYTES_PER_COMPONENT_SENT = 12;

/**
 * @throws InvalidInputError as `migrate`
 * @throws VectorStoreError, ArchiveError where index or source cannot be read
 */
export async function dryRun(options: DryRunOptions): Promise<DryRunReport> {
  const { source, store, signal, limit = Infinity, prefix, since } = options;
  const { shape } = await store.describe({ signal });
  const rules = rulesOf(options, shape);
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const counts = noCounts();
  const keys = new KeyDigests();
  const examples = new Map<ItemFailureCode, ItemFailure[]>();
  const sums = { keyBytes: 0, filterable: 0, metadata: 0, tokens: 0 };
  let [duplicates, others] = [0, 0];

  const onOther = () => (others += 1);
  const { only } = options;
  const all =
    only === undefined
      ? source.items({ prefix, since, signal, onOther })
      : source.only(wantedItems(only), signal);
  const items = limited(all, limit);
  const judged = readAhead(items, options.readConcurrency ?? READ_CONCURRENCY, (item) => judge(item));
  async function judge(item: SourceItem) {
    try {
      const record = await item.read(signal);
      return { item, key: record.key, model: record.model, decision: decide(record, rules) };
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      const { code, reason } = error;
      return { item, key: item.key, model: undefined, decision: { kind: 'fail', code, reason } as const };
    }
  }

  for await (const { item, key, model, decision } of judged) {
    const { bytes } = item;
    if (decision.kind === 'fail') {
      const { code, reason } = decision;
      const failure = { source: item.name, cursor: item.cursor, key, code, reason };
      count(counts, { kind: 'failed', bytes, failure });
      const known = examples.get(code) ?? [];
      examples.set(code, known);
      if (known.length < EXAMPLES_PER_CODE) known.push(failure);
      options.onFailure?.(failure);
    } else {
      const { kind, metadata, remarks } = decision;
      count(counts, { kind: kind === 'keep' ? 'kept' : 'embedded', bytes, model, remarks });
      if (!keys.add(key ?? '')) duplicates += 1;
      const size = metadataSize(metadata, shape.nonFilterableMetadataKeys);
      sums.keyBytes += utf8Length(key ?? '');
      sums.metadata += size.total;
      sums.filterable += size.filterable;
      if (decision.kind === 'embed') sums.tokens += estimatedTokens([decision.text]);
    }
    options.onProgress?.({ taken: counts.taken, seconds: seconds() });
  }

  const vectors = counts.kept + counts.embedded;
  const { cost, notes } = priced(options, counts, sums, shape.dimension);
  return {
    ...counts,
    duplicates,
    others,
    examples: [...examples.values()].flat(),
    indexBytes: vectors * shape.dimension * 4 + sums.keyBytes + sums.metadata,
    embeddingTokens: sums.tokens,
    time: timeOf(options, counts, sums, shape.dimension, seconds()),
    cost,
    notes,
  };
}

interface Sums {
  readonly keyBytes: number;
  readonly filterable: number;
  readonly metadata: number;
  readonly tokens: number;
}

function timeOf(
  { writeQuota = INDEX_WRITE_QUOTA, modelQuota }: DryRunOptions,
  { kept, embedded }: MigrationCounts,
  sums: Sums,
  dimension: number,
  read: number,
): TimeEstimate {
  const vectors = kept + embedded;
  const bytes = vectors * dimension * BYTES_PER_COMPONENT_SENT + sums.metadata;
  const requests = Math.max(vectors / MAX_VECTORS_PER_PUT, bytes / MAX_REQUEST_BYTES);
  const write = Math.max(vectors / writeQuota.vectorsPerSecond, requests / writeQuota.requestsPerSecond);
  const { requestsPerMinute, tokensPerMinute } = modelQuota ?? {};
  const limits = [
    // A call holds one text with most models; those that take more only get faster.
    ...(requestsPerMinute === undefined ? [] : [(embedded / requestsPerMinute) * 60]),
    ...(tokensPerMinute === undefined ? [] : [(sums.tokens / tokensPerMinute) * 60]),
  ];
  const embed = embedded === 0 ? 0 : limits.length === 0 ? undefined : Math.max(...limits);
  return { read, write, embed, total: embed === undefined ? undefined : Math.max(read, write, embed) };
}

function priced(
  { embedder, region, pricesOf }: DryRunOptions,
  { kept, embedded }: MigrationCounts,
  sums: Sums,
  dimension: number,
): { readonly cost: CostEstimate | undefined; readonly notes: readonly string[] } {
  const vectors = kept + embedded;
  if (vectors === 0)
    return { cost: undefined, notes: ['Nothing would be written, so there is nothing to pay.'] };
  const s3Vectors = {
    vectors,
    dimension,
    keyBytes: sums.keyBytes / vectors,
    filterableMetadataBytes: sums.filterable / vectors,
    nonFilterableMetadataBytes: (sums.metadata - sums.filterable) / vectors,
  };
  const embeddings =
    embedded === 0 || embedder === undefined
      ? undefined
      : { modelId: embedder.modelId, texts: embedded, tokensPerText: sums.tokens / embedded };
  try {
    return { cost: estimateCost({ region, pricesOf, s3Vectors, embeddings }), notes: [] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { cost: undefined, notes: [`There is no cost estimate: ${error.problems.join(' ')}`] };
  }
}

async function* limited<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const item of items) {
    if (taken >= limit) return;
    taken += 1;
    yield item;
  }
}
