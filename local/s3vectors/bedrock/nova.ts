// Amazon Nova Multimodal Embeddings, text of a single synchronous call.
// Source: Nova user guide, embeddings-schema.
import { z } from 'zod';
import { lexicalEmbedding } from './lexical-embedding';
import type { Invocation, StandInModel } from './model';
import { ModelError } from './model-error';
import { readRequest } from './request-schema';
import { countTokens } from './tokens';

const MAX_CHARACTERS = 50_000;
const MAX_TOKENS = 8_192;

const PURPOSES = [
  'GENERIC_INDEX',
  'GENERIC_RETRIEVAL',
  'TEXT_RETRIEVAL',
  'IMAGE_RETRIEVAL',
  'VIDEO_RETRIEVAL',
  'DOCUMENT_RETRIEVAL',
  'AUDIO_RETRIEVAL',
  'CLASSIFICATION',
  'CLUSTERING',
] as const;

const novaRequest = z.strictObject({
  schemaVersion: z.literal('nova-multimodal-embed-v1').optional(),
  taskType: z.literal('SINGLE_EMBEDDING', 'S3 Vectors Local answers taskType SINGLE_EMBEDDING only'),
  singleEmbeddingParams: z.strictObject({
    embeddingPurpose: z.enum(PURPOSES),
    embeddingDimension: z
      .union(
        [z.literal(256), z.literal(384), z.literal(1024), z.literal(3072)],
        'embeddingDimension must be one of [256, 384, 1024, 3072]',
      )
      .default(3072),
    text: z.strictObject(
      {
        truncationMode: z.enum(['START', 'END', 'NONE']),
        value: z.string('S3 Vectors Local takes text as value, not from a source').min(1),
      },
      'required key [text] not found; S3 Vectors Local embeds text only',
    ),
  }),
});

export const nova: StandInModel = {
  id: 'amazon.nova-2-multimodal-embeddings-v1:0',
  invoke(body): Invocation {
    const { embeddingDimension, text } = readRequest(novaRequest, body).singleEmbeddingParams;
    const kept = truncated(text.value, text.truncationMode);
    // Documents and questions share one space, whatever their purpose.
    const embedding = lexicalEmbedding(kept, embeddingDimension, nova.id);
    return {
      response: {
        embeddings: [
          {
            embeddingType: 'TEXT',
            embedding,
            ...(kept.length === text.value.length ? {} : { truncatedCharLength: kept.length }),
          },
        ],
      },
      inputTokens: countTokens(kept),
    };
  },
};

/** The part of a text that the model reads. */
function truncated(text: string, mode: 'START' | 'END' | 'NONE'): string {
  const allowed = allowedCharacters(text, mode);
  if (text.length <= allowed) return text;
  if (mode === 'NONE') {
    throw new ModelError(
      'ValidationException',
      `The text has ${text.length} characters and ${countTokens(text)} tokens; at most ${MAX_CHARACTERS} characters ` +
        `and ${MAX_TOKENS} tokens are allowed with truncationMode NONE.`,
    );
  }
  return mode === 'END' ? text.slice(0, allowed) : text.slice(text.length - allowed);
}

/** The most characters within both limits, counted from the end that is kept. */
function allowedCharacters(text: string, mode: 'START' | 'END' | 'NONE'): number {
  let low = 0;
  let high = Math.min(text.length, MAX_CHARACTERS);
  const part = (length: number): string =>
    mode === 'START' ? text.slice(text.length - length) : text.slice(0, length);
  if (countTokens(part(high)) <= MAX_TOKENS) return high;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (countTokens(part(middle)) <= MAX_TOKENS) low = middle;
    else high = middle - 1;
  }
  return low;
}
