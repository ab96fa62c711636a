// GitHub signs tokens for every repository in the world with the same issuer; only the trust policy says which of
// them may deploy here.
import { GITHUB_AUDIENCE, GITHUB_ISSUER } from '../../contract/iam/documents/github-trust';
import { matchesAction } from '../../contract/iam/evaluator/action-match';
import { many, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { describe, referencesOf } from '../../contract/iam/evaluator/statement-reference';
import { readDocument } from '../../contract/iam/read-document';
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
      const found = looseTrust(held.label, reading.certain);
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

/** `repo:owner/name:` or `repo:owner@id/name@id:`, no wildcard in it, followed by what confines it further. */
const NAMED_SUBJECT = /^repo:[^*?:/\s]+\/[^*?:/\s]+:[^*?\s][^\s]*$/;

function looseTrust(name: string, document: PolicyDocument): string[] {
  return referencesOf({ name, document }).flatMap((reference) => {
    const { statement } = reference;
    if (statement.Effect !== 'Allow' || !trustsGithub(statement)) return [];
    return problemsOf(statement).map((problem) => `${describe(reference)} ${problem}`);
  });
}

/** Everyone is named by no-public-principal; here it is GitHub's provider, or a pattern that takes it in. */
function trustsGithub(statement: Statement): boolean {
  const assumes =
    statement.NotAction !== undefined ||
    many(statement.Action).some((action) => matchesAction(action, 'sts:AssumeRoleWithWebIdentity'));
  const { Principal: principal } = statement;
  const federated = principal === undefined || principal === '*' ? [] : many(principal.Federated);
  return assumes && federated.some((provider) => provider === '*' || provider.includes(GITHUB_ISSUER));
}

function problemsOf(statement: Statement): string[] {
  const subjects = valuesOf(statement, 'sub');
  const problems: string[] = [];
  if (subjects === undefined) {
    problems.push(
      `lets every repository of GitHub assume the role; add StringEquals on ${GITHUB_ISSUER}:sub, such as repo:owner/name:environment:prod.`,
    );
  }
  for (const subject of subjects ?? []) {
    if (!NAMED_SUBJECT.test(subject)) {
      problems.push(
        `trusts "${subject}", which is more than one repository, or any of its workflows; write repo:owner/name:environment:prod or repo:owner/name:ref:refs/heads/main.`,
      );
    }
  }
  const audiences = valuesOf(statement, 'aud');
  if (audiences === undefined || audiences.some((audience) => /[*?]/.test(audience))) {
    problems.push(
      `does not fix the audience; add StringEquals on ${GITHUB_ISSUER}:aud with "${GITHUB_AUDIENCE}".`,
    );
  }
  return problems;
}

/** Values that a claim is confined to, or undefined where nothing confines it. */
function valuesOf(statement: Statement, claim: 'sub' | 'aud'): readonly string[] | undefined {
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    // With ForAllValues or IfExists a token without the claim passes.
    if (!/^(?:ForAnyValue:)?String(?:Equals|Like|EqualsIgnoreCase)$/i.test(operator)) continue;
    for (const [key, values] of Object.entries(keys)) {
      if (key.toLowerCase() === `${GITHUB_ISSUER}:${claim}`) return many(values).map(String);
    }
  }
  return undefined;
}

function mentionsGithub(value: unknown): boolean {
  return typeof value === 'object' && JSON.stringify(value).includes(GITHUB_ISSUER);
}
