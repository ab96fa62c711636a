// Who may assume the deployer role: workflows of named repositories, in named environments or on named branches.
import type { Place } from '../../arns';
import { refuse } from '../../invalid-input';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** The issuer of GitHub Actions' tokens, without its scheme, as condition keys and ARNs spell it. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';
/** The audience that `aws-actions/configure-aws-credentials` asks for. */
export const GITHUB_AUDIENCE = 'sts.amazonaws.com';

export interface GithubWorkflows {
  /** `owner/name`, or `owner@id/name@id` where GitHub puts ids into the subject; never a wildcard. */
  readonly repositories: readonly string[];
  /** GitHub environments that a job must run in. */
  readonly environments?: readonly string[] | undefined;
  /** Branches that a job must run on. */
  readonly branches?: readonly string[] | undefined;
}

/**
 * A repository as the subject of its tokens spells it: names alone, or each name with its id. Repositories that were
 * made, renamed or transferred since 15 July 2026 have the ids, others where their owner chose them.
 * Source: GitHub changelog of 23 April 2026, "Immutable subject claims for GitHub Actions OIDC tokens"; GitHub Docs,
 * "OpenID Connect reference", "Immutable subject claims".
 */
const REPOSITORY =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\/[A-Za-z0-9._-]+|@[0-9]+\/[A-Za-z0-9._-]+@[0-9]+)$/;
const REPOSITORY_FORMS = 'owner/name, or owner@id/name@id where the repository has immutable subjects';
const SUBJECT_PART = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

/** Every reason why these workflows cannot be trusted; empty when they can. */
export function githubWorkflowProblems(workflows: GithubWorkflows): string[] {
  const { repositories, environments = [], branches = [] } = workflows;
  const problems = repositories
    .filter((repository) => !REPOSITORY.test(repository))
    .map(
      (repository) => `repository "${repository}" must be written ${REPOSITORY_FORMS}; without wildcards.`,
    );
  if (repositories.length === 0)
    problems.push('no repository is named; name at least one as owner/name or owner@id/name@id.');
  for (const [what, values] of [
    ['environment', environments],
    ['branch', branches],
  ] as const) {
    for (const value of values) {
      if (!SUBJECT_PART.test(value)) {
        problems.push(`${what} "${value}" may hold letters, digits, dots, hyphens, underscores and slashes.`);
      }
    }
  }
  if (environments.length === 0 && branches.length === 0) {
    problems.push(
      'neither an environment nor a branch is named; without one, a workflow of any pull request could deploy.',
    );
  }
  return problems;
}

/** The ARN of GitHub's OIDC provider in an account: an account has at most one. */
export function githubProviderArn(place: Pick<Place, 'partition' | 'accountId'>): string {
  return `arn:${place.partition}:iam::${place.accountId}:oidc-provider/${GITHUB_ISSUER}`;
}

/**
 * The trust policy of the deployer role: exact audience, exact subjects, each repository as it is written.
 * Source: GitHub Docs, "Configuring OpenID Connect in Amazon Web Services" and "OpenID Connect reference".
 * @throws InvalidInputError listing every fault of the workflows.
 */
export function githubTrustDocument(place: Place, workflows: GithubWorkflows): PolicyDocument {
  refuse('GitHub workflows', githubWorkflowProblems(workflows));
  const { repositories, environments = [], branches = [] } = workflows;
  return policyDocument({
    Sid: 'GithubWorkflows',
    Effect: 'Allow',
    Principal: { Federated: githubProviderArn(place) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: GITHUB_AUDIENCE,
        [`${GITHUB_ISSUER}:sub`]: repositories.flatMap((repository) => [
          ...environments.map((environment) => `repo:${repository}:environment:${environment}`),
          ...branches.map((branch) => `repo:${repository}:ref:refs/heads/${branch}`),
        ]),
      },
    },
  });
}
