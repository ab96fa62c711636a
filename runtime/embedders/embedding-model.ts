// What differs between embedding models: who serves them, ids, dimensions, limits, and the two JSON bodies.
import type { EmbeddingPurpose, TruncationPolicy } from './embedder';

export interface ModelRequest {
  readonly texts: readonly string[];
  readonly dimension: number;
  readonly purpose: EmbeddingPurpose;
  readonly truncation: TruncationPolicy;
  /** Whether vectors shall have length 1, where the model leaves that to the caller. */
  readonly normalize: boolean;
}

export interface ModelAnswer {
  /** One vector for every text of the request, in order. */
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens?: number | undefined;
  /** Whether the model itself left out the end of the (single) text. */
  readonly truncated?: boolean | undefined;
}

export interface EmbeddingModel {
  /** The base id, without the Region prefix of an inference profile. */
  readonly id: string;
  readonly provider: 'bedrock' | 'gemini';
  /** Dimensions that can be asked for; the first is the default. */
  readonly dimensions: readonly [number, ...number[]];
  /** Texts in one call. */
  readonly textsPerCall: number;
  /** Characters in one text. The limit on tokens only the model itself can tell. */
  readonly maxCharacters: number;
  /** UTF-8 bytes in one text, where those are what bounds its tokens. */
  readonly maxBytes?: number | undefined;
  /** Whether the model can be asked for vectors that are not normalised. */
  readonly normalizes?: boolean | undefined;
  request(request: ModelRequest): Readonly<Record<string, unknown>>;
  /** Returns undefined for an answer that is none of this model's. */
  answer(body: unknown): ModelAnswer | undefined;
}

/** Whether a value is a vector: an array of numbers. */
export function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((component) => typeof component === 'number');
}

/** A member of a value that may be no object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
