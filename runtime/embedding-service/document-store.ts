// Where documents lie: an index of S3 Vectors, or an embedding archive in S3. What differs between the two for a
// service is here; embedding, checking and reporting are the same for both.
import type { Metadata } from '../../contract/vectors/metadata';
import type { Problem } from '../../contract/vectors/problem';
import type { VectorRecord } from '../../contract/vectors/record';
import type { Embedder } from '../embedders/embedder';
import { RuntimeError } from '../runtime-error';
import type { CallOptions, QueryOptions } from '../vector-store/vector-store';
import type { Document, StoredDocument } from './document';
import type { DocumentFailureCode } from './store-report';

export interface FoundDocument {
  readonly id: string;
  /** Undefined where the vector was not stored as a document, or under another text key. */
  readonly text: string | undefined;
  readonly textTruncated: boolean;
  /** In an archive that others write to, it may be nested and hold null. */
  readonly metadata: Metadata;
}

export interface SearchResult extends FoundDocument {
  /** The cosine, −1 to 1; undefined on Euclidean indexes. */
  readonly similarity: number | undefined;
  readonly distance: number;
}

export type SearchOptions = Pick<QueryOptions, 'topK' | 'filter' | 'signal'>;

/** A document with its vector and what of it is kept as metadata. */
export interface DocumentRecord extends VectorRecord {
  readonly text: string;
}

/** Says how a document would be kept, and everything that speaks against it. */
export type Admission = (document: Document) => StoredDocument & { readonly problems: readonly Problem[] };

export interface WriteFailure {
  readonly key: string | undefined;
  /** Place among the records. */
  readonly position: number;
  readonly code: DocumentFailureCode;
  readonly reason: string;
  readonly uncertain?: boolean | undefined;
}

export interface WriteReport {
  /** Records taken; those that are not in `failed` are written. */
  readonly read: number;
  readonly failed: readonly WriteFailure[];
}

/** Writing had to end before the records did. */
export class WriteEnded extends RuntimeError<DocumentFailureCode> {
  override readonly name = 'WriteEnded';

  constructor(
    code: DocumentFailureCode,
    message: string,
    readonly report: WriteReport,
    options: { readonly cause?: unknown },
  ) {
    super(code, message, options);
  }
}

export interface DocumentStore {
  /** Names of bucket and index, for logs. */
  readonly address: Readonly<Record<string, string>>;
  /** @throws InvalidInputError when the embedder's vectors do not fit */
  admission(embedder: Embedder, options: CallOptions): Promise<Admission>;
  /** @throws WriteEnded with the report so far */
  write(
    records: AsyncIterable<DocumentRecord>,
    embedder: Embedder,
    options: CallOptions,
  ): Promise<WriteReport>;
  search(vector: readonly number[], embedder: Embedder, options: SearchOptions): Promise<SearchResult[]>;
  get(
    ids: readonly string[],
    embedder: Embedder,
    options: CallOptions,
  ): Promise<{ readonly documents: readonly FoundDocument[]; readonly missing: readonly string[] }>;
}
