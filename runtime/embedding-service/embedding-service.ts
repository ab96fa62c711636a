// Documents in, documents out: what a service needs of embeddings without ever seeing a vector, over an index of
// S3 Vectors or an embedding archive.
import type { Embedder, Embedding, EmbedOptions, EmbeddingPurpose } from '../embedders/embedder';
import { EmbeddingError } from '../embedders/embedding-error';
import { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import { SILENT } from '../logging/log';
import type { Log } from '../logging/log';
import type { CallOptions, VectorStore } from '../vector-store/vector-store';
import type { Document } from './document';
import type { DocumentStore, FoundDocument, SearchOptions, SearchResult } from './document-store';
import { documentsInArchive } from './documents-in-archive';
import { documentsInIndex } from './documents-in-index';
import { StoreRun } from './store-run';
import type { StoreOptions } from './store-run';
import type { StoreReport } from './store-report';

export type { FoundDocument, SearchOptions, SearchResult } from './document-store';

export interface EmbeddingServiceOptions {
  readonly store: VectorStore | EmbeddingArchive;
  readonly embedder: Embedder;
  /** In an index: metadata key that holds the text; default `textKeyOf` the index. Reader and writer must agree on it. */
  readonly textKey?: string;
  readonly log?: Log;
}

/** Generates, stores and finds documents in one store with one model. */
export class EmbeddingService {
  private readonly log: Log;
  private readonly documents: DocumentStore;

  constructor(private readonly options: EmbeddingServiceOptions) {
    this.log = options.log ?? SILENT;
    this.documents =
      options.store instanceof EmbeddingArchive
        ? documentsInArchive(options.store, this.log)
        : documentsInIndex(options.store, options.textKey, this.log);
  }

  /**
   * The embedding of a text, stored nowhere.
   * @throws EmbeddingError when the text has none
   */
  async generate(
    text: string,
    purpose: EmbeddingPurpose = 'document',
    options: EmbedOptions = {},
  ): Promise<Embedding> {
    const { embedder } = this.options;
    const [outcome] = await embedder.embed([text], purpose, options);
    if (outcome?.embedding === undefined) {
      throw outcome?.error ?? new EmbeddingError('UNEXPECTED_ANSWER', 'the embedder returned no outcome.');
    }
    this.log.debug(
      {
        model: embedder.modelId,
        dimension: embedder.dimension,
        purpose,
        count: 1,
        truncated: outcome.embedding.truncated,
      },
      'embedding_generated',
    );
    return outcome.embedding;
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
    const { embedder } = this.options;
    const admission = await this.documents.admission(embedder, options);
    return new StoreRun({ store: this.documents, embedder, admission, log: this.log }, options).over(
      documents,
    );
  }

  /**
   * The documents nearest to a text in meaning, nearest first. In an archive every object is read, and those that
   * cannot be compared are logged (`vector_retrieve_failed`).
   * @throws EmbeddingError when the query has no vector
   * @throws InvalidInputError for a topK or filter that the service would refuse, or a model that does not fit
   * @throws VectorStoreError or ArchiveError
   */
  async search(query: string, options: SearchOptions = {}): Promise<SearchResult[]> {
    const { embedder } = this.options;
    // Before the text is paid for.
    await this.documents.admission(embedder, options);
    const { vector } = await this.generate(query, 'query', { signal: options.signal });
    return this.documents.search(vector, embedder, options);
  }

  /**
   * Documents by id, in the order of the ids; those that the store does not hold are named.
   * @throws InvalidInputError for an id that cannot exist
   * @throws VectorStoreError or ArchiveError
   */
  async get(
    ids: readonly string[],
    options: CallOptions = {},
  ): Promise<{ readonly documents: readonly FoundDocument[]; readonly missing: readonly string[] }> {
    return this.documents.get(ids, this.options.embedder, options);
  }
}
