// A resource policy that names everyone lets everyone in, unless a condition says who.
import { type Conditions, many, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { namesEveryone } from '../../contract/iam/evaluator/may-allow';
import { describe, referencesOf } from '../../contract/iam/evaluator/statement-reference';
import { readDocument } from '../../contract/iam/read-document';
import { resourcePolicy } from '../policy';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';

/** Keys that say who calls or through whom; every other condition leaves "everyone" in force. */
const IDENTIFYING_KEYS = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
];

/** Operators under which a key that is missing or different is refused. */
const CONFINING_OPERATORS =
  /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

export const noPublicPrincipal = resourcePolicy({
  name: 'no-public-principal',
  displayName: 'No resource policy lets everyone in',
  description: 'A policy of a bucket, vector bucket, access point, key or role allows nothing to everyone.',
  severity: 'critical',
  tags: ['iam', 'public-access'],
  remediationSteps:
    'Name accounts, roles or services in Principal, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount, aws:SourceAccount or the like.',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  judge(resource, report) {
    for (const held of heldDocuments(resource)) {
      if (held.kind === 'identity') continue;
      const what = describeResource(
        resource,
        held.kind === 'trust' ? 'trust policy' : 'resource policy',
        held.label,
      );
      const reading = readDocument(held.value, { isUnknown });
      for (const problem of reading.problems) {
        report.violation(`${what}: ${problem} What cannot be read cannot be judged.`);
      }
      const found = publicStatements(held.label, reading.certain);
      for (const sentence of found) report.violation(`${what}: ${sentence}`);
      if (found.length === 0 && publicStatements(held.label, reading.possible).length > 0) {
        report.advisory(
          `${what}: ${reading.unknowns.join(', ')} cannot be known during preview, so it is judged at the update.`,
        );
      }
    }
  },
});

function publicStatements(name: string, document: PolicyDocument): string[] {
  return referencesOf({ name, document })
    .filter(
      ({ statement }) =>
        statement.Effect === 'Allow' && everyone(statement) && !confined(statement.Condition),
    )
    .map(
      (reference) =>
        `${describe(reference)} allows ${many(reference.statement.Action).join(', ') || 'actions'} to ` +
        `${reference.statement.NotPrincipal === undefined ? 'everyone' : 'everyone but those of NotPrincipal'}. ` +
        'Name the accounts, roles or services that are meant in Principal.',
    );
}

function everyone(statement: Statement): boolean {
  if (statement.NotPrincipal !== undefined) return true;
  return statement.Principal !== undefined && namesEveryone(statement.Principal);
}

function confined(conditions: Conditions | undefined): boolean {
  return Object.entries(conditions ?? {}).some(
    ([operator, keys]) =>
      CONFINING_OPERATORS.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) =>
          IDENTIFYING_KEYS.includes(key.toLowerCase()) &&
          many(values).every((value) => !/^[*?:]*$/.test(String(value)) && !/^arn:\*/.test(String(value))),
      ),
  );
}
