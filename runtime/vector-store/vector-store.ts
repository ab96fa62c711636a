// A vector index of Amazon S3 Vectors, as a service uses it: put, get, query, list, delete, describe.
// The AWS SDK signs, resolves endpoints and credentials and reads the answers. What it leaves to its callers is done
// here: limits of a request, quotas of an index, pages, checks before anything is sent, and which failures to repeat.
import {
  DeleteVectorsCommand,
  GetIndexCommand,
  GetVectorsCommand,
  ListVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import type { S3VectorsClientConfig } from '@aws-sdk/client-s3vectors';
import { InvalidInputError, refuse } from '../../contract/invalid-input';
import type { IndexShape } from '../../contract/index-shape';
import {
  MAX_KEYS_PER_GET,
  MAX_LIST_SEGMENTS,
  MAX_LIST_VECTORS_RESULTS,
  MAX_TOP_K,
  MIN_TOP_K,
} from '../../contract/limits';
import { indexNameProblems, vectorBucketNameProblems } from '../../contract/names';
import { componentProblems } from '../../contract/vectors/components';
import type { FilterOptions, IndexMode } from '../../contract/vectors/filter';
import { keyProblems } from '../../contract/vectors/key';
import type { Metadata } from '../../contract/vectors/metadata';
import { under } from '../../contract/vectors/problem';
import type { VectorRecord } from '../../contract/vectors/record';
import { inParallel } from '../concurrency/in-parallel';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import { limitOf, withinLimit } from '../retry/call-limit';
import { unlessAborted } from '../retry/unless-aborted';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import type { DeleteReport } from './delete-error';
import { deleteKeys } from './delete-run';
import { deleteWhere } from './delete-where';
import type { DeleteWhereReport } from './delete-where';
import { encodedPutCommand } from './encoded-put';
import { shortened } from './float32-decimal';
import { expectShape, indexDescription } from './index-description';
import type { IndexDescription } from './index-description';
import { listSegments } from './list-segments';
import { PutError } from './put-error';
import { nothingRead } from './put-report';
import type { PutReport } from './put-report';
import { PutRun } from './put-run';
import type { PutOptions } from './put-run';
import { filterForQuery, predicateOf } from './query-filter';
import type { QueryFilter } from './query-filter';
import { allMatches } from './query-pages';
import { asVectorStoreError, VectorStoreError } from './vector-store-error';
import type { IndexAddress, OperationContext } from './vector-store-error';
import { sharedWriteRate, WriteRate } from './write-rate';
import type { WriteQuota } from './write-rate';

export interface VectorStoreOptions extends IndexAddress {
  /** AWS Region; default as the SDK finds it (`AWS_REGION`, profile). */
  readonly region?: string;
  /** Endpoint URL; default as the SDK finds it (`AWS_ENDPOINT_URL_S3VECTORS`, `AWS_ENDPOINT_URL`). */
  readonly endpoint?: string;
  readonly credentials?: S3VectorsClientConfig['credentials'];
  /** A client of the caller's own. Give it `maxAttempts: 1`: the store repeats what can succeed itself. */
  readonly client?: S3VectorsClient;
  /** The index's whole shape where it is known (typed stack outputs have it): GetIndex is then never needed. */
  readonly shape?: IndexShape;
  /** What the index must be like; checked with the first GetIndex. */
  readonly expected?: Partial<IndexShape>;
  /** Grammar for filters, default ENHANCED, which every bucket made since 2026-09-30 has. */
  readonly indexMode?: IndexMode;
  /** Requests under way at once in one call, 1–256; default 16 for writes and 4 for reads. */
  readonly concurrency?: number;
  /** Bytes of write requests under way at once in one call, default 64 MiB: what bounds the memory of a put. */
  readonly maxBytesUnderWay?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Write quota of the index where it is not the service's default; such a store paces itself alone. */
  readonly writeQuota?: WriteQuota;
  readonly log?: Log;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the whole call may take, waiting and repetition included; default without end. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
}

export interface QueryOptions extends CallOptions {
  /** Matches wanted, 1–10,000, default 10. */
  readonly topK?: number | undefined;
  /** `{ genre: 'drama' }`, `{ year: { $gte: 1990 } }`, `{ $or: […] }`; several conditions in one object mean all. */
  readonly filter?: QueryFilter | undefined;
  /** Default true. Needs s3vectors:GetVectors, as a filter does. */
  readonly returnMetadata?: boolean | undefined;
}

export interface QueryMatch {
  readonly key: string;
  /** Cosine: 1 − cos, 0–2. Euclidean: the distance as the service gives it. Smaller is nearer. */
  readonly distance: number;
  /** On cosine indexes the cosine itself, −1 to 1; undefined on Euclidean ones. */
  readonly similarity: number | undefined;
  /** Empty where the vector has none; undefined when it was not asked for. */
  readonly metadata: Metadata | undefined;
}

export interface GetOptions extends CallOptions {
  /** Default true. */
  readonly returnData?: boolean | undefined;
  /** Default true. */
  readonly returnMetadata?: boolean | undefined;
}

export interface StoredVector {
  readonly key: string;
  /** The components as float32 values; undefined when not asked for. */
  readonly data: readonly number[] | undefined;
  readonly metadata: Metadata | undefined;
}

export interface GetResult {
  /** What is stored, in the order of the keys that were asked for. */
  readonly vectors: readonly StoredVector[];
  /** Keys that the index does not hold, in the same order. */
  readonly missing: readonly string[];
}

export interface ListOptions extends CallOptions {
  /** Parallel segments, 1–16, default 4. */
  readonly segments?: number | undefined;
  /** Default false. Needs s3vectors:GetVectors, as metadata do. */
  readonly data?: boolean | undefined;
  /** Default false. */
  readonly metadata?: boolean | undefined;
  /** Vectors in one answer, 1–1,000, default 1,000; the service ends a page at 1 MB too. */
  readonly pageSize?: number | undefined;
}

export interface ListedVector {
  readonly key: string;
  /** Where it was asked for. */
  readonly data?: Float32Array;
  /** Where it was asked for; empty where the vector has none. */
  readonly metadata?: Metadata;
}

export interface FindOptions extends ListOptions {
  /** Allows the index's non-filterable keys in the filter, which no query does; default false. */
  readonly nonFilterable?: boolean | undefined;
}

export interface DeleteWhereOptions extends Omit<FindOptions, 'data' | 'metadata'> {
  /** Default true: nothing is deleted, the report says what would be. */
  readonly dryRun?: boolean | undefined;
  /** Keys in the report's sample, default 10. */
  readonly sampleSize?: number | undefined;
}

/** One of several queries. */
export interface QueryRequest extends Omit<QueryOptions, keyof CallOptions> {
  readonly vector: ArrayLike<number>;
}

/** An answer or an error, never both. */
export type QueryOutcome =
  | { readonly matches: QueryMatch[]; readonly error?: undefined }
  | { readonly matches?: undefined; readonly error: VectorStoreError | InvalidInputError };

export interface QueryManyOptions extends CallOptions {
  /** Queries under way at once, 1–256, default 16. */
  readonly concurrency?: number | undefined;
}

/** One GetIndex that several calls wait for. */
interface SharedDescription {
  readonly answer: Promise<IndexDescription>;
  readonly request: AbortController;
  waiting: number;
  settled: boolean;
}

const WRITE_CONCURRENCY = 16;
const READ_CONCURRENCY = 4;
const QUERY_CONCURRENCY = 16;
const MAX_BYTES_UNDER_WAY = 64 * 1024 * 1024;
const LIST_SEGMENTS = 4;
const SAMPLE_SIZE = 10;
const DEFAULT_TOP_K = 10;
/** A connection that cannot be made, and one on which nothing moves, in milliseconds: both count as transient. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 30_000 };

/** One vector index. Safe to share and meant to be kept: it holds connections and, once asked, the index's shape. */
export class VectorStore {
  readonly address: IndexAddress;
  private readonly client: S3VectorsClient;
  private readonly log: Log;
  private described: SharedDescription | undefined;
  private readonly ownRate: WriteRate | undefined;

  /** @throws InvalidInputError when a name cannot be one of S3 Vectors */
  constructor(private readonly options: VectorStoreOptions) {
    const { vectorBucketName, indexName } = options;
    refuse('vector store', [...vectorBucketNameProblems(vectorBucketName), ...indexNameProblems(indexName)]);
    this.address = { vectorBucketName, indexName };
    this.log = options.log ?? SILENT;
    this.ownRate = options.writeQuota === undefined ? undefined : new WriteRate(options.writeQuota);
    this.client =
      options.client ??
      new S3VectorsClient({
        maxAttempts: 1,
        requestHandler: TIMEOUTS,
        ...(options.region === undefined ? {} : { region: options.region }),
        ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
        ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      });
  }

  /**
   * Writes records, replacing those that exist, metadata included. A record that breaks a rule is never sent and
   * never takes others down with it: the report names it.
   * @throws PutError (with the report so far) when the source fails, the signal aborts, or nothing can be written
   */
  async put(
    records: Iterable<VectorRecord> | AsyncIterable<VectorRecord>,
    options: PutOptions = {},
  ): Promise<PutReport> {
    return withinLimit(options, (limited) => this.putWithin(records, limited));
  }

  private async putWithin(
    records: Iterable<VectorRecord> | AsyncIterable<VectorRecord>,
    options: PutOptions,
  ): Promise<PutReport> {
    const began = performance.now();
    const [shape, rate] = await Promise.all([
      this.shape({ ...options, timeoutMs: undefined }),
      this.rate('PutVectors'),
    ]).catch((thrown: unknown) => {
      if (!(thrown instanceof VectorStoreError)) throw thrown;
      const report = nothingRead((performance.now() - began) / 1000);
      const error = new PutError(thrown.code, thrown.message, report, { cause: thrown });
      this.logPut(report, error);
      throw error;
    });
    const run = new PutRun(
      {
        address: this.address,
        shape,
        rate,
        concurrency: this.options.concurrency ?? WRITE_CONCURRENCY,
        maxBytesUnderWay: this.options.maxBytesUnderWay ?? MAX_BYTES_UNDER_WAY,
        log: this.log,
        send: async (bytes, abortSignal) => {
          const { $metadata } = await this.client.send(encodedPutCommand(this.address, bytes), {
            abortSignal,
          });
          return { repeated: ($metadata.attempts ?? 1) - 1 };
        },
      },
      { ...options, retry: { ...this.options.retry, ...options.retry } },
    );
    try {
      const report = await run.over(records);
      this.logPut(report);
      return report;
    } catch (error) {
      if (error instanceof PutError) this.logPut(error.report, error);
      throw error;
    }
  }

  /**
   * The nearest vectors, nearest first. Pages are followed until `topK` are there or the index has no more.
   * @throws InvalidInputError for a vector, topK or filter that the service would refuse
   * @throws VectorStoreError
   */
  async query(vector: ArrayLike<number>, options: QueryOptions = {}): Promise<QueryMatch[]> {
    return withinLimit(options, (limited) => this.queryWithin(vector, limited));
  }

  private async queryWithin(vector: ArrayLike<number>, options: QueryOptions): Promise<QueryMatch[]> {
    const shape = await this.shape({ ...options, timeoutMs: undefined });
    const { topK = DEFAULT_TOP_K, returnMetadata = true } = options;
    refuse('query', [
      ...under('vector', componentProblems(vector, shape)).map(({ path, message }) => `${path} ${message}.`),
      ...(isWhole(topK, MIN_TOP_K, MAX_TOP_K)
        ? []
        : [`topK is ${topK}; it must be a whole number from ${MIN_TOP_K} to ${MAX_TOP_K}.`]),
    ]);
    const filter =
      options.filter === undefined
        ? undefined
        : filterForQuery(options.filter, this.grammar(shape.nonFilterableMetadataKeys));
    const input = {
      ...this.address,
      topK,
      queryVector: { float32: shortened(vector) },
      ...(filter === undefined ? {} : { filter: filter as never }),
      returnDistance: true,
      returnMetadata,
    };
    const cosine = shape.distanceMetric === 'cosine';
    return allMatches(topK, this.address, async (nextToken) => {
      const answer = await this.call(
        { operation: 'QueryVectors', readsMetadata: returnMetadata || filter !== undefined },
        options,
        (abortSignal) =>
          this.client.send(
            new QueryVectorsCommand({ ...input, ...(nextToken === undefined ? {} : { nextToken }) }),
            { abortSignal },
          ),
      );
      const matches = (answer.vectors ?? []).map((match) => {
        const distance = match.distance ?? Number.NaN;
        return {
          key: match.key ?? '',
          distance,
          similarity: cosine ? 1 - distance : undefined,
          metadata: returnMetadata ? ((match.metadata ?? {}) as Metadata) : undefined,
        };
      });
      return { matches, nextToken: answer.nextToken };
    });
  }

  /**
   * Several queries at once, outcomes in their order. A query that fails fails alone.
   * @throws VectorStoreError for what every query would meet: the index's shape cannot be learnt
   */
  async queryMany(queries: readonly QueryRequest[], options: QueryManyOptions = {}): Promise<QueryOutcome[]> {
    return withinLimit(options, async ({ concurrency = QUERY_CONCURRENCY, retry, signal }) => {
      if (queries.length === 0) return [];
      await this.shape({ retry, signal });
      return inParallel(queries, concurrency, async ({ vector, ...query }): Promise<QueryOutcome> => {
        try {
          return { matches: await this.queryWithin(vector, { ...query, retry, signal }) };
        } catch (error) {
          if (error instanceof VectorStoreError || error instanceof InvalidInputError) return { error };
          throw error;
        }
      });
    });
  }

  /**
   * Every vector of the index, in no order, over parallel segments. Pages are asked for no faster than they are
   * read; a reader that stops early ends the requests. A page token is good for minutes only: do not pause for long.
   * @throws InvalidInputError at once for impossible options; the iteration throws VectorStoreError
   */
  list(options: ListOptions = {}): AsyncIterable<ListedVector> {
    const { segments = LIST_SEGMENTS, pageSize = MAX_LIST_VECTORS_RESULTS } = options;
    refuse('list', [
      ...(isWhole(segments, 1, MAX_LIST_SEGMENTS)
        ? []
        : [`segments is ${segments}; it must be a whole number from 1 to ${MAX_LIST_SEGMENTS}.`]),
      ...(isWhole(pageSize, 1, MAX_LIST_VECTORS_RESULTS)
        ? []
        : [`pageSize is ${pageSize}; it must be a whole number from 1 to ${MAX_LIST_VECTORS_RESULTS}.`]),
    ]);
    return this.listed(options, segments, pageSize);
  }

  private async *listed(
    { data = false, metadata = false, retry, ...limits }: ListOptions,
    segments: number,
    pageSize: number,
  ): AsyncGenerator<ListedVector, void, undefined> {
    const limit = limitOf(limits);
    try {
      yield* listSegments(
        segments,
        this.address,
        async (segment, token, signal) => {
          const page = await this.call(
            { operation: 'ListVectors', readsMetadata: data || metadata },
            { retry, signal },
            (abortSignal) =>
              this.client.send(
                new ListVectorsCommand({
                  ...this.address,
                  maxResults: pageSize,
                  returnData: data,
                  returnMetadata: metadata,
                  ...(segments === 1 ? {} : { segmentCount: segments, segmentIndex: segment }),
                  ...(token === undefined ? {} : { nextToken: token }),
                }),
                { abortSignal },
              ),
          );
          const vectors = (page.vectors ?? []).map((vector): ListedVector => ({
            key: vector.key ?? '',
            ...(data ? { data: Float32Array.from(vector.data?.float32 ?? []) } : {}),
            ...(metadata ? { metadata: (vector.metadata ?? {}) as Metadata } : {}),
          }));
          return { vectors, nextToken: page.nextToken };
        },
        limit.signal,
      );
    } finally {
      limit.end();
    }
  }

  /**
   * The vectors that a filter matches, however many they are and whether near to anything or not. The service cannot
   * do that: the index is listed, all of it, and the filter evaluated here, by the same rules as those of a query.
   * Non-filterable keys are refused as a query refuses them, unless `nonFilterable` allows them.
   * @throws InvalidInputError for a filter that a query would refuse, with the first vector
   * @throws VectorStoreError
   */
  findWhere(filter: QueryFilter, options: FindOptions = {}): AsyncIterable<ListedVector> {
    const { nonFilterable = false, ...list } = options;
    return this.found(filter, nonFilterable, list);
  }

  private async *found(
    filter: QueryFilter,
    nonFilterable: boolean,
    { metadata: wanted = false, ...options }: ListOptions,
  ): AsyncGenerator<ListedVector, void, undefined> {
    const { signal, end } = limitOf(options);
    try {
      const limited = { ...options, signal, timeoutMs: undefined };
      const { nonFilterableMetadataKeys } = await this.shape(limited);
      const matches = predicateOf(filter, this.grammar(nonFilterable ? [] : nonFilterableMetadataKeys));
      for await (const { metadata = {}, ...vector } of this.list({ ...limited, metadata: true })) {
        if (matches(metadata)) yield wanted ? { ...vector, metadata } : vector;
      }
    } finally {
      end();
    }
  }

  /**
   * Deletes the vectors that a filter matches, found as `findWhere` finds them. Without `dryRun: false` it only says
   * how many they are. All of the index is listed before anything is deleted; what is put meanwhile may be missed,
   * and a vector that was replaced after it was listed is deleted all the same.
   * @throws InvalidInputError, VectorStoreError before anything is deleted
   * @throws DeleteError (its report a DeleteWhereReport) naming every key that matched and was not deleted
   */
  async deleteWhere(filter: QueryFilter, options: DeleteWhereOptions = {}): Promise<DeleteWhereReport> {
    return withinLimit(options, ({ dryRun = true, sampleSize = SAMPLE_SIZE, ...find }) => {
      const limited = { ...find, timeoutMs: undefined };
      return deleteWhere({
        matches: this.findWhere(filter, limited),
        dryRun,
        sampleSize,
        delete: (keys) => this.delete(keys, limited),
      });
    });
  }

  /**
   * Vectors by key, any number of keys.
   * @throws InvalidInputError for a key that cannot exist
   * @throws VectorStoreError
   */
  async get(keys: readonly string[], options: GetOptions = {}): Promise<GetResult> {
    refuse('keys', keysProblems(keys));
    return withinLimit(options, (limited) => this.getWithin(keys, limited));
  }

  private async getWithin(keys: readonly string[], options: GetOptions): Promise<GetResult> {
    const { returnData = true, returnMetadata = true } = options;
    const wanted = [...new Set(keys)];
    const answers = await inParallel(
      chunks(wanted, MAX_KEYS_PER_GET),
      this.options.concurrency ?? READ_CONCURRENCY,
      (chunk) =>
        this.call({ operation: 'GetVectors' }, options, (abortSignal) =>
          this.client.send(
            new GetVectorsCommand({ ...this.address, keys: chunk, returnData, returnMetadata }),
            { abortSignal },
          ),
        ),
    );
    // The service answers in an order of its own and leaves out what it does not hold.
    const stored = new Map(
      answers
        .flatMap(({ vectors }) => vectors ?? [])
        .map((vector) => [
          vector.key ?? '',
          {
            key: vector.key ?? '',
            data: returnData ? (vector.data?.float32 ?? []) : undefined,
            metadata: returnMetadata ? ((vector.metadata ?? {}) as Metadata) : undefined,
          },
        ]),
    );
    return {
      vectors: keys.flatMap((key) => stored.get(key) ?? []),
      missing: wanted.filter((key) => !stored.has(key)),
    };
  }

  /**
   * Deletes vectors by key, any number of keys, from a list or a stream. Keys that the index does not hold count as
   * deleted, as the service does not tell them apart. A list is checked as a whole before anything is deleted; a key
   * of a stream that cannot exist is reported, and the others are deleted.
   * @throws InvalidInputError for a list with a key that cannot exist
   * @throws DeleteError naming every key that was not deleted
   */
  async delete(
    keys: Iterable<string> | AsyncIterable<string>,
    options: CallOptions = {},
  ): Promise<DeleteReport> {
    if (Array.isArray(keys)) refuse('keys', keysProblems(keys));
    const rate = await this.rate('DeleteVectors');
    return withinLimit(options, ({ retry, signal }) =>
      deleteKeys(Array.isArray(keys) ? new Set<string>(keys) : keys, {
        concurrency: this.options.concurrency ?? WRITE_CONCURRENCY,
        signal,
        send: (chunk) => {
          let waitedMs = 0;
          return this.call(
            { operation: 'DeleteVectors' },
            { retry, signal },
            (abortSignal) =>
              rate.paced(
                chunk.length,
                abortSignal,
                () =>
                  this.client.send(new DeleteVectorsCommand({ ...this.address, keys: [...chunk] }), {
                    abortSignal,
                  }),
                (waited) => (waitedMs += waited),
              ),
            () => waitedMs,
          );
        },
      }),
    );
  }

  /**
   * The index as the service describes it, asked once and checked against `expected`.
   * @throws VectorStoreError `INDEX_MISMATCH`, `INDEX_NOT_FOUND`, `ACCESS_DENIED`, …
   */
  describe(options: CallOptions = {}): Promise<IndexDescription> {
    return withinLimit(options, async ({ retry, signal }) => {
      try {
        signal?.throwIfAborted();
        this.described ??= this.beginDescription(retry);
        return await this.waitFor(this.described, signal);
      } catch (thrown) {
        throw asVectorStoreError(thrown, { ...this.address, operation: 'GetIndex', signal });
      }
    });
  }

  /** Closes the connections; the store cannot be used any more. */
  close(): void {
    this.client.destroy();
  }

  private beginDescription(retry: Partial<RetryPolicy> | undefined): SharedDescription {
    const request = new AbortController();
    const answer = this.fetchDescription(retry, request.signal);
    const shared: SharedDescription = { answer, request, waiting: 0, settled: false };
    answer.then(
      () => (shared.settled = true),
      () => {
        shared.settled = true;
        if (this.described === shared) this.described = undefined;
      },
    );
    return shared;
  }

  /** Others may wait for the same answer: one caller's signal ends only its own waiting, and the last one's the request. */
  private async waitFor(
    shared: SharedDescription,
    signal: AbortSignal | undefined,
  ): Promise<IndexDescription> {
    shared.waiting += 1;
    try {
      return await unlessAborted(shared.answer, signal);
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0 && !shared.settled) {
        if (this.described === shared) this.described = undefined;
        shared.request.abort();
      }
    }
  }

  private async fetchDescription(
    retry: Partial<RetryPolicy> | undefined,
    signal: AbortSignal,
  ): Promise<IndexDescription> {
    const answer = await this.call({ operation: 'GetIndex' }, { retry, signal }, (abortSignal) =>
      this.client.send(new GetIndexCommand(this.address), { abortSignal }),
    );
    const description = indexDescription(answer, this.address);
    expectShape(description, { ...this.options.shape, ...this.options.expected });
    return description;
  }

  /** The shape that was given, or else that of `describe`. */
  async shape(options: CallOptions = {}): Promise<IndexShape> {
    return this.options.shape ?? (await this.describe(options)).shape;
  }

  private async rate(operation: string): Promise<WriteRate> {
    if (this.ownRate !== undefined) return this.ownRate;
    try {
      const region = await this.client.config.region();
      return sharedWriteRate({ ...this.address, region, endpoint: this.options.endpoint });
    } catch (thrown) {
      throw asVectorStoreError(thrown, { ...this.address, operation });
    }
  }

  private grammar(nonFilterableKeys: readonly string[]): FilterOptions {
    return { nonFilterableKeys, mode: this.options.indexMode ?? 'ENHANCED' };
  }

  private async call<T>(
    context: Pick<OperationContext, 'operation' | 'readsMetadata'>,
    options: CallOptions,
    send: (abortSignal: AbortSignal | undefined) => Promise<T>,
    waitedMs?: () => number,
  ): Promise<T> {
    const { signal } = options;
    try {
      return await withRetries(() => send(signal), {
        policy: { ...this.options.retry, ...options.retry },
        signal,
        waitedMs,
      });
    } catch (thrown) {
      const error = asVectorStoreError(thrown, {
        ...this.address,
        ...context,
        signal,
      });
      if (context.operation !== 'DeleteVectors') {
        this.log.error(
          { ...this.address, operation: context.operation, code: error.code },
          'vector_retrieve_failed',
        );
      }
      throw error;
    }
  }

  private logPut(report: PutReport, error?: PutError): void {
    const { written, failed, batches, retries, throttled, bytes, seconds } = report;
    const fields = {
      ...this.address,
      written,
      failed: failed.length,
      batches,
      retries,
      throttled,
      bytes,
      seconds,
    };
    if (error === undefined && failed.length === 0) {
      this.log.info(fields, 'vector_stored');
    } else {
      const codes = [
        ...new Set([...(error === undefined ? [] : [error.code]), ...failed.map(({ code }) => code)]),
      ];
      this.log.error({ ...fields, codes }, 'vector_store_failed');
    }
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function keysProblems(keys: readonly string[]): string[] {
  return keys.flatMap((key, position) =>
    under(`key ${position}`, keyProblems(key)).map(({ path, message }) => `${path} ${message}.`),
  );
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
    items.slice(chunk * size, (chunk + 1) * size),
  );
}
