// What became of each document of one `store`.
import type { EmbeddingErrorCode } from '../embedders/embedding-error';
import type { ArchiveErrorCode } from '../embedding-archive/archive-error';
import { RuntimeError } from '../runtime-error';
import type { PutFailureCode } from '../vector-store/put-report';

export type DocumentFailureCode =
  'INVALID_DOCUMENT' | 'DUPLICATE_ID' | EmbeddingErrorCode | PutFailureCode | ArchiveErrorCode;

export type DocumentOutcome =
  | {
      readonly id: string;
      readonly stored: true;
      /** True where the store holds only the beginning of the text. */
      readonly textTruncated: boolean;
      /** True where the vector stands for the beginning of the text only. */
      readonly embeddingTruncated: boolean;
    }
  | {
      /** Undefined where even the id is no string. */
      readonly id: string | undefined;
      readonly stored: false;
      readonly code: DocumentFailureCode;
      readonly reason: string;
      /** True where the document may be stored although no answer said so; storing it again is safe. */
      readonly uncertain?: boolean;
    };

export interface StoreReport {
  readonly stored: number;
  readonly failed: number;
  /** One outcome for every document that was read, in their order. */
  readonly documents: readonly DocumentOutcome[];
  /** Tokens that the model counted; undefined where it does not say (Nova, Cohere). */
  readonly inputTokens: number | undefined;
  readonly seconds: number;
}

/** Thrown when storing had to end early; every document that had been read is in `report`. */
export class StoreError extends RuntimeError<DocumentFailureCode> {
  override readonly name = 'StoreError';

  constructor(
    code: DocumentFailureCode,
    message: string,
    readonly report: StoreReport,
    options: { readonly cause?: unknown },
  ) {
    super(code, message, options);
  }
}
