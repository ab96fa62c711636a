// Cohere Embed on Bedrock: up to 96 texts a call. Bodies: Bedrock user guide, model-parameters-embed-v3 and -v4.
import { EMBEDDING_MODEL_DIMENSIONS } from '../../contract/embedding-models';
import { isVector, member } from './embedding-model';
import type { EmbeddingModel, ModelAnswer, ModelRequest } from './embedding-model';

const inputType = ({ purpose }: ModelRequest) =>
  purpose === 'document' ? 'search_document' : 'search_query';

/** `{ embeddings: number[][] }`, or by type: `{ embeddings: { float: number[][] } }`. */
function cohereAnswer(body: unknown): ModelAnswer | undefined {
  const embeddings = member(body, 'embeddings');
  const vectors: unknown = Array.isArray(embeddings) ? embeddings : member(embeddings, 'float');
  return Array.isArray(vectors) && vectors.every(isVector) ? { vectors } : undefined;
}

function version3(id: 'cohere.embed-english-v3' | 'cohere.embed-multilingual-v3'): EmbeddingModel {
  return {
    id,
    provider: 'bedrock',
    dimensions: EMBEDDING_MODEL_DIMENSIONS[id],
    textsPerCall: 96,
    maxCharacters: 2_048,
    // Always NONE: cutting is done here, where it can be said.
    request: (request) => ({ texts: request.texts, input_type: inputType(request), truncate: 'NONE' }),
    answer: cohereAnswer,
  };
}

export const COHERE_ENGLISH_V3 = version3('cohere.embed-english-v3');
export const COHERE_MULTILINGUAL_V3 = version3('cohere.embed-multilingual-v3');

/** 1,536, 1,024, 512 or 256 dimensions. */
export const COHERE_V4: EmbeddingModel = {
  id: 'cohere.embed-v4:0',
  provider: 'bedrock',
  dimensions: EMBEDDING_MODEL_DIMENSIONS['cohere.embed-v4:0'],
  textsPerCall: 96,
  maxCharacters: 500_000,
  request: (request) => ({
    texts: request.texts,
    input_type: inputType(request),
    embedding_types: ['float'],
    output_dimension: request.dimension,
    truncate: 'NONE',
  }),
  answer: cohereAnswer,
};
