// One query over several indexes - shards of one collection, or tenants - as if they were one.
import type { IndexShape } from '../../contract/index-shape';
import { refuse } from '../../contract/invalid-input';
import { repeated } from '../../contract/repeated';
import { inParallel } from '../concurrency/in-parallel';
import { withinLimit } from '../retry/call-limit';
import type { QueryMatch, QueryOptions, VectorStore } from './vector-store';
import type { IndexAddress } from './vector-store-error';

export interface QueryAcrossOptions extends QueryOptions {
  /** Indexes asked at once, default 16. */
  readonly concurrency?: number | undefined;
}

/** A match, and the index that holds it: a key alone does not say which. */
export interface IndexMatch extends QueryMatch {
  readonly index: IndexAddress;
  /** The place of its store in what was given, counted from 0; two Regions may have indexes of one name. */
  readonly store: number;
}

/** What is needed of a store. */
export type QueryableStore = Pick<VectorStore, 'address' | 'shape' | 'query'>;

const DEFAULT_CONCURRENCY = 16;
const DEFAULT_TOP_K = 10;

/**
 * The `topK` nearest vectors of all indexes, nearest first; equal distances in the order of the stores. Each index is
 * asked for `topK`, for all of them may be in one.
 * @throws InvalidInputError for stores whose distances cannot be compared (metric or dimension differ), a store that is
 *   given twice, and whatever a query of one index refuses
 * @throws VectorStoreError when any index cannot be asked: an answer without it would look complete
 */
export async function queryAcross(
  stores: readonly QueryableStore[],
  vector: ArrayLike<number>,
  options: QueryAcrossOptions = {},
): Promise<IndexMatch[]> {
  refuse('stores', storesProblems(stores));
  return withinLimit(options, async ({ concurrency = DEFAULT_CONCURRENCY, ...limited }) => {
    const query = { ...limited, timeoutMs: undefined };
    const shapes = await inParallel(stores, concurrency, (store) => store.shape(query));
    refuse('stores', shapeProblems(stores, shapes));
    const answers = await inParallel(stores, concurrency, async (store, place) =>
      (await store.query(vector, query)).map((match) => ({ ...match, index: store.address, store: place })),
    );
    // Sorting is stable: what is equally far stays in the order of the stores.
    return answers
      .flat()
      .sort((one, other) => one.distance - other.distance)
      .slice(0, query.topK ?? DEFAULT_TOP_K);
  });
}

function storesProblems(stores: readonly QueryableStore[]): string[] {
  if (stores.length === 0) return ['none is given; a query needs at least one index.'];
  return repeated(stores).map(
    (store) => `${nameOf(store)} is given more than once: each of its vectors would be found as often.`,
  );
}

function shapeProblems(stores: readonly QueryableStore[], shapes: readonly IndexShape[]): string[] {
  return (['distanceMetric', 'dimension'] as const).flatMap((property) => {
    if (new Set(shapes.map((shape) => shape[property])).size <= 1) return [];
    const each = stores.map((store, at) => `${nameOf(store)}: ${String(shapes[at]?.[property])}`);
    return [`differ in ${property}, so their distances cannot be compared (${each.join('; ')}).`];
  });
}

function nameOf({ address }: QueryableStore): string {
  return `index "${address.indexName}" of vector bucket "${address.vectorBucketName}"`;
}
