// The managed policy with which a service calls embedding models of Bedrock: the named ones, and no other.
import * as pulumi from '@pulumi/pulumi';
import { bedrockInvocationDocument, modelIdProblems } from '../contract/iam/documents/bedrock-invocation';
import { refuse } from '../contract/invalid-input';
import { policyName, projectProblems } from '../contract/names';
import { checked } from './checked-input';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';

export interface BedrockInvocationPolicyArgs {
  /** Project that the policy is named for. Example: `acme`. */
  project: pulumi.Input<string>;
  /** Ids of the models that may be invoked, in the Region of the provider. Example: `amazon.titan-embed-text-v2:0`. */
  modelIds: string[];
  /** Tags of the policy. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The managed policy `${project}-bedrock-invocation`: InvokeModel on the named embedding models only.
 *
 * @example
 * new BedrockInvocationPolicy('bedrock', { project: 'acme', modelIds: ['amazon.titan-embed-text-v2:0'] });
 */
export class BedrockInvocationPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: BedrockInvocationPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { modelIds } = args;
    const project = checked({ project: args.project }, (plain) => {
      refuse(`BedrockInvocationPolicy "${name}"`, [
        ...projectProblems(plain.project),
        ...modelIdProblems(modelIds),
      ]);
      return plain.project;
    });
    super('pulumi-s3-vectors:index:BedrockInvocationPolicy', name, { project, modelIds }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: project.apply(policyName.bedrockInvocation),
      description: 'Invoke the named embedding models of Bedrock',
      document: knownDocument('managed', placeOf(this), {}, (place) =>
        bedrockInvocationDocument(place, modelIds),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
