// The managed policy with which a service calls embedding models of Bedrock: the named ones, and no other; directly in
// its own Region, or through inference profiles that route to several.
import * as pulumi from '@pulumi/pulumi';
import { bedrockInvocationDocument, invocationProblems } from '../contract/iam/documents/bedrock-invocation';
import { policyName, projectProblems } from '../contract/names';
import { InputCheck } from './checked-input';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems } from './tags';

/** A cross-Region inference profile of Bedrock. */
export interface BedrockInferenceProfile {
  /** Id of a system-defined profile: a geography, a dot and the model's id. Example: `us.cohere.embed-v4:0`. */
  profileId: string;
  /** Regions that the profile may route to, as Bedrock's documentation lists them. Example: `us-east-1`, `us-west-2`. */
  regions: string[];
}

export interface BedrockInvocationPolicyArgs {
  /** Project that the policy is named for. Example: `acme`. */
  project: pulumi.Input<string>;
  /**
   * Ids of the models that may be invoked, in the Region of the provider; may be empty where an inference profile is
   * given. Example: `amazon.titan-embed-text-v2:0`. Updated in place.
   */
  modelIds: string[];
  /**
   * Inference profiles that may be invoked, with their models in the Regions that they route to, through the profile
   * only. Default: none. Updated in place.
   */
  inferenceProfiles?: BedrockInferenceProfile[];
  /** Tags of the policy. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The managed policy `${project}-bedrock-invocation`: InvokeModel on the named embedding models and inference profiles only.
 *
 * @example
 * new BedrockInvocationPolicy('bedrock', { project: 'acme', modelIds: ['amazon.titan-embed-text-v2:0'] });
 */
export class BedrockInvocationPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: BedrockInvocationPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { modelIds, inferenceProfiles = [] } = args;
    const check = new InputCheck(`BedrockInvocationPolicy "${name}"`);
    check.add(invocationProblems(modelIds, inferenceProfiles));
    check.add(plainTagProblems(args.tags));
    const project = check.value(args.project, projectProblems);
    check.refuse();
    super('pulumi-s3-vectors:index:BedrockInvocationPolicy', name, { project, modelIds }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: project.apply(policyName.bedrockInvocation),
      description: 'Invoke the named embedding models of Bedrock',
      document: knownDocument('managed', placeOf(this), {}, (place) =>
        bedrockInvocationDocument(place, modelIds, inferenceProfiles),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
