// GitHub signs tokens for every repository in the world with the same issuer; only the trust policy says which of
// them may deploy here.
import { GITHUB_AUDIENCE, GITHUB_ISSUER } from '../../contract/iam/documents/github-trust';
import { matchesAction } from '../../contract/iam/evaluator/action-match';
import { many, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { describe, referencesOf } from '../../contract/iam/evaluator/statement-reference';
import { hasUnknownCondition, readDocument } from '../../contract/iam/read-document';
import { conditionValues, OPEN } from '../confining-conditions';
import { resourcePolicy } from '../policy';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';

export const deployerTrust = resourcePolicy({
  name: 'deployer-trust',
  displayName: 'Roles for GitHub name their repositories',
  description:
    'A role that GitHub Actions assumes trusts named repositories with a named branch, tag or environment, and one audience.',
  severity: 'critical',
  tags: ['iam', 'oidc', 'ci'],
  remediationSteps: `Add StringEquals on ${GITHUB_ISSUER}:sub with values such as repo:owner/name:environment:prod (repo:owner@id/name@id:environment:prod where the repository has immutable subjects), and on ${GITHUB_ISSUER}:aud with ${GITHUB_AUDIENCE}; or use the GithubDeployer component.`,
  url: 'https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services',
  judge(resource, report) {
    for (const held of heldDocuments(resource)) {
      if (held.kind !== 'trust') continue;
      const what = describeResource(resource, 'role', held.label);
      const reading = readDocument(held.value, { isUnknown });
      const found = looseTrust(held.label, reading.certain, reading.unknowns.length > 0);
      for (const sentence of found) report.violation(`${what}: ${sentence}`);
      const unsure = reading.unknowns.filter(
        (where) => !where.includes('.Principal') || mentionsGithub(held.value),
      );
      if (found.length === 0 && unsure.length > 0) {
        report.advisory(
          `${what}: ${unsure.join(', ')} cannot be known during preview, so its trust is judged at the update.`,
        );
      }
    }
  },
});

/**
 * `repo:owner/name:` followed by a named environment, branch or tag, or a workflow at a named one, perhaps among other
 * claims. Owner and name may carry their immutable ids (`owner@1/name@2`); a wildcard or a variable stands nowhere.
 * Source: GitHub Docs, "OpenID Connect reference", example subject claims.
 */
const NAMED_SUBJECT =
  /^repo:[^:/\s]+\/[^:/\s]+:(?:.+:)?(?:environment:[^:\s][^:]*|ref:refs\/(?:heads|tags)\/[^:\s]+|job_workflow_ref:[^@\s]+@[^\s]+)(?::.+)?$/;

function isNamedSubject(subject: string): boolean {
  return NAMED_SUBJECT.test(subject) && !OPEN.test(subject);
}

/** @param isPreview leaves out the statements with conditions that are not known yet. */
function looseTrust(name: string, document: PolicyDocument, isPreview: boolean): string[] {
  return referencesOf({ name, document }).flatMap((reference) => {
    const { statement } = reference;
    if (statement.Effect !== 'Allow' || (isPreview && hasUnknownCondition(statement))) return [];
    return githubIssuers(statement)
      .flatMap((issuer) => problemsOf(statement, issuer))
      .map((problem) => `${describe(reference)} ${problem}`);
  });
}

/**
 * The issuers of GitHub that the statement lets in, as condition keys spell them: the public one, and that of an
 * enterprise (`…/octo`). Everyone is named by no-public-principal; here it is a provider, or a pattern that takes it in.
 */
function githubIssuers(statement: Statement): string[] {
  const assumes =
    statement.NotAction !== undefined ||
    many(statement.Action).some((action) => matchesAction(action, 'sts:AssumeRoleWithWebIdentity'));
  const { Principal: principal } = statement;
  const federated = principal === undefined || principal === '*' ? [] : many(principal.Federated);
  return !assumes
    ? []
    : [
        ...new Set(
          federated
            .filter((provider) => provider === '*' || provider.toLowerCase().includes(GITHUB_ISSUER))
            .map(
              (provider) => /oidc-provider\/([^*?]+)$/.exec(provider)?.[1]?.toLowerCase() ?? GITHUB_ISSUER,
            ),
        ),
      ];
}

function problemsOf(statement: Statement, issuer: string): string[] {
  const problems: string[] = [];
  // Conditions are met together: one that is strict is enough, and the least loose one is worth naming.
  const loose = conditionValues(statement.Condition, CONFINING_A_CLAIM, `${issuer}:sub`)
    .map((subjects) => subjects.filter((subject) => !isNamedSubject(subject)))
    .sort((one, other) => one.length - other.length)[0];
  if (loose === undefined) {
    problems.push(
      `lets every repository of GitHub assume the role; add StringEquals on ${issuer}:sub, such as repo:owner/name:environment:prod.`,
    );
  }
  for (const subject of loose ?? []) {
    problems.push(
      `trusts "${subject}", which is more than one repository, or any of its workflows; write repo:owner/name:environment:prod or repo:owner/name:ref:refs/heads/main, without wildcards.`,
    );
  }
  const audiences = conditionValues(statement.Condition, CONFINING_A_CLAIM, `${issuer}:aud`);
  if (!audiences.some((values) => values.length <= 1 && !values.some((value) => OPEN.test(value)))) {
    problems.push(
      audiences.length === 0
        ? `does not fix the audience; add StringEquals on ${issuer}:aud with "${GITHUB_AUDIENCE}".`
        : `does not fix the audience, but takes ${audiences[0]?.join(', ')}; leave "${GITHUB_AUDIENCE}" alone on ${issuer}:aud.`,
    );
  }
  return problems;
}

/** With ForAllValues or IfExists a token without the claim passes. */
const CONFINING_A_CLAIM = /^(?:ForAnyValue:)?String(?:Equals|Like|EqualsIgnoreCase)$/i;

function mentionsGithub(value: unknown): boolean {
  return typeof value === 'object' && JSON.stringify(value).includes(GITHUB_ISSUER);
}
