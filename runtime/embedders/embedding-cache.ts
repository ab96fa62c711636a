// Vectors of texts that were embedded before. An entry says everything that its vector depends on and a checksum, so
// that one which was damaged, or belongs to something else, is made again and never used.
import { createHash } from 'node:crypto';
import type { EmbeddingPurpose } from './embedder';

/** What decides a vector: the same four always give the same. */
export interface CacheSubject {
  readonly modelId: string;
  readonly dimension: number;
  readonly purpose: EmbeddingPurpose;
  /** Truncation, normalisation, … as the embedder names them. */
  readonly variant: string;
  /** SHA-256 of the text's UTF-8 bytes, as hex. The text itself is in no cache. */
  readonly textHash: string;
}

export interface CacheEntry extends CacheSubject {
  readonly vector: readonly number[];
  readonly truncated: boolean;
  /** SHA-256 of the vector's JSON, as hex. */
  readonly checksum: string;
}

/** Where entries are kept. What it throws costs the entry, never the embedding. */
export interface EmbeddingCache {
  /** What is kept under a key, unchecked; undefined where nothing is. */
  get(key: string, signal?: AbortSignal): Promise<unknown>;
  put(key: string, entry: CacheEntry, signal?: AbortSignal): Promise<void>;
}

/** 64 hexadecimal digits: fit for a file name and an object key. */
export function cacheKey({ modelId, dimension, purpose, variant, textHash }: CacheSubject): string {
  return sha256(JSON.stringify([modelId, dimension, purpose, variant, textHash]));
}

export function cacheEntry(subject: CacheSubject, vector: readonly number[], truncated: boolean): CacheEntry {
  return { ...subject, vector, truncated, checksum: sha256(JSON.stringify(vector)) };
}

/** Why an entry cannot be used for a subject; undefined when it can. */
export function entryProblem(value: unknown, subject: CacheSubject): string | undefined {
  if (typeof value !== 'object' || value === null) return `it is ${value === null ? 'null' : typeof value}`;
  const entry = value as Partial<Record<keyof CacheEntry, unknown>>;
  for (const name of ['modelId', 'dimension', 'purpose', 'variant', 'textHash'] as const) {
    if (entry[name] !== subject[name]) return `its ${name} is another`;
  }
  if (!Array.isArray(entry.vector) || entry.vector.length !== subject.dimension) {
    return `its vector does not have ${subject.dimension} numbers`;
  }
  if (!entry.vector.every(Number.isFinite)) return 'its vector holds something that is no number';
  if (typeof entry.truncated !== 'boolean') return 'it does not say whether the text was cut';
  return entry.checksum === sha256(JSON.stringify(entry.vector)) ? undefined : 'its checksum is wrong';
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
