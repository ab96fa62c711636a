// The embedding models of Bedrock that are known here, and the dimensions of the vectors that each can make. Ids are those
// of the models, without the Region prefix of an inference profile. Sources: Bedrock User Guide, the parameters of each
// model; Nova User Guide, "Embeddings schema".

/** Dimensions that can be asked for; the first is the default. */
export const EMBEDDING_MODEL_DIMENSIONS = {
  'amazon.titan-embed-text-v1': [1536],
  'amazon.titan-embed-text-v2:0': [1024, 512, 256],
  'amazon.nova-2-multimodal-embeddings-v1:0': [3072, 1024, 384, 256],
  'cohere.embed-english-v3': [1024],
  'cohere.embed-multilingual-v3': [1024],
  'cohere.embed-v4:0': [1536, 1024, 512, 256],
} as const satisfies Readonly<Record<string, readonly [number, ...number[]]>>;

/** The model's own id: what stands behind an ARN's slash and an inference profile's Region prefix. */
export function baseModelId(modelId: string): string {
  return modelId
    .slice(modelId.lastIndexOf('/') + 1)
    .replace(/^(?:global|[a-z]{2,4}(?:-gov)?)\.(?=[a-z]+\.)/, '');
}

/**
 * Every reason why a model makes no vectors of a dimension; empty when it does. A model that is not known here is not
 * judged: nobody can tell but the model itself.
 */
export function modelDimensionProblems(modelId: string, dimension: number): string[] {
  const id = baseModelId(modelId);
  const known = Object.entries<readonly number[]>(EMBEDDING_MODEL_DIMENSIONS);
  const [, dimensions] = known.find(([model]) => model === id || model === `${id}:0`) ?? [];
  if (dimensions === undefined || dimensions.includes(dimension)) return [];
  const others = known.filter(([, made]) => made.includes(dimension)).map(([model]) => model);
  return [
    `"${modelId}" makes vectors of ${dimensions.join(', ')} numbers, and those of the index have ${dimension}; ` +
      (others.length === 0 ? 'no model that is known here makes such.' : `choose ${others.join(' or ')}.`),
  ];
}
