// What turns text into vectors. One text's failure is its own: the others of the call are not lost with it.
import type { EmbeddingError } from './embedding-error';

/** Some models place what is stored and what is asked differently; the wrong purpose costs search quality silently. */
export type EmbeddingPurpose = 'document' | 'query';

/** What happens to a text that is longer than the model reads: an error, or its end is left out and that is said. */
export type TruncationPolicy = 'refuse' | 'end';

export interface Embedding {
  /** As many numbers as the embedder's dimension. */
  readonly vector: readonly number[];
  /** True where the vector stands for the beginning of the text only. */
  readonly truncated: boolean;
  /** Tokens that the model counted and bills, where it says so. */
  readonly inputTokens: number | undefined;
  /** True where a cache gave it; nothing was billed then. */
  readonly cached?: boolean | undefined;
}

export type EmbeddingOutcome =
  | { readonly embedding: Embedding; readonly error?: undefined }
  | { readonly embedding?: undefined; readonly error: EmbeddingError };

export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Embedder {
  readonly modelId: string;
  readonly dimension: number;
  /** Whatever else decides what a text’s vector is (truncation, normalisation), for caches; absent means nothing. */
  readonly variant?: string | undefined;
  /** One outcome for every text, in the same order; rejects only when the signal aborts. */
  embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    options?: EmbedOptions,
  ): Promise<EmbeddingOutcome[]>;
}
