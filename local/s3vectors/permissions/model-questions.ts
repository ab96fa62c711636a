// What InvokeModel asks permission for: the model; through an inference profile, the profile and the model both.
// Source: Service Authorization Reference of Amazon Bedrock; Bedrock User Guide, "Prerequisites for inference profiles".
import { arn, type Place } from '../../../contract/arns';
import type { Question } from './vector-questions';

const INVOKE = 'bedrock:InvokeModel';
const PROFILE_ARN = /^arn:[^:]+:bedrock:[^:]*:\d*:inference-profile\/.+$/;

/**
 * @param given the model as the request names it: id or ARN of a model or of an inference profile
 * @param modelId the id of the model that answers
 */
export function modelQuestions(place: Place, given: string, modelId: string): Question[] {
  const modelArn = arn.foundationModel(place, modelId);
  const isProfile = PROFILE_ARN.test(given) || (!given.startsWith('arn:') && given !== modelId);
  if (!isProfile) {
    return [{ action: INVOKE, resource: given.startsWith('arn:') ? given : modelArn, context: {} }];
  }
  const profileArn = given.startsWith('arn:')
    ? given
    : `arn:${place.partition}:bedrock:${place.region}:${place.accountId}:inference-profile/${given}`;
  return [
    { action: INVOKE, resource: profileArn, context: {} },
    { action: INVOKE, resource: modelArn, context: { 'bedrock:InferenceProfileArn': profileArn } },
  ];
}
