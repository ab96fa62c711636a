// The role that CI assumes to deploy: trusted for named workflows through OIDC, with no long-lived key anywhere,
// and unable to make a role that can do more than a service should.
import { OpenIdConnectProvider } from '@pulumi/aws/iam/openIdConnectProvider';
import { Role } from '@pulumi/aws/iam/role';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment';
import * as pulumi from '@pulumi/pulumi';
import type { Place } from '../contract/arns';
import { inferenceProfileProblems } from '../contract/iam/documents/bedrock-invocation';
import { deploymentDocument } from '../contract/iam/documents/deployment';
import {
  GITHUB_AUDIENCE,
  GITHUB_ISSUER,
  githubTrustDocument,
  githubWorkflowProblems,
} from '../contract/iam/documents/github-trust';
import type { GithubWorkflows } from '../contract/iam/documents/github-trust';
import { serviceBoundaryDocument } from '../contract/iam/documents/service-boundary';
import { refuse } from '../contract/invalid-input';
import {
  deployerRoleName,
  deployerRoleNameProblems,
  environmentProblems,
  policyName,
  projectProblems,
} from '../contract/names';
import { arnProblems, roleArnRule } from '../contract/outputs/arn-rules';
import type { BedrockInferenceProfile } from './bedrock-invocation-policy';
import { InputCheck } from './checked-input';
import { createOrAdoptProblems } from './existing';
import { knownDocument } from './known-document';
import { awsDocument, managedPolicy } from './managed-policy';
import { placeOf } from './place';
import { plainTagProblems, tagMap } from './tags';

/** A role that deploys already, trusted as its owner decided. */
export interface ExistingDeployerRole {
  /** Its ARN. Example: `arn:aws:iam::123456789012:role/ci/deployer`. */
  roleArn: string;
}

export interface GithubDeployerArgs {
  /** Project that the deployer deploys. Example: `acme`. */
  project: pulumi.Input<string>;
  /** Environments of the project that it deploys. Default: all of them. */
  environments?: string[];
  /**
   * Repositories whose workflows may assume the role, no wildcards: `owner/name`, or `owner@id/name@id` where GitHub
   * puts ids into the subject of its tokens, as it does for repositories made, renamed or transferred since 15 July
   * 2026. Updated in place. Needed to create. Examples: `acme/vectors`, `acme@123456/vectors@456789`.
   */
  repositories?: string[];
  /**
   * A role to use as it is: its trust and its boundary stay, both policies are attached to it, and neither provider
   * nor role is created. Default: both are created.
   */
  existing?: ExistingDeployerRole;
  /** GitHub environments that a job must run in. At least one environment or branch is required. Example: `prod`. */
  githubEnvironments?: string[];
  /** Branches that a job must run on. At least one environment or branch is required. Example: `main`. */
  branches?: string[];
  /** ARN of the management policy, which is attached. */
  managementPolicyArn: pulumi.Input<string>;
  /** Whether the account's OIDC provider for GitHub exists already and is used as it is. Default: false, it is created. */
  useExistingProvider?: boolean;
  /** Inference profiles of Bedrock that the services it deploys may call. Default: none, models of the Region only. */
  inferenceProfiles?: BedrockInferenceProfile[];
  /** ARN of a permissions boundary of the deployer role itself. Default: none. */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /** Tags of provider, role and policies. Updated in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The role `${project}-github-deployer` with what it needs to run `pulumi up` of storage and service: the
 * management policy, a deployment policy (keys, policies, roles, functions within the project's names), and the
 * permissions boundary that every role it makes must carry.
 *
 * @example
 * new GithubDeployer('deployer', {
 *   project: 'acme', repositories: ['acme/vectors'], githubEnvironments: ['dev', 'prod'],
 *   managementPolicyArn: management.policyArn,
 * });
 */
export class GithubDeployer extends pulumi.ComponentResource {
  /** ARN of the role that workflows assume. */
  readonly roleArn: pulumi.Output<string>;
  /** ARN of the permissions boundary that roles made by the deployer must carry. */
  readonly serviceBoundaryArn: pulumi.Output<string>;

  /** @throws InvalidInputError listing every fault of the plain arguments. */
  constructor(name: string, args: GithubDeployerArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `GithubDeployer "${name}"`;
    const { environments = [], inferenceProfiles = [], existing } = args;
    const workflows = {
      repositories: args.repositories ?? [],
      environments: args.githubEnvironments,
      branches: args.branches,
    };
    const check = new InputCheck(subject);
    check.add(
      createOrAdoptProblems(
        args,
        ['repositories'],
        ['project', 'environments', 'managementPolicyArn', 'inferenceProfiles', 'tags'],
      ),
    );
    check.add(environments.flatMap(environmentProblems));
    check.add(
      existing === undefined
        ? args.repositories === undefined
          ? []
          : githubWorkflowProblems(workflows)
        : arnProblems('existing.roleArn', existing.roleArn, roleArnRule),
    );
    check.add(inferenceProfileProblems(inferenceProfiles));
    check.add(plainTagProblems(args.tags));
    const project = check.value(args.project, (plain) => {
      const problems = projectProblems(plain);
      return problems.length > 0 || existing !== undefined ? problems : deployerRoleNameProblems(plain ?? '');
    });
    check.refuse();
    super(
      'pulumi-s3-vectors:index:GithubDeployer',
      name,
      {
        project,
        environments,
        ...(existing === undefined
          ? { repositories: workflows.repositories }
          : { existing: existing.roleArn }),
      },
      opts,
    );
    // Before any document: nothing is made for a role that nothing here could be attached to.
    const place = placeOf(this).apply((own) => {
      refuse(subject, existing === undefined ? [] : otherAccountProblems(existing.roleArn, own.accountId));
      return own;
    });
    const scope = (texts: { project: string }) => ({ project: texts.project, environments });

    // Both before either is declared: one that is too large leaves nothing half made.
    const boundaryDocument = knownDocument('managed', place, { project }, (at, texts) =>
      serviceBoundaryDocument(at, scope(texts), inferenceProfiles),
    );
    const deploymentPolicyDocument = knownDocument('managed', place, { project }, (at, texts) =>
      deploymentDocument(at, scope(texts), existing?.roleArn),
    );
    const boundary = managedPolicy(this, `${name}-service-boundary`, {
      policyName: project.apply(policyName.serviceBoundary),
      description: 'Permissions boundary of every role that the deployer makes',
      document: boundaryDocument,
      tags: args.tags,
    });
    const deployment = managedPolicy(this, `${name}-deployment`, {
      policyName: project.apply(policyName.deployment),
      description: 'Keys, policies, service roles and functions within the names of the project; no data',
      document: deploymentPolicyDocument,
      tags: args.tags,
    });
    const role =
      existing === undefined
        ? this.trustedRole(name, args, project, workflows)
        : adoptedRole(existing.roleArn, place);
    for (const [suffix, policyArn] of [
      ['management', args.managementPolicyArn],
      ['deployment', deployment.arn],
    ] as const) {
      new RolePolicyAttachment(
        `${name}-${suffix}-attachment`,
        { role: role.name, policyArn },
        { parent: this },
      );
    }

    this.roleArn = role.arn;
    this.serviceBoundaryArn = boundary.arn;
    this.registerOutputs({ roleArn: this.roleArn, serviceBoundaryArn: this.serviceBoundaryArn });
  }

  /** The role that workflows of GitHub assume, and the OIDC provider where the account has none yet. */
  private trustedRole(
    name: string,
    args: GithubDeployerArgs,
    project: pulumi.Output<string>,
    workflows: GithubWorkflows,
  ): Role {
    const provider =
      args.useExistingProvider === true
        ? []
        : [
            new OpenIdConnectProvider(
              `${name}-oidc`,
              { url: `https://${GITHUB_ISSUER}`, clientIdLists: [GITHUB_AUDIENCE], ...tagMap(args.tags) },
              { parent: this },
            ),
          ];
    return new Role(
      `${name}-role`,
      {
        name: project.apply(deployerRoleName),
        description: 'Assumed by the deploying workflows on GitHub',
        // The provider's ARN is made from its name, so that the trust policy is known at preview.
        assumeRolePolicy: awsDocument(
          knownDocument('trust', placeOf(this), {}, (at) => githubTrustDocument(at, workflows)),
        ),
        ...(args.permissionsBoundaryArn === undefined
          ? {}
          : { permissionsBoundary: args.permissionsBoundaryArn }),
        ...tagMap(args.tags),
      },
      { parent: this, dependsOn: provider },
    );
  }
}

/** A role of another account can be neither attached to nor protected from here. */
function otherAccountProblems(roleArn: string, accountId: string): string[] {
  const account = roleArn.split(':')[4];
  return account === accountId
    ? []
    : [
        `existing.roleArn "${roleArn}" is a role of account ${account}, and the AWS provider works in ${accountId}; ` +
          'use a provider of that account, or a role of this one.',
      ];
}

/** Attachments take the name, which is what follows the path. */
function adoptedRole(
  roleArn: string,
  place: pulumi.Output<Place>,
): { name: pulumi.Output<string>; arn: pulumi.Output<string> } {
  return {
    // After the place, which is refused where the role is of another.
    name: place.apply(() => roleArn.slice(roleArn.lastIndexOf('/') + 1)),
    arn: place.apply(() => roleArn),
  };
}
