// A cache for one process: the entries that were used last.
import { refuse } from '../../contract/invalid-input';
import type { CacheEntry, EmbeddingCache } from './embedding-cache';

/**
 * @param options.maxEntries default 1,000: about 25 MB at 3,072 dimensions
 * @throws InvalidInputError when it is no positive whole number
 */
export function memoryCache({ maxEntries = 1_000 }: { readonly maxEntries?: number } = {}): EmbeddingCache {
  refuse(
    'memory cache',
    Number.isInteger(maxEntries) && maxEntries > 0
      ? []
      : [`maxEntries is ${maxEntries}; it must be a whole number of at least 1.`],
  );
  // A Map keeps the order of insertion: the first entry is the one unused for longest.
  const entries = new Map<string, CacheEntry>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return Promise.resolve(entry);
    },
    put: (key, entry) => {
      entries.delete(key);
      entries.set(key, entry);
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
      return Promise.resolve();
    },
  };
}
