// The embedder of a model id, as BEDROCK_MODEL_ID and VECTOR_DIMENSION name it.
import { InvalidInputError, refuse } from '../../contract/invalid-input';
import { BedrockEmbedder } from './bedrock-embedder';
import type { BedrockModel } from './bedrock-model';
import { COHERE_ENGLISH_V3, COHERE_MULTILINGUAL_V3, COHERE_V4 } from './cohere-models';
import type { Embedder, TruncationPolicy } from './embedder';
import { bedrockInvoker } from './invoke-model';
import type { BedrockOptions, InvokeModel } from './invoke-model';
import { NOVA_MULTIMODAL } from './nova-model';
import { TITAN_V1, TITAN_V2 } from './titan-models';
import type { RetryPolicy } from '../retry/retry-policy';

const MODELS: readonly BedrockModel[] = [
  TITAN_V2,
  TITAN_V1,
  NOVA_MULTIMODAL,
  COHERE_ENGLISH_V3,
  COHERE_MULTILINGUAL_V3,
  COHERE_V4,
];

export interface EmbedderOptions extends BedrockOptions {
  /** Default `refuse`: a vector of half a text would look like any other. */
  readonly truncation?: TruncationPolicy | undefined;
  /** Calls under way at once, default 8. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Replaces the call to Bedrock. */
  readonly invoke?: InvokeModel | undefined;
}

/**
 * @param modelId an id of Bedrock, also of an inference profile (`us.amazon.…`) or as an ARN
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
  refuse(
    'embedding model',
    model.dimensions.includes(wanted)
      ? []
      : [
          `${model.id} makes vectors of ${listed(model.dimensions)} dimensions, not ${wanted}; set VECTOR_DIMENSION to one of these ` +
            'that the index has, or choose another model.',
        ],
  );
  return new BedrockEmbedder({
    modelId,
    model,
    dimension: wanted,
    invoke: options.invoke ?? bedrockInvoker(options),
    truncation: options.truncation,
    concurrency: options.concurrency,
    retry: options.retry,
  });
}

/** Behind an ARN's slash and an inference profile's Region prefix stands the model's own id. */
function modelOf(modelId: string): BedrockModel | undefined {
  const id = modelId
    .slice(modelId.lastIndexOf('/') + 1)
    .replace(/^(?:global|[a-z]{2,4}(?:-gov)?)\.(?=[a-z]+\.)/, '');
  return MODELS.find((model) => model.id === id || model.id === `${id}:0`);
}

function listed(numbers: readonly number[]): string {
  return numbers.length === 1
    ? String(numbers[0])
    : `${numbers.slice(0, -1).join(', ')} or ${String(numbers.at(-1))}`;
}
