// Documents in, documents out: what a service needs of embeddings without ever seeing a vector.
import type { IndexShape } from '../../contract/index-shape';
import { InvalidInputError } from '../../contract/invalid-input';
import type { Metadata } from '../../contract/vectors/metadata';
import type { Embedder } from '../embedders/embedder';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import type { CallOptions, QueryOptions, VectorStore } from '../vector-store/vector-store';
import { VectorStoreError } from '../vector-store/vector-store-error';
import { readDocument, textKeyOf } from './document';
import type { Document } from './document';
import { StoreRun } from './store-run';
import type { StoreOptions } from './store-run';
import type { StoreReport } from './store-report';

export interface EmbeddingServiceOptions {
  readonly store: VectorStore;
  readonly embedder: Embedder;
  /** Metadata key that holds the text; default `textKeyOf` the index. Reader and writer must agree on it. */
  readonly textKey?: string;
  readonly log?: Log;
}

export interface FoundDocument {
  readonly id: string;
  /** Undefined where the vector was not stored as a document, or under another text key. */
  readonly text: string | undefined;
  readonly textTruncated: boolean;
  readonly metadata: Metadata;
}

export interface SearchResult extends FoundDocument {
  /** The cosine, −1 to 1; undefined on Euclidean indexes. */
  readonly similarity: number | undefined;
  readonly distance: number;
}

export type SearchOptions = Pick<QueryOptions, 'topK' | 'filter' | 'signal'>;

/** Ids named in one line of the log. */
const MAX_LOGGED_IDS = 10;

/** Generates, stores and finds documents in one index with one model. */
export class EmbeddingService {
  private readonly log: Log;

  constructor(private readonly options: EmbeddingServiceOptions) {
    this.log = options.log ?? SILENT;
  }

  /**
   * Embeds and writes documents, replacing those that exist. What cannot be stored is in the report, document by
   * document; the others are stored all the same.
   * @throws StoreError (with the report so far) when storing had to end before the documents did
   * @throws InvalidInputError when model and index do not fit
   */
  async store(
    documents: Iterable<Document> | AsyncIterable<Document>,
    options: StoreOptions = {},
  ): Promise<StoreReport> {
    const { store, embedder } = this.options;
    const { shape, textKey } = await this.index(options);
    return new StoreRun({ store, embedder, shape, textKey, log: this.log }, options).over(documents);
  }

  /**
   * The documents nearest to a text in meaning, nearest first.
   * @throws EmbeddingError when the query has no vector
   * @throws InvalidInputError for a topK or filter that the service would refuse
   * @throws VectorStoreError
   */
  async search(query: string, options: SearchOptions = {}): Promise<SearchResult[]> {
    const { store, embedder } = this.options;
    const began = performance.now();
    const { textKey } = await this.index(options);
    const [outcome] = await embedder.embed([query], 'query', { signal: options.signal });
    if (outcome?.embedding === undefined) {
      throw outcome?.error ?? new VectorStoreError('UNEXPECTED_ANSWER', 'the embedder returned no outcome.');
    }
    const { vector, truncated } = outcome.embedding;
    this.log.debug(
      { model: embedder.modelId, dimension: embedder.dimension, purpose: 'query', count: 1, truncated },
      'embedding_generated',
    );
    const matches = await store.query(vector, { ...options, returnMetadata: true });
    const fields = { ...store.address, count: matches.length, seconds: (performance.now() - began) / 1000 };
    if (matches.length === 0) this.log.warn(fields, 'vector_not_found');
    else this.log.info(fields, 'vector_retrieved');
    return matches.map(({ key, similarity, distance, metadata }) => ({
      id: key,
      similarity,
      distance,
      ...readDocument(metadata ?? {}, textKey),
    }));
  }

  /**
   * Documents by id, in the order of the ids; those that the index does not hold are named.
   * @throws InvalidInputError for an id that cannot exist
   * @throws VectorStoreError
   */
  async get(
    ids: readonly string[],
    options: CallOptions = {},
  ): Promise<{ readonly documents: readonly FoundDocument[]; readonly missing: readonly string[] }> {
    const { store } = this.options;
    const { textKey } = await this.index(options);
    const { vectors, missing } = await store.get(ids, {
      ...options,
      returnData: false,
      returnMetadata: true,
    });
    this.log.info({ ...store.address, count: vectors.length }, 'vector_retrieved');
    if (missing.length > 0) {
      const ids = missing.slice(0, MAX_LOGGED_IDS);
      this.log.warn({ ...store.address, count: missing.length, ids }, 'vector_not_found');
    }
    return {
      documents: vectors.map(({ key, metadata }) => ({ id: key, ...readDocument(metadata ?? {}, textKey) })),
      missing,
    };
  }

  private async index(options: {
    readonly signal?: AbortSignal | undefined;
  }): Promise<{ readonly shape: IndexShape; readonly textKey: string }> {
    const { store, embedder, textKey } = this.options;
    const shape = await store.shape(options);
    if (shape.dimension !== embedder.dimension) {
      throw new InvalidInputError('embedding service', [
        `${embedder.modelId} makes vectors of ${embedder.dimension} dimensions and index "${store.address.indexName}" ` +
          `holds ${shape.dimension}: set VECTOR_DIMENSION to ${shape.dimension} where the model offers it, or choose another model or index.`,
      ]);
    }
    return { shape, textKey: textKey ?? textKeyOf(shape) };
  }
}
