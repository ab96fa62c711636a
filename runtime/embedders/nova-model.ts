// Amazon Nova Multimodal Embeddings, text only: one text a call. Bodies: Nova user guide, embeddings-schema.
import { EMBEDDING_MODEL_DIMENSIONS } from '../../contract/embedding-models';
import { isVector, member } from './embedding-model';
import type { EmbeddingModel } from './embedding-model';

/** 3,072, 1,024, 384 or 256 dimensions. */
export const NOVA_MULTIMODAL: EmbeddingModel = {
  id: 'amazon.nova-2-multimodal-embeddings-v1:0',
  provider: 'bedrock',
  dimensions: EMBEDDING_MODEL_DIMENSIONS['amazon.nova-2-multimodal-embeddings-v1:0'],
  textsPerCall: 1,
  maxCharacters: 50_000,
  request: ({ texts, dimension, purpose, truncation }) => ({
    schemaVersion: 'nova-multimodal-embed-v1',
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: purpose === 'document' ? 'GENERIC_INDEX' : 'TEXT_RETRIEVAL',
      embeddingDimension: dimension,
      text: { truncationMode: truncation === 'end' ? 'END' : 'NONE', value: texts[0] ?? '' },
    },
  }),
  answer: (body) => {
    const embeddings = member(body, 'embeddings');
    const first: unknown = Array.isArray(embeddings) ? embeddings[0] : undefined;
    const vector = member(first, 'embedding');
    return isVector(vector)
      ? { vectors: [vector], truncated: typeof member(first, 'truncatedCharLength') === 'number' }
      : undefined;
  },
};
