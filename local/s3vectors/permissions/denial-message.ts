// A denial in the words of AWS. Source: IAM User Guide, "Troubleshoot access denied error messages".
import {
  evaluate,
  type AccessRequest,
  type ApplicablePolicies,
  type Decision,
} from '../../../contract/iam/evaluator/evaluate';

/** The resource `*` stands for an action that takes none; then the message names none. */
export function denialMessage(
  principal: string,
  request: AccessRequest,
  decision: Decision,
  policies: ApplicablePolicies,
): string {
  const { action, resource } = request;
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  return `User: ${principal} is not authorized to perform: ${action}${on} ${reason(request, decision, policies)}`;
}

function reason(request: AccessRequest, decision: Decision, policies: ApplicablePolicies): string {
  const policy = decision.decidedBy?.policy;
  return decision.outcome === 'explicitlyDenied' && policy !== undefined
    ? `with an explicit deny in ${kindOfDenial(policy, policies)}`
    : `because no ${missingKind(request, policies)} allows the ${request.action} action`;
}

function kindOfDenial(policy: string, { boundary, session = [], resource = [] }: ApplicablePolicies): string {
  if (resource.some(({ name }) => name === policy)) return 'a resource-based policy';
  if (session.some(({ name }) => name === policy)) return 'a session policy';
  return boundary?.name === policy ? 'a permissions boundary' : 'an identity-based policy';
}

/** Which kind of policy would have to allow it: the one without which it would be allowed. */
function missingKind(
  request: AccessRequest,
  { identity, boundary, session, resource }: ApplicablePolicies,
): string {
  const policies = {
    ...(identity === undefined ? {} : { identity }),
    ...(resource === undefined ? {} : { resource }),
  };
  const allows = (limits: ApplicablePolicies) =>
    evaluate(request, { ...policies, ...limits }).outcome === 'allowed';
  if (allows({})) {
    return session !== undefined && allows(boundary === undefined ? {} : { boundary })
      ? 'session policy'
      : 'permissions boundary';
  }
  const everything = { name: 'everything', document: EVERYTHING };
  return allows({ identity: [everything] }) ? 'identity-based policy' : 'resource-based policy';
}

const EVERYTHING = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
} as const;
