// Which embedding models a service may call.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { refuse } from '../../invalid-input';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** Model ids of Bedrock: `amazon.titan-embed-text-v2:0`. Source: Bedrock API model, `FoundationModelId`. */
const MODEL_ID = /^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})?(?::[a-z0-9-]{1,63}){0,2}$/;

/** Every reason why these are no models to invoke; empty when they are. A wildcard is none. */
export function modelIdProblems(modelIds: readonly string[]): string[] {
  if (modelIds.length === 0) return ['no embedding model is named; name at least one.'];
  return modelIds
    .filter((modelId) => !MODEL_ID.test(modelId))
    .map(
      (modelId) =>
        `"${modelId}" is no model id of Bedrock; write it in full, for example "amazon.titan-embed-text-v2:0".`,
    );
}

/**
 * The document of `${project}-bedrock-invocation`: InvokeModel on the named models of the place's Region only.
 * @throws InvalidInputError naming every text that is no model id.
 */
export function bedrockInvocationDocument(place: Place, modelIds: readonly string[]): PolicyDocument {
  refuse('embedding models', modelIdProblems(modelIds));
  return policyDocument({
    Sid: 'EmbeddingModelInvocation',
    Effect: 'Allow',
    Action: 'bedrock:InvokeModel',
    Resource: modelIds.map((modelId) => arn.foundationModel(place, modelId)),
  });
}
