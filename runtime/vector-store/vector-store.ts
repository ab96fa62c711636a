// A vector index of Amazon S3 Vectors, as a service uses it: put, get, query, delete, describe.
// The AWS SDK signs, resolves endpoints and credentials and reads the answers. What it leaves to its callers is done
// here: limits of a request, quotas of an index, pages, checks before anything is sent, and which failures to repeat.
import {
  DeleteVectorsCommand,
  GetIndexCommand,
  GetVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import type { S3VectorsClientConfig } from '@aws-sdk/client-s3vectors';
import { refuse } from '../../contract/invalid-input';
import type { IndexShape } from '../../contract/index-shape';
import { MAX_KEYS_PER_DELETE, MAX_KEYS_PER_GET, MAX_TOP_K, MIN_TOP_K } from '../../contract/limits';
import { indexNameProblems, vectorBucketNameProblems } from '../../contract/names';
import { componentProblems } from '../../contract/vectors/components';
import type { IndexMode } from '../../contract/vectors/filter';
import { keyProblems } from '../../contract/vectors/key';
import type { Metadata } from '../../contract/vectors/metadata';
import { under } from '../../contract/vectors/problem';
import type { VectorRecord } from '../../contract/vectors/record';
import { inParallel } from '../concurrency/in-parallel';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import { unlessAborted } from '../retry/unless-aborted';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import { DeleteError } from './delete-error';
import type { DeleteFailure, DeleteReport } from './delete-error';
import { encodedPutCommand } from './encoded-put';
import { shortened } from './float32-decimal';
import { expectShape, indexDescription } from './index-description';
import type { IndexDescription } from './index-description';
import { PutError } from './put-error';
import type { PutReport } from './put-report';
import { PutRun } from './put-run';
import type { PutOptions } from './put-run';
import { filterForQuery } from './query-filter';
import type { QueryFilter } from './query-filter';
import { allMatches } from './query-pages';
import { asVectorStoreError } from './vector-store-error';
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
  /** Requests under way at once in one call, default 4. */
  readonly concurrency?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Write quota of the index where it is not the service's default; such a store paces itself alone. */
  readonly writeQuota?: WriteQuota;
  readonly log?: Log;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
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

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_TOP_K = 10;
/** A connection that cannot be made, and one on which nothing moves, in milliseconds: both count as transient. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 30_000 };

/** One vector index. Safe to share and meant to be kept: it holds connections and, once asked, the index's shape. */
export class VectorStore {
  readonly address: IndexAddress;
  private readonly client: S3VectorsClient;
  private readonly log: Log;
  private described: Promise<IndexDescription> | undefined;
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
    const [shape, region] = await Promise.all([this.shape(options), this.region()]);
    const run = new PutRun(
      {
        address: this.address,
        shape,
        rate: this.rate(region),
        concurrency: this.options.concurrency ?? DEFAULT_CONCURRENCY,
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
    const shape = await this.shape(options);
    const { topK = DEFAULT_TOP_K, returnMetadata = true } = options;
    refuse('query', [
      ...under('vector', componentProblems(vector, shape)).map(({ path, message }) => `${path} ${message}.`),
      ...(Number.isInteger(topK) && topK >= MIN_TOP_K && topK <= MAX_TOP_K
        ? []
        : [`topK is ${topK}; it must be a whole number from ${MIN_TOP_K} to ${MAX_TOP_K}.`]),
    ]);
    const filter =
      options.filter === undefined
        ? undefined
        : filterForQuery(options.filter, {
            nonFilterableKeys: shape.nonFilterableMetadataKeys,
            mode: this.options.indexMode ?? 'ENHANCED',
          });
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
   * Vectors by key, any number of keys.
   * @throws InvalidInputError for a key that cannot exist
   * @throws VectorStoreError
   */
  async get(keys: readonly string[], options: GetOptions = {}): Promise<GetResult> {
    refuse('keys', keysProblems(keys));
    const { returnData = true, returnMetadata = true } = options;
    const wanted = [...new Set(keys)];
    const answers = await inParallel(chunks(wanted, MAX_KEYS_PER_GET), this.concurrency, (chunk) =>
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
   * Deletes vectors by key, any number of keys. Keys that the index does not hold count as deleted, as the service
   * does not tell them apart.
   * @throws InvalidInputError for a key that cannot exist
   * @throws DeleteError naming every key that was not deleted
   */
  async delete(keys: readonly string[], options: CallOptions = {}): Promise<DeleteReport> {
    refuse('keys', keysProblems(keys));
    const rate = this.rate(await this.region());
    const wanted = [...new Set(keys)];
    const outcomes = await inParallel(
      chunks(wanted, MAX_KEYS_PER_DELETE),
      this.concurrency,
      async (chunk) => {
        try {
          await this.call({ operation: 'DeleteVectors' }, options, async (abortSignal) => {
            await rate.take(chunk.length, abortSignal);
            return this.client.send(new DeleteVectorsCommand({ ...this.address, keys: chunk }), {
              abortSignal,
            });
          });
          return { chunk, error: undefined };
        } catch (thrown) {
          return {
            chunk,
            error: asVectorStoreError(thrown, { ...this.address, operation: 'DeleteVectors' }),
          };
        }
      },
    );
    const failed = outcomes.flatMap(({ chunk, error }): DeleteFailure[] =>
      error === undefined ? [] : chunk.map((key) => ({ key, code: error.code, reason: error.message })),
    );
    const report = { deleted: wanted.length - failed.length, failed };
    const [error] = outcomes.flatMap((outcome) => outcome.error ?? []);
    if (error !== undefined) throw new DeleteError(error, report);
    return report;
  }

  /**
   * The index as the service describes it, asked once and checked against `expected`.
   * @throws VectorStoreError `INDEX_MISMATCH`, `INDEX_NOT_FOUND`, `ACCESS_DENIED`, …
   */
  describe(options: CallOptions = {}): Promise<IndexDescription> {
    this.described ??= this.fetchDescription(options.retry).catch((error: unknown) => {
      this.described = undefined;
      throw error;
    });
    // Others may wait for the same answer: one caller's signal ends only its own waiting.
    return unlessAborted(this.described, options.signal).catch((thrown: unknown) => {
      throw asVectorStoreError(thrown, {
        ...this.address,
        operation: 'GetIndex',
        aborted: options.signal?.aborted === true,
      });
    });
  }

  /** Closes the connections; the store cannot be used any more. */
  close(): void {
    this.client.destroy();
  }

  private async fetchDescription(retry: Partial<RetryPolicy> | undefined): Promise<IndexDescription> {
    const answer = await this.call({ operation: 'GetIndex' }, { retry }, () =>
      this.client.send(new GetIndexCommand(this.address)),
    );
    const description = indexDescription(answer, this.address);
    expectShape(description, { ...this.options.shape, ...this.options.expected });
    return description;
  }

  /** The shape that was given, or else that of `describe`. */
  async shape(options: CallOptions = {}): Promise<IndexShape> {
    return this.options.shape ?? (await this.describe(options)).shape;
  }

  private async region(): Promise<string> {
    try {
      return await this.client.config.region();
    } catch (thrown) {
      throw asVectorStoreError(thrown, { ...this.address, operation: 'PutVectors' });
    }
  }

  private rate(region: string): WriteRate {
    return this.ownRate ?? sharedWriteRate({ ...this.address, region });
  }

  private get concurrency(): number {
    return this.options.concurrency ?? DEFAULT_CONCURRENCY;
  }

  private async call<T>(
    context: Pick<OperationContext, 'operation' | 'readsMetadata'>,
    options: CallOptions,
    send: (abortSignal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    try {
      return await withRetries(() => send(signal), {
        policy: { ...this.options.retry, ...options.retry },
        signal,
      });
    } catch (thrown) {
      const error = asVectorStoreError(thrown, {
        ...this.address,
        ...context,
        aborted: signal?.aborted === true,
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
    const { written, failed, batches, retries, bytes, seconds } = report;
    const fields = { ...this.address, written, failed: failed.length, batches, retries, bytes, seconds };
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
