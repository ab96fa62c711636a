// The customer managed policy that every policy component consists of.
import { Policy } from '@pulumi/aws/iam/policy';
import type * as pulumi from '@pulumi/pulumi';
import type { PolicyDocument } from '../contract/iam/document';
import { tagMap } from './tags';
import type { Tags } from './tags';

export interface ManagedPolicyArgs {
  readonly policyName: pulumi.Input<string>;
  readonly description: string;
  readonly document: PolicyDocument;
  readonly tags: Tags | undefined;
}

/** Creates the policy as a child of the component. */
export function managedPolicy(
  parent: pulumi.ComponentResource,
  name: string,
  args: ManagedPolicyArgs,
): Policy {
  return new Policy(
    name,
    {
      name: args.policyName,
      description: args.description,
      policy: awsDocument(args.document),
      ...tagMap(args.tags),
    },
    { parent },
  );
}

/** A document as an argument of @pulumi/aws, which declares the same language with writable lists. */
export function awsDocument(document: PolicyDocument): ConstructorParameters<typeof Policy>[1]['policy'] {
  return document as unknown as ConstructorParameters<typeof Policy>[1]['policy'];
}
