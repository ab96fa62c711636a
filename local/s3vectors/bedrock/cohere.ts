// Cohere Embed v3 (English and multilingual) and v4, texts only.
// Source: Bedrock user guide, model-parameters-embed-v3 and model-parameters-embed-v4.
import { z } from 'zod';
import { lexicalEmbedding } from './lexical-embedding';
import type { Invocation, StandInModel } from './model';
import { ModelError } from './model-error';
import { readRequest } from './request-schema';
import { countTokens } from './tokens';

const MAX_TEXTS = 96;
const V3_DIMENSION = 1_024;
const V3_MAX_CHARACTERS = 2_048;
const V3_MAX_TOKENS = 512;
const V4_MAX_TOKENS = 128_000;

const inputType = z.enum(['search_document', 'search_query', 'classification', 'clustering']);
const texts = z
  .array(z.string().min(1), 'required key [texts] not found; S3 Vectors Local embeds texts only')
  .min(1)
  .max(MAX_TEXTS, `expected maximum item count: ${MAX_TEXTS}`);
const embeddingTypes = z
  .array(z.literal('float', 'S3 Vectors Local gives embeddings of type float only'))
  .min(1)
  .optional();

const v3Request = z.strictObject({
  texts: texts.refine((list) => list.every((text) => text.length <= V3_MAX_CHARACTERS), {
    message: `expected maxLength: ${V3_MAX_CHARACTERS}`,
  }),
  input_type: inputType,
  truncate: z.enum(['NONE', 'START', 'END']).default('NONE'),
  embedding_types: embeddingTypes,
});

const v4Request = z.strictObject({
  texts,
  input_type: inputType,
  truncate: z.enum(['NONE', 'LEFT', 'RIGHT']).default('RIGHT'),
  max_tokens: z.int().min(1).max(V4_MAX_TOKENS).default(V4_MAX_TOKENS),
  output_dimension: z
    .union(
      [z.literal(256), z.literal(512), z.literal(1024), z.literal(1536)],
      'output_dimension must be one of [256, 512, 1024, 1536]',
    )
    .default(1536),
  embedding_types: embeddingTypes,
});

export const cohereModels: readonly StandInModel[] = [
  v3('cohere.embed-english-v3'),
  v3('cohere.embed-multilingual-v3'),
  v4('cohere.embed-v4:0'),
];

function v3(id: string): StandInModel {
  return {
    id,
    invoke(body) {
      const request = readRequest(v3Request, body);
      const kept = request.texts.map((text) =>
        truncate(
          text,
          V3_MAX_TOKENS,
          { NONE: undefined, START: 'start', END: 'end' }[request.truncate] as Cut,
        ),
      );
      return answer(id, request.texts, kept, V3_DIMENSION, request.embedding_types !== undefined);
    },
  };
}

function v4(id: string): StandInModel {
  return {
    id,
    invoke(body) {
      const request = readRequest(v4Request, body);
      const kept = request.texts.map((text) =>
        truncate(
          text,
          request.max_tokens,
          { NONE: undefined, LEFT: 'start', RIGHT: 'end' }[request.truncate] as Cut,
        ),
      );
      return answer(id, request.texts, kept, request.output_dimension, request.embedding_types !== undefined);
    },
  };
}

function answer(
  id: string,
  given: readonly string[],
  kept: readonly string[],
  dimension: number,
  byType: boolean,
): Invocation {
  const vectors = kept.map((text) => lexicalEmbedding(text, dimension, id));
  return {
    response: {
      id: 'local-stand-in',
      response_type: byType ? 'embeddings_by_type' : 'embeddings_floats',
      embeddings: byType ? { float: vectors } : vectors,
      texts: given,
    },
    inputTokens: kept.reduce((sum, text) => sum + countTokens(text), 0),
  };
}

/** The end of a text that is cut off when it is too long; undefined refuses it. */
type Cut = 'start' | 'end' | undefined;

function truncate(text: string, maxTokens: number, cut: Cut): string {
  const tokens = countTokens(text);
  if (tokens <= maxTokens) return text;
  if (cut === undefined) {
    throw new ModelError(
      'ValidationException',
      `too many tokens: size limit exceeded by ${tokens - maxTokens} tokens`,
    );
  }
  const words = text.split(/(?<=\s)/);
  let left = maxTokens;
  const kept: string[] = [];
  for (const word of cut === 'end' ? words : words.reverse()) {
    left -= countTokens(word);
    if (left < 0) break;
    kept.push(word);
  }
  return (cut === 'end' ? kept : kept.reverse()).join('') || text.slice(0, maxTokens);
}
