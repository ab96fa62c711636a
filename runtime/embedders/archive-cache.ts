// A cache in S3, shared by all instances of a service: entries are objects of an embedding archive.
import type { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import type { EmbeddingCache } from './embedding-cache';

/** @param archive with a prefix of its own (`embedding-cache/`), so that no search meets the entries */
export function archiveCache(archive: EmbeddingArchive): EmbeddingCache {
  return {
    get: async (key, signal) => {
      const found = await archive.retrieve(key, { signal });
      return found === undefined ? undefined : { ...found.metadata, vector: found.embedding };
    },
    put: async (key, { vector, ...rest }, signal) => {
      await archive.store(key, { embedding: vector, model: rest.modelId, metadata: rest }, { signal });
    },
  };
}
