// The embedder of a model id, as BEDROCK_MODEL_ID and VECTOR_DIMENSION name it.
import { baseModelId } from '../../contract/embedding-models';
import { InvalidInputError, refuse } from '../../contract/invalid-input';
import type { CallRate, ModelQuota } from './call-rate';
import { cachedEmbedder } from './cached-embedder';
import type { EmbeddingCache } from './embedding-cache';
import type { Log } from '../logging/log';
import { ModelEmbedder } from './model-embedder';
import type { EmbeddingModel } from './embedding-model';
import { COHERE_ENGLISH_V3, COHERE_MULTILINGUAL_V3, COHERE_V4 } from './cohere-models';
import type { Embedder, TruncationPolicy } from './embedder';
import { GEMINI_EMBEDDING } from './gemini-model';
import { geminiInvoker } from './invoke-gemini';
import type { GeminiOptions } from './invoke-gemini';
import { bedrockInvoker } from './invoke-model';
import type { BedrockOptions, InvokeModel } from './invoke-model';
import { NOVA_MULTIMODAL } from './nova-model';
import { TITAN_V1, TITAN_V2 } from './titan-models';
import type { RetryPolicy } from '../retry/retry-policy';

const MODELS: readonly EmbeddingModel[] = [
  TITAN_V2,
  TITAN_V1,
  NOVA_MULTIMODAL,
  COHERE_ENGLISH_V3,
  COHERE_MULTILINGUAL_V3,
  COHERE_V4,
  GEMINI_EMBEDDING,
];

export interface EmbedderOptions extends BedrockOptions, GeminiOptions {
  /** Default `refuse`: a vector of half a text would look like any other. */
  readonly truncation?: TruncationPolicy | undefined;
  /** Calls under way at once, default 8. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Titan V2 only: whether vectors have length 1, default true. The other models decide that themselves. */
  readonly normalize?: boolean | undefined;
  /** The account's quota for the model, or a rate that is shared with other embedders. Default: as fast as it goes. */
  readonly rate?: ModelQuota | CallRate | undefined;
  /** Keeps vectors of texts that were embedded before. */
  readonly cache?: EmbeddingCache | undefined;
  /** Told of entries of the cache that cannot be used. */
  readonly log?: Log | undefined;
  /** Replaces the call to Bedrock or Gemini. */
  readonly invoke?: InvokeModel | undefined;
}

/**
 * @param modelId an id of Bedrock, also of an inference profile (`us.amazon.…`) or as an ARN, or `gemini-embedding-001`
 * @param dimension numbers in a vector; default the model's own default
 * @throws InvalidInputError naming the known models, or the model's dimensions
 */
export function embedderFor(modelId: string, dimension?: number, options: EmbedderOptions = {}): Embedder {
  const model = modelOf(modelId);
  if (model === undefined) {
    throw new InvalidInputError('embedding model', [
      `"${modelId}" is not known; known are ${MODELS.map(({ id }) => id).join(', ')}.`,
    ]);
  }
  const [defaultDimension] = model.dimensions;
  const wanted = dimension ?? defaultDimension;
  refuse('embedding model', [
    ...(model.dimensions.includes(wanted)
      ? []
      : [
          `${model.id} makes vectors of ${listed(model.dimensions)} dimensions, not ${wanted}; set VECTOR_DIMENSION to one of these ` +
            'that the index has, or choose another model.',
        ]),
    ...(options.normalize === false && model.normalizes !== true
      ? [`${model.id} cannot be asked for vectors that are not normalised (normalize: false); Titan V2 can.`]
      : []),
  ]);
  const embedder = new ModelEmbedder({
    modelId,
    model,
    dimension: wanted,
    invoke:
      options.invoke ?? (model.provider === 'gemini' ? geminiInvoker(options) : bedrockInvoker(options)),
    truncation: options.truncation,
    concurrency: options.concurrency,
    retry: options.retry,
    normalize: options.normalize,
    rate: options.rate,
  });
  return options.cache === undefined ? embedder : cachedEmbedder(embedder, options.cache, options.log);
}

function modelOf(modelId: string): EmbeddingModel | undefined {
  const id = baseModelId(modelId);
  return MODELS.find((model) => model.id === id || model.id === `${id}:0`);
}

function listed(numbers: readonly number[]): string {
  return numbers.length === 1
    ? String(numbers[0])
    : `${numbers.slice(0, -1).join(', ')} or ${String(numbers.at(-1))}`;
}
