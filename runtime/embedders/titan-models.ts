// Amazon Titan Text Embeddings: one text a call. Bodies: Bedrock user guide, model-parameters-titan-embed-text.
import { EMBEDDING_MODEL_DIMENSIONS } from '../../contract/embedding-models';
import { isVector, member } from './embedding-model';
import type { EmbeddingModel, ModelAnswer } from './embedding-model';

function titanAnswer(body: unknown): ModelAnswer | undefined {
  const vector = member(body, 'embedding');
  const tokens = member(body, 'inputTextTokenCount');
  if (!isVector(vector)) return undefined;
  return { vectors: [vector], inputTokens: typeof tokens === 'number' ? tokens : undefined };
}

/** 1,536 dimensions, fixed. */
export const TITAN_V1: EmbeddingModel = {
  id: 'amazon.titan-embed-text-v1',
  provider: 'bedrock',
  dimensions: EMBEDDING_MODEL_DIMENSIONS['amazon.titan-embed-text-v1'],
  textsPerCall: 1,
  maxCharacters: 50_000,
  request: ({ texts }) => ({ inputText: texts[0] ?? '' }),
  answer: titanAnswer,
};

/** 1,024, 512 or 256 dimensions, normalised to length 1 unless told otherwise. */
export const TITAN_V2: EmbeddingModel = {
  id: 'amazon.titan-embed-text-v2:0',
  provider: 'bedrock',
  dimensions: EMBEDDING_MODEL_DIMENSIONS['amazon.titan-embed-text-v2:0'],
  textsPerCall: 1,
  maxCharacters: 50_000,
  normalizes: true,
  request: ({ texts, dimension, normalize }) => ({
    inputText: texts[0] ?? '',
    dimensions: dimension,
    normalize,
  }),
  answer: titanAnswer,
};
