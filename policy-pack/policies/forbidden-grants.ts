// What the policies about the two layers share: a document must allow nothing of some questions, known or not yet.
import { matchesAction } from '../../contract/iam/evaluator/action-match';
import { type ActionsOnResources, type Grant, mayAllow } from '../../contract/iam/evaluator/may-allow';
import { type PolicyDocument, many } from '../../contract/iam/document';
import { readDocument } from '../../contract/iam/read-document';
import { explainGrant, KNOWN_ACTIONS } from '../explain';
import type { Report } from '../report';
import { describeResource, type Judged } from '../resources/judged';
import { isUnknown } from '../resources/known';
import type { HeldDocument } from '../resources/policy-documents';

/** Reports every statement that can allow something of what is forbidden. `rule` ends a sentence: "a … never …". */
export function forbidGrants(
  resource: Judged,
  held: HeldDocument,
  forbidden: readonly ActionsOnResources[],
  rule: string,
  report: Report,
): void {
  const reading = readDocument(held.value, { isUnknown, unknownResourceIs: 'everything' });
  const what = describeResource(resource, 'policy', held.label);
  for (const problem of reading.problems) {
    report.violation(`${what}: ${problem} What cannot be read cannot be judged.`);
  }
  const actions = new Set(forbidden.flatMap((question) => question.actions));
  const grants = mayAllow(inForce(held.label, reading.certain), forbidden);
  for (const grant of grants) report.violation(`${what}: ${rule}, but ${explainGrant(grant, actions)}`);
  const onPaper = allowedOnPaper(held.label, reading.certain, forbidden, grants);
  for (const grant of onPaper) {
    report.violation(
      `${what}: ${rule}, but ${explainGrant(grant, actions)} A Deny takes it back today; the Allow must go all the same, ` +
        'or it counts the day the Deny is changed.',
    );
  }
  if (reading.unknowns.length === 0 || grants.length > 0) return;
  const possible = mayAllow(inForce(held.label, reading.possible), forbidden);
  if (possible.length > 0) {
    report.advisory(
      `${what}: ${reading.unknowns.join(', ')} cannot be known during preview, so it is judged at the update. ` +
        'Build every ARN in it from names to have it judged now.',
    );
  }
}

/**
 * Entries that can mean nothing but what is forbidden (`s3:GetObject`, `s3:G?tObject`), although a Deny covers them.
 * A broad entry (`s3:Get*`) beside a Deny is a usual way to write "all but", and is left alone.
 */
function allowedOnPaper(
  label: string,
  document: PolicyDocument,
  forbidden: readonly ActionsOnResources[],
  effective: readonly Grant[],
): Grant[] {
  const actions = new Set(forbidden.flatMap((question) => question.actions));
  const allows = many(document.Statement).map((statement) =>
    statement.Effect === 'Allow' ? statement : { ...statement, Action: [], NotAction: undefined },
  );
  const withoutDenials = {
    ...document,
    Statement: allows.map(({ NotAction, ...rest }) =>
      NotAction === undefined ? rest : { ...rest, NotAction },
    ),
  };
  return mayAllow(inForce(label, withoutDenials), forbidden)
    .filter((grant) => !effective.some((one) => one.index === grant.index))
    .map((grant) => {
      const deliberate = grant.writtenActions.filter((entry) => {
        const meant = KNOWN_ACTIONS.filter((action) => matchesAction(entry, action));
        return meant.length > 0 && meant.every((action) => actions.has(action));
      });
      return {
        ...grant,
        writtenActions: deliberate,
        actions: grant.actions.filter((action) => deliberate.some((entry) => matchesAction(entry, action))),
      };
    })
    .filter((grant) => grant.writtenActions.length > 0);
}

function inForce(name: string, document: PolicyDocument) {
  return { documents: [{ name, document }] };
}
