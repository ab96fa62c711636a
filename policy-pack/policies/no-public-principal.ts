// A resource policy that names everyone lets everyone in, unless a condition says who.
import { many, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { namesEveryone } from '../../contract/iam/evaluator/may-allow';
import { describe, referencesOf } from '../../contract/iam/evaluator/statement-reference';
import { hasUnknownCondition, knownConditions, readDocument } from '../../contract/iam/read-document';
import { resourcePolicy } from '../policy';
import { describeResource, isOfUnknownType } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';
import { confines } from '../confining-conditions';

export const noPublicPrincipal = resourcePolicy({
  name: 'no-public-principal',
  displayName: 'No resource policy lets everyone in',
  description: 'A policy of a bucket, vector bucket, access point, key or role allows nothing to everyone.',
  severity: 'critical',
  tags: ['iam', 'public-access'],
  remediationSteps:
    'Name accounts, roles or services in Principal, or add a condition with fixed values on aws:PrincipalOrgID, aws:PrincipalAccount, aws:SourceAccount or the like.',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  judge(resource, report) {
    // Said once, by the policy that every resource may break.
    if (isOfUnknownType(resource)) {
      report.advisory(
        `${describeResource(resource, 'resource', undefined)}: what it is cannot be known during preview, so no policy can judge it before the update; write its type as text.`,
      );
    }
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
      const certainly = ({ Condition: conditions }: Statement) => !confines(conditions);
      // A condition that is not known yet may be the one that says who.
      const isPreview = reading.unknowns.length > 0;
      const found = publicStatements(
        held.label,
        reading.certain,
        (statement) => certainly(statement) && !(isPreview && hasUnknownCondition(statement)),
      );
      for (const sentence of found) report.violation(`${what}: ${sentence}`);
      const possibly = ({ Condition: conditions = {} }: Statement) => !confines(knownConditions(conditions));
      if (
        found.length === 0 &&
        isPreview &&
        publicStatements(held.label, reading.possible, possibly).length > 0
      ) {
        report.advisory(
          `${what}: ${reading.unknowns.join(', ')} cannot be known during preview, so it is judged at the update.`,
        );
      }
    }
  },
});

function publicStatements(
  name: string,
  document: PolicyDocument,
  isOpen: (statement: Statement) => boolean,
): string[] {
  return referencesOf({ name, document })
    .filter(({ statement }) => statement.Effect === 'Allow' && everyone(statement) && isOpen(statement))
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
