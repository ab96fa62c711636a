// Ids of models come bare, with an inference profile's Region prefix, or at the end of an ARN.

/** The model's own id: what stands behind an ARN's slash and an inference profile's Region prefix. */
export function baseModelId(modelId: string): string {
  return modelId
    .slice(modelId.lastIndexOf('/') + 1)
    .replace(/^(?:global|[a-z]{2,4}(?:-gov)?)\.(?=[a-z]+\.)/, '');
}
