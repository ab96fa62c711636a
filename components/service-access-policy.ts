// The managed policy of the layer that runs: it reads and writes embeddings of the older layout and never administers.
import * as pulumi from '@pulumi/pulumi';
import { serviceAccessDocument } from '../contract/iam/documents/service-access';
import { refuse } from '../contract/invalid-input';
import { environmentProblems, policyName, projectProblems } from '../contract/names';
import { checked } from './checked-input';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';

export interface ServiceAccessPolicyArgs {
  /** Project whose names the policy is written against. Example: `acme`. */
  project: pulumi.Input<string>;
  /**
   * Environments that are covered: `${project}-${environment}-vector-*` each. Default: all of them,
   * `${project}-*-vector-*`. Name them where projects share an account and the beginning of their names.
   */
  environments?: string[];
  /** Tags of the policy. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The managed policy `${project}-s3-vector-service-access`: get, put, delete and list objects of what matches the names; creating and configuring is explicitly denied, in S3 and S3 Vectors.
 *
 * @example
 * new ServiceAccessPolicy('service-access', { project: 'acme' });
 */
export class ServiceAccessPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: ServiceAccessPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environments = [] } = args;
    const project = checked({ project: args.project }, (plain) => {
      refuse(`ServiceAccessPolicy "${name}"`, [
        ...projectProblems(plain.project),
        ...environments.flatMap(environmentProblems),
      ]);
      return plain.project;
    });
    super('pulumi-s3-vectors:index:ServiceAccessPolicy', name, { project, environments }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: project.apply(policyName.serviceAccess),
      description: 'Read, write and list embeddings as objects; no administration',
      document: knownDocument('managed', placeOf(this), { project }, (place, texts) =>
        serviceAccessDocument(place, { project: texts.project, environments }),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
