// The concrete question: is this request allowed, and which statement decided?
// Source: IAM User Guide, "Policy evaluation logic". Organisation policies (SCP, RCP) are not part of it.
import { type Conditions, many, type OneOrMany, policyDocument, type Statement } from '../document';
import { coversAction } from './action-match';
import { evaluateConditions } from './conditions';
import { matches } from './pattern';
import {
  accountOf,
  type Caller,
  isAccountRoot,
  principalMatch,
  type PrincipalMatch,
} from './principal-match';
import { describe, type NamedDocument, referencesOf, type StatementReference } from './statement-reference';
import { type Context, resolvedPattern, withoutVariables } from './variables';

export interface AccessRequest {
  readonly caller: Caller;
  /** `service:Operation`, any case. */
  readonly action: string;
  /** The ARN, or `*` for an action that takes no resource. */
  readonly resource: string;
  /** Twelve digits of the account that owns the resource; the caller's own when absent. */
  readonly resourceAccount?: string;
  readonly context?: Context;
}

export interface ApplicablePolicies {
  /** Of the caller. An account root needs none. */
  readonly identity?: readonly NamedDocument[];
  /** What the caller can at most do; nothing limits it when absent. */
  readonly boundary?: NamedDocument;
  /** Policies passed when the session was made; nothing limits it when absent. */
  readonly session?: readonly NamedDocument[];
  readonly resource?: readonly NamedDocument[];
}

export interface Decision {
  readonly outcome: 'allowed' | 'implicitlyDenied' | 'explicitlyDenied';
  /** The statement that decided; none decides an implicit deny. */
  readonly decidedBy?: StatementReference;
  /** One sentence. */
  readonly why: string;
}

/**
 * What an account's root may do by itself: everything, unless a policy of the resource denies it (IAM User Guide,
 * "Policy evaluation logic" and "AWS account root user").
 */
const ROOT_RIGHTS: NamedDocument = {
  name: "the account root's own rights",
  document: policyDocument({ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }),
};

/**
 * Keys and role trust: their policy must allow by itself, in the same account too, and trust also what is passed to the
 * session (IAM User Guide, "Pass session tags in AWS STS": sts:TagSession in the role's trust policy). Actions of KMS
 * that act on no key (kms:ListKeys), or on an alias, which carries no policy, are identity policies' alone.
 */
function resourcePolicyDecides({ action, resource }: AccessRequest): boolean {
  return (
    /^sts:AssumeRole/i.test(action) ||
    (/^sts:(?:TagSession|SetSourceIdentity|SetContext)$/i.test(action) &&
      /^arn:[^:]*:iam::[^:]*:role\//.test(resource)) ||
    (/^kms:/i.test(action) && /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(resource))
  );
}

export function evaluate(request: AccessRequest, policies: ApplicablePolicies): Decision {
  const own = policies.identity ?? [];
  const identity = isAccountRoot(request.caller) ? [...own, ROOT_RIGHTS] : own;
  const session = policies.session;
  const boundary = policies.boundary === undefined ? undefined : [policies.boundary];
  const ofCaller = [...identity, ...(boundary ?? []), ...(session ?? [])];
  const ofResource = policies.resource ?? [];

  const denial =
    firstApplying(ofCaller, 'Deny', request) ??
    firstApplying(ofResource, 'Deny', request, (statement) => denialNames(statement, request, boundary));
  if (denial !== undefined) {
    return {
      outcome: 'explicitlyDenied',
      decidedBy: denial,
      why: `${describe(denial)} denies ${request.action} on ${request.resource}.`,
    };
  }

  const byResource = closestGrant(ofResource, request);
  const byIdentity = firstApplying(identity, 'Allow', request);
  const stopped =
    limitProblem('the permissions boundary', boundary, request) ??
    limitProblem('the session policies', session, request);

  const account = accountOf(request.caller);
  const sameAccount = request.resourceAccount === undefined || request.resourceAccount === account;
  if (account === undefined) {
    return byResource === undefined
      ? implicit(`no resource policy allows ${request.action} on ${request.resource} to this caller`)
      : allowed(byResource.reference, request);
  }
  if (!sameAccount || resourcePolicyDecides(request)) {
    if (byResource === undefined) {
      return implicit(
        sameAccount
          ? `the resource's own policy does not allow ${request.action}, and it must`
          : `the resource belongs to account ${request.resourceAccount ?? ''} and its policy does not allow ${request.action}`,
      );
    }
    if (!sameAccount || byResource.match === 'account') {
      // A policy that names the account, or crosses accounts, hands over to the policies of the caller's account.
      if (byIdentity === undefined) return noIdentityGrant(request);
      return stopped ?? allowed(byIdentity, request);
    }
  }
  // Named directly or as one of everyone, a user or session is not held back by what its boundary or session policy
  // merely leaves out; named as a role it is (IAM User Guide, "Permissions boundaries", resource-based policies).
  if (byResource?.match === 'itself' || byResource?.match === 'everyone')
    return allowed(byResource.reference, request);
  if (stopped !== undefined) return stopped;
  if (byResource?.match === 'role') return allowed(byResource.reference, request);
  return byIdentity === undefined ? noIdentityGrant(request) : allowed(byIdentity, request);
}

function limitProblem(
  what: string,
  documents: readonly NamedDocument[] | undefined,
  request: AccessRequest,
): Decision | undefined {
  return documents === undefined || firstApplying(documents, 'Allow', request) !== undefined
    ? undefined
    : implicit(
        `${what} do not allow ${request.action} on ${request.resource}`.replace(
          'boundary do',
          'boundary does',
        ),
      );
}

/** From what decides by itself to what leaves most to others. */
const CLOSENESS: readonly PrincipalMatch[] = ['itself', 'everyone', 'role', 'account'];

/** The Allow of a resource policy that names the caller most closely. */
function closestGrant(
  documents: readonly NamedDocument[],
  request: AccessRequest,
): { readonly reference: StatementReference; readonly match: PrincipalMatch } | undefined {
  for (const wanted of CLOSENESS) {
    for (const reference of statementsOf(documents)) {
      if (principalMatch(reference.statement, request.caller) !== wanted) continue;
      if (applies(reference, 'Allow', request)) return { reference, match: wanted };
    }
  }
  return undefined;
}

function firstApplying(
  documents: readonly NamedDocument[],
  effect: Statement['Effect'],
  request: AccessRequest,
  speaksOfCaller: (statement: Statement) => boolean = () => true,
): StatementReference | undefined {
  return statementsOf(documents).find(
    (reference) => applies(reference, effect, request) && speaksOfCaller(reference.statement),
  );
}

/**
 * "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary
 * policy attached, regardless of the values specified" (IAM User Guide, "NotPrincipal").
 */
function denialNames(
  statement: Statement,
  { caller }: AccessRequest,
  boundary: readonly NamedDocument[] | undefined,
): boolean {
  if (statement.NotPrincipal !== undefined && caller.kind === 'aws' && boundary !== undefined) return true;
  return principalMatch(statement, caller) !== undefined;
}

/** Does a statement of this effect speak about the request's action, resource and circumstances? */
function applies(
  { statement, version }: StatementReference,
  effect: Statement['Effect'],
  request: AccessRequest,
): boolean {
  if (statement.Effect !== effect || !coversAction(statement, request.action)) return false;
  const context = request.context ?? {};
  const readable = version === '2012-10-17' ? statement : withPlainText(statement);
  if (!coversResource(readable, request.resource, context)) return false;
  const answer = evaluateConditions(readable.Condition, context);
  // What nobody can read neither allows nor stops denying.
  return answer.kind === 'satisfied' || (answer.kind === 'unreadable' && effect === 'Deny');
}

/** A statement without Resource is one of a trust policy: it speaks about the resource that carries it. */
function coversResource(statement: Statement, resource: string, context: Context): boolean {
  const covers = (written: string) => {
    const pattern = resolvedPattern(written, context);
    return pattern !== undefined && matches(pattern, resource);
  };
  if (statement.NotResource !== undefined) return !many(statement.NotResource).some(covers);
  return statement.Resource === undefined || many(statement.Resource).some(covers);
}

/** The statement as the older language version reads it. */
function withPlainText(statement: Statement): Statement {
  const plain = (value: string | number | boolean) =>
    typeof value === 'string' ? withoutVariables(value) : value;
  const texts = (list: OneOrMany<string>) => many(list).map(withoutVariables);
  const conditions = Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, many(values).map(plain)])),
  ]);
  return {
    ...statement,
    ...(statement.Resource === undefined ? {} : { Resource: texts(statement.Resource) }),
    ...(statement.NotResource === undefined ? {} : { NotResource: texts(statement.NotResource) }),
    Condition: Object.fromEntries(conditions) as Conditions,
  };
}

function statementsOf(documents: readonly NamedDocument[]): StatementReference[] {
  return documents.flatMap(referencesOf);
}

function allowed(decidedBy: StatementReference, request: AccessRequest): Decision {
  return {
    outcome: 'allowed',
    decidedBy,
    why: `${describe(decidedBy)} allows ${request.action} on ${request.resource}.`,
  };
}

function noIdentityGrant(request: AccessRequest): Decision {
  return implicit(`no statement allows ${request.action} on ${request.resource}`);
}

function implicit(why: string): Decision {
  return { outcome: 'implicitlyDenied', why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.` };
}
