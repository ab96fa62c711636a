// Gemini's embedding model: up to 100 texts a call, over HTTPS with a key of its own, not through Bedrock.
// Bodies: ai.google.dev/api/embeddings, batchEmbedContents. At most 100 requests and 4,194,304 bytes in a batch are
// allowed (its own refusals, in geldata/gel#9032 and quarkiverse/quarkus-langchain4j#1705).
import { isVector, member } from './embedding-model';
import type { EmbeddingModel } from './embedding-model';

/** The dimension whose vectors come normalised; shorter ones are left to the caller (ai.google.dev, embeddings). */
const NORMALISED_DIMENSION = 3072;

/**
 * 3,072, 1,536 or 768 dimensions. The model reads 2,048 tokens and its answer does not say when it read no further:
 * the limit here, three bytes a token, is what most text is safely below.
 */
export const GEMINI_EMBEDDING: EmbeddingModel = {
  id: 'gemini-embedding-001',
  provider: 'gemini',
  dimensions: [NORMALISED_DIMENSION, 1536, 768],
  // 100 texts of 6,144 bytes are 600 KB: the limit on bytes is far.
  textsPerCall: 100,
  maxCharacters: 6_144,
  maxBytes: 6_144,
  request: ({ texts, dimension, purpose }) => ({
    requests: texts.map((text) => ({
      model: 'models/gemini-embedding-001',
      content: { parts: [{ text }] },
      taskType: purpose === 'document' ? 'RETRIEVAL_DOCUMENT' : 'RETRIEVAL_QUERY',
      outputDimensionality: dimension,
    })),
  }),
  answer: (body) => {
    const embeddings = member(body, 'embeddings');
    if (!Array.isArray(embeddings)) return undefined;
    const vectors = embeddings.map((embedding: unknown) => member(embedding, 'values'));
    if (!vectors.every(isVector)) return undefined;
    return {
      vectors: vectors.map((vector) =>
        vector.length === NORMALISED_DIMENSION ? vector : normalised(vector),
      ),
    };
  },
};

function normalised(vector: readonly number[]): number[] {
  const norm = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  return norm === 0 ? [...vector] : vector.map((component) => component / norm);
}
