// Who a statement of a resource policy speaks about, and how directly: a grant to a session counts differently
// from a grant to its role, to the account, or to everyone.
// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
import { many, type Principal, type PrincipalKind, type Statement } from '../document';

/** Who makes a request. */
export type Caller =
  | {
      readonly kind: 'aws';
      /** ARN of the IAM user, the role, the role session (`…:assumed-role/NAME/SESSION`) or the account root. */
      readonly arn: string;
      /** ARN of the role behind a role session; derived from the session's ARN when absent (roles without a path). */
      readonly roleArn?: string;
    }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'anonymous' };

/** How a statement names a caller, from the closest to the widest; undefined when it does not. */
export type PrincipalMatch = 'itself' | 'role' | 'account' | 'everyone';

/** The twelve digits of the caller's account, where it has one. */
export function accountOf(caller: Caller): string | undefined {
  return caller.kind === 'aws' ? caller.arn.split(':')[4] : undefined;
}

/** The role behind a role session, or undefined for every other caller. */
export function roleOf(caller: Caller): string | undefined {
  if (caller.kind !== 'aws') return undefined;
  if (caller.roleArn !== undefined) return caller.roleArn;
  const session = /^(arn:[^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(caller.arn);
  return session === null
    ? undefined
    : `${session[1] ?? ''}:iam::${session[2] ?? ''}:role/${session[3] ?? ''}`;
}

/** Is the caller the root of its account? */
export function isAccountRoot(caller: Caller): boolean {
  return caller.kind === 'aws' && /^arn:[^:]+:iam::\d{12}:root$/.test(caller.arn);
}

/** How the statement's Principal or NotPrincipal names the caller; undefined when it speaks of somebody else. */
export function principalMatch(statement: Statement, caller: Caller): PrincipalMatch | undefined {
  if (statement.NotPrincipal !== undefined) {
    return isExcepted(statement.NotPrincipal, statement.Effect, caller) ? undefined : 'everyone';
  }
  return statement.Principal === undefined ? undefined : match(statement.Principal, caller);
}

/**
 * A Deny spares whom NotPrincipal names itself, and nobody for being in a named account or having a named role: AWS's
 * examples list these beside the user or the session, and deny all others. An Allow leaves out all of them.
 */
function isExcepted(principal: Principal, effect: Statement['Effect'], caller: Caller): boolean {
  const how = match(principal, caller);
  if (effect === 'Allow') return how !== undefined;
  return how === 'itself' || how === 'everyone' || (how === 'account' && isAccountRoot(caller));
}

function match(principal: Principal, caller: Caller): PrincipalMatch | undefined {
  if (principal === '*') return 'everyone';
  const named = (kind: PrincipalKind) => many(principal[kind]);
  // A star among AWS principals is everyone, services and the anonymous included: the two spellings are equivalent.
  if (named('AWS').includes('*')) return 'everyone';
  switch (caller.kind) {
    case 'aws':
      return closest(named('AWS'), caller);
    case 'service':
      return named('Service').some((name) => name === '*' || name === caller.name) ? 'itself' : undefined;
    case 'federated':
      return named('Federated').some((provider) => provider === '*' || provider === caller.provider)
        ? 'itself'
        : undefined;
    case 'anonymous':
      return undefined;
  }
}

function closest(names: readonly string[], caller: Caller & { kind: 'aws' }): PrincipalMatch | undefined {
  if (names.includes(caller.arn)) return 'itself';
  const role = roleOf(caller);
  if (role !== undefined && names.includes(role)) return 'role';
  const account = accountOf(caller);
  const ofAccount = (name: string) =>
    name === account || new RegExp(`^arn:[^:]+:iam::${account ?? ''}:root$`).test(name);
  return account !== undefined && names.some(ofAccount) ? 'account' : undefined;
}
