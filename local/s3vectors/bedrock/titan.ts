// Amazon Titan Text Embeddings, G1 and V2. Source: Bedrock user guide, model-parameters-titan-embed-text.
import { z } from 'zod';
import { lexicalEmbedding } from './lexical-embedding';
import type { Invocation, StandInModel } from './model';
import { ModelError } from './model-error';
import { readRequest } from './request-schema';
import { countTokens } from './tokens';

const MAX_TOKENS = 8_192;
const MAX_CHARACTERS = 50_000;

const inputText = z.string('required key [inputText] not found').min(1, 'expected minLength: 1, actual: 0');

export const titanV1: StandInModel = {
  id: 'amazon.titan-embed-text-v1',
  invoke(body): Invocation {
    const request = readRequest(z.strictObject({ inputText }), body);
    const tokens = checkedTokens(request.inputText);
    const embedding = lexicalEmbedding(request.inputText, 1_536, titanV1.id);
    return { response: { embedding, inputTextTokenCount: tokens }, inputTokens: tokens };
  },
};

const titanV2Request = z.strictObject({
  inputText,
  dimensions: z
    .union([z.literal(256), z.literal(512), z.literal(1024)], 'dimensions must be one of [256, 512, 1024]')
    .default(1024),
  normalize: z.boolean().default(true),
  embeddingTypes: z
    .array(z.enum(['float', 'binary']))
    .min(1)
    .optional(),
});

export const titanV2: StandInModel = {
  id: 'amazon.titan-embed-text-v2:0',
  invoke(body): Invocation {
    const request = readRequest(titanV2Request, body);
    const tokens = checkedTokens(request.inputText);
    const unit = lexicalEmbedding(request.inputText, request.dimensions, titanV2.id);
    // Without normalisation the real model's vectors have varying lengths; here their length tells the text's.
    const float = request.normalize ? unit : unit.map((component) => component * Math.sqrt(tokens));
    const types = request.embeddingTypes ?? ['float'];
    return {
      response: {
        ...(types.includes('float') ? { embedding: float } : {}),
        embeddingsByType: {
          ...(types.includes('float') ? { float } : {}),
          ...(types.includes('binary') ? { binary: unit.map((component) => (component > 0 ? 1 : 0)) } : {}),
        },
        inputTextTokenCount: tokens,
      },
      inputTokens: tokens,
    };
  },
};

function checkedTokens(text: string): number {
  const tokens = countTokens(text);
  if (tokens > MAX_TOKENS) {
    throw new ModelError(
      'ValidationException',
      `400 Bad Request: Too many input tokens. Max input tokens: ${MAX_TOKENS}, request input token count: ${tokens}`,
    );
  }
  if (text.length > MAX_CHARACTERS) {
    throw new ModelError(
      'ValidationException',
      `expected maxLength: ${MAX_CHARACTERS}, actual: ${text.length}, please reformat your input and try again.`,
    );
  }
  return tokens;
}
