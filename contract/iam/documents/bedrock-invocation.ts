// Which embedding models a service may call.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { refuse } from '../../invalid-input';
import { policyDocument } from '../document';
import type { PolicyDocument, Statement } from '../document';

/** Model ids of Bedrock: `amazon.titan-embed-text-v2:0`. Source: Bedrock API model, `FoundationModelId`. */
const MODEL_ID = /^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})?(?::[a-z0-9-]{1,63}){0,2}$/;

/** Every reason why these are no models to invoke; empty when they are. A wildcard is none. */
export function modelIdProblems(modelIds: readonly string[]): string[] {
  if (modelIds.length === 0) return ['no embedding model is named; name at least one.'];
  return modelIds.flatMap((modelId) => {
    if (isInferenceProfileId(modelId)) {
      return [
        `"${modelId}" is an inference profile and no model; name it in inferenceProfiles, with the Regions that it ` +
          'may route to.',
      ];
    }
    return MODEL_ID.test(modelId)
      ? []
      : [
          `"${modelId}" is no model id of Bedrock; write it in full, for example "amazon.titan-embed-text-v2:0".`,
        ];
  });
}

/** Whether an id is that of a system-defined inference profile: a geography, a dot and a model's id. */
export function isInferenceProfileId(id: string): boolean {
  return GEOGRAPHY.test(id) && MODEL_ID.test(modelOf(id));
}

/** A cross-Region inference profile of Bedrock, which takes a call in one Region and has it answered in another. */
export interface InferenceProfile {
  /** Id of a system-defined profile: a geography, a dot and the model's id. Example: `us.cohere.embed-v4:0`. */
  readonly profileId: string;
  /** Regions that the profile may route to. Example: `us-east-1`, `us-east-2`, `us-west-2`. */
  readonly regions: readonly string[];
}

/** Geographies of system-defined profiles (Bedrock User Guide, "Supported Regions and models for inference profiles"). */
const GEOGRAPHY = /^(?:us|us-gov|eu|apac|au|jp|ca|sa|global)\./;
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}$/;

/** Every reason why these are no inference profiles; empty when they are. */
export function inferenceProfileProblems(profiles: readonly InferenceProfile[]): string[] {
  return profiles.flatMap(({ profileId, regions }) => {
    const problems: string[] = [];
    if (!isInferenceProfileId(profileId)) {
      problems.push(
        `"${profileId}" is no inference profile; write a geography and the model's id, for example "us.cohere.embed-v4:0".`,
      );
    }
    if (regions.length === 0) {
      problems.push(
        `inference profile "${profileId}" names no Region; name every Region that it may route to.`,
      );
    }
    return [
      ...problems,
      ...regions
        .filter((region) => !REGION.test(region))
        .map(
          (region) =>
            `"${region}", of inference profile "${profileId}", is no Region, for example "us-east-1".`,
        ),
    ];
  });
}

/** Every reason why these are no models and profiles to invoke: at least one of either is needed. */
export function invocationProblems(
  modelIds: readonly string[],
  profiles: readonly InferenceProfile[] = [],
): string[] {
  return [
    ...(modelIds.length === 0 && profiles.length > 0 ? [] : modelIdProblems(modelIds)),
    ...inferenceProfileProblems(profiles),
  ];
}

/**
 * The document of `${project}-bedrock-invocation`: InvokeModel on the named models of the place's Region, and on the
 * named inference profiles; their models in other Regions through those profiles only.
 * @throws InvalidInputError naming every text that is no model id and everything wrong with a profile.
 */
export function bedrockInvocationDocument(
  place: Place,
  modelIds: readonly string[],
  profiles: readonly InferenceProfile[] = [],
): PolicyDocument {
  refuse('embedding models', invocationProblems(modelIds, profiles));
  const models: Statement[] =
    modelIds.length === 0
      ? []
      : [
          {
            Sid: 'EmbeddingModelInvocation',
            Effect: 'Allow',
            Action: 'bedrock:InvokeModel',
            Resource: modelIds.map((modelId) => arn.foundationModel(place, modelId)),
          },
        ];
  return policyDocument(...models, ...profileStatements(place, profiles));
}

/**
 * What it takes to call inference profiles: the profile itself, and its model wherever the call may be answered, the
 * Region of the caller and, for a global profile, the ARN without a Region included.
 * Source: Bedrock User Guide, "Prerequisites for inference profiles" and "Geographic / Global cross-Region inference".
 */
export function profileStatements(place: Place, profiles: readonly InferenceProfile[]): Statement[] {
  if (profiles.length === 0) return [];
  const profileArns = profiles.map(
    ({ profileId }) =>
      `arn:${place.partition}:bedrock:${place.region}:${place.accountId}:inference-profile/${profileId}`,
  );
  const models = profiles.flatMap(({ profileId, regions }) =>
    [place.region, ...regions, ...(profileId.startsWith('global.') ? [''] : [])].map((region) =>
      arn.foundationModel({ ...place, region }, modelOf(profileId)),
    ),
  );
  return [
    {
      Sid: 'InferenceProfileInvocation',
      Effect: 'Allow',
      Action: 'bedrock:InvokeModel',
      Resource: profileArns,
    },
    {
      Sid: 'ModelsThroughProfiles',
      Effect: 'Allow',
      Action: 'bedrock:InvokeModel',
      Resource: models,
      Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profileArns } },
    },
  ];
}

function modelOf(profileId: string): string {
  return profileId.replace(GEOGRAPHY, '');
}
