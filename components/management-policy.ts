// The managed policy of the layer that deploys: it administers buckets and indexes and never reads what is in them.
import * as pulumi from '@pulumi/pulumi';
import { managementDocument } from '../contract/iam/documents/management';
import { environmentProblems, policyName, projectProblems } from '../contract/names';
import { InputCheck } from './checked-input';
import { knownDocument } from './known-document';
import { managedPolicy } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems } from './tags';

export interface ManagementPolicyArgs {
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
 * The managed policy `${project}-s3-vector-management`: create, configure and delete what matches the names, in S3 and S3 Vectors; the data of both is explicitly denied.
 *
 * @example
 * new ManagementPolicy('management', { project: 'acme' });
 */
export class ManagementPolicy extends pulumi.ComponentResource {
  /** ARN of the managed policy. */
  readonly policyArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: ManagementPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environments = [] } = args;
    const check = new InputCheck(`ManagementPolicy "${name}"`);
    check.add(environments.flatMap(environmentProblems));
    check.add(plainTagProblems(args.tags));
    const project = check.value(args.project, projectProblems);
    check.refuse();
    super('pulumi-s3-vectors:index:ManagementPolicy', name, { project, environments }, opts);

    const policy = managedPolicy(this, `${name}-policy`, {
      policyName: project.apply(policyName.management),
      description: 'Create, configure and delete buckets, vector buckets and indexes; no data',
      document: knownDocument('managed', placeOf(this), { project }, (place, texts) =>
        managementDocument(place, { project: texts.project, environments }),
      ),
      tags: args.tags,
    });

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: this.policyArn });
  }
}
