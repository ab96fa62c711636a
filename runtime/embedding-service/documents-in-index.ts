// Documents in an index of S3 Vectors: the text is one key of the vector's metadata.
import type { IndexShape } from '../../contract/index-shape';
import { InvalidInputError } from '../../contract/invalid-input';
import type { Embedder } from '../embedders/embedder';
import type { Log } from '../logging/log';
import { PutError } from '../vector-store/put-error';
import type { CallOptions, VectorStore } from '../vector-store/vector-store';
import { documentMetadata, readDocument, textKeyOf } from './document';
import type { DocumentStore } from './document-store';
import { WriteEnded } from './document-store';

/** Ids named in one line of the log. */
const MAX_LOGGED_IDS = 10;

/** @param givenTextKey metadata key that holds the text; default `textKeyOf` the index */
export function documentsInIndex(
  store: VectorStore,
  givenTextKey: string | undefined,
  log: Log,
): DocumentStore {
  const index = async (
    embedder: Embedder,
    options: CallOptions,
  ): Promise<{ readonly shape: IndexShape; readonly textKey: string }> => {
    const shape = await store.shape(options);
    if (shape.dimension !== embedder.dimension) {
      throw new InvalidInputError('embedding service', [
        `${embedder.modelId} makes vectors of ${embedder.dimension} dimensions and index "${store.address.indexName}" ` +
          `holds ${shape.dimension}: set VECTOR_DIMENSION to ${shape.dimension} where the model offers it, or choose another model or index.`,
      ]);
    }
    return { shape, textKey: givenTextKey ?? textKeyOf(shape) };
  };
  const address = { ...store.address };

  return {
    address,

    admission: async (embedder, options) => {
      const { shape, textKey } = await index(embedder, options);
      return (document) => documentMetadata(document, textKey, shape.nonFilterableMetadataKeys);
    },

    write: async (records, _, options) => {
      try {
        return await store.put(records, options);
      } catch (thrown) {
        if (!(thrown instanceof PutError)) throw thrown;
        const cause = thrown.code === 'SOURCE_FAILED' ? thrown.cause : thrown;
        throw new WriteEnded(thrown.code, thrown.message, thrown.report, { cause });
      }
    },

    search: async (vector, embedder, options) => {
      const began = performance.now();
      const { textKey } = await index(embedder, options);
      const matches = await store.query(vector, { ...options, returnMetadata: true });
      const fields = { ...address, count: matches.length, seconds: (performance.now() - began) / 1000 };
      if (matches.length === 0) log.warn(fields, 'vector_not_found');
      else log.info(fields, 'vector_retrieved');
      return matches.map(({ key, similarity, distance, metadata }) => ({
        id: key,
        similarity,
        distance,
        ...readDocument(metadata ?? {}, textKey),
      }));
    },

    get: async (ids, embedder, options) => {
      const { textKey } = await index(embedder, options);
      const { vectors, missing } = await store.get(ids, {
        ...options,
        returnData: false,
        returnMetadata: true,
      });
      log.info({ ...address, count: vectors.length }, 'vector_retrieved');
      if (missing.length > 0) {
        const named = missing.slice(0, MAX_LOGGED_IDS);
        log.warn({ ...address, count: missing.length, ids: named }, 'vector_not_found');
      }
      return {
        documents: vectors.map(({ key, metadata }) => ({
          id: key,
          ...readDocument(metadata ?? {}, textKey),
        })),
        missing,
      };
    },
  };
}
