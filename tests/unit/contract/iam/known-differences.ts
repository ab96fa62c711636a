// Where @cloud-copilot/iam-simulate 0.1.173 reads a policy differently from us, each with the sentence of the AWS
// documentation that decides it, read in stored copies of the page on 2026-11-21. Every one says how the other side reads the disputed element, as a rewriting of the
// request's policies: our verdict on the rewritten ones must be its verdict on the original.
import { many, type PolicyDocument, type Statement } from '../../../../contract/iam/document';
import { principalMatch, roleOf } from '../../../../contract/iam/evaluator/principal-match';
import type { GeneratedRequest } from './generated-requests';

export interface KnownDifference {
  readonly what: string;
  /** The page and sentence that decide for our reading. */
  readonly decidedBy: string;
  /** Where the page is. */
  readonly source: string;
  readonly asTheyRead?: (statement: Statement, generated: GeneratedRequest) => Statement;
  /** The language version that they read the document in, whatever it says. */
  readonly version?: PolicyDocument['Version'];
}

/** An ARN that no request is about, and a condition that no request meets. */
const NOWHERE = 'arn:aws:none:::none';
const NEVER = ['Bool', 'test:Never', 'true'] as const;

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'a wildcard in the part of an ARN that names the resource type matches nothing there',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html',
    decidedBy:
      'IAM User Guide, "IAM JSON policy elements: Resource": "You can use wildcard characters (* and ?) within the individual segments of an ARN (the parts separated by colons)"; "The asterisk (*) character can expand to replace everything within a segment, including characters like a forward slash (/) that may otherwise appear to be a delimiter within a given service namespace."',
    asTheyRead: (statement) => ({
      ...statement,
      ...(statement.Resource === undefined ? {} : { Resource: withoutTypeWildcards(statement.Resource) }),
      ...(statement.NotResource === undefined
        ? {}
        : { NotResource: withoutTypeWildcards(statement.NotResource) }),
    }),
  },
  {
    what: 'no address is in 0.0.0.0/0, and NotIpAddress with an IPv4 range fails for an IPv6 address',
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html',
    decidedBy:
      'IAM User Guide, "Condition operators": IpAddress is "The specified IP address or range", in CIDR notation (RFC 4632, which gives /0 to the default route); NotIpAddress is "All IP addresses except the specified IP address or range".',
    asTheyRead: (statement, { request }) =>
      rewriteConditions(statement, (operator, key, values) => {
        if (!/^(not)?ipaddress/i.test(operator)) return undefined;
        const actual = request.context?.[key];
        const isV6 = (value: unknown) => typeof value === 'string' && value.includes(':');
        const failsForV6 = isV6(actual) && values.some((value) => !isV6(value));
        return /^not/i.test(operator) && failsForV6
          ? NEVER
          : [operator, key, values.map((value) => (value === '0.0.0.0/0' ? '192.0.2.255/32' : value))];
      }),
  },
  {
    what: 'a negated comparison with a variable that has no value fails',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html',
    decidedBy:
      'IAM User Guide, "Policy variables with no value": "Inverted condition operators like StringNotEquals or StringNotLike do match against a null value, as the value of the condition key they are testing against is not equal to or like the effectively null value."',
    asTheyRead: (statement, { request }) =>
      rewriteConditions(statement, (operator, key, values) => {
        const unresolved = values.some(
          (value) => value === '${aws:username}' && request.context?.['aws:username'] === undefined,
        );
        return operator.startsWith('StringNot') && unresolved && request.context?.[key] !== undefined
          ? NEVER
          : undefined;
      }),
  },
  {
    what: 'NotResource with a variable that has no value covers nothing',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html',
    decidedBy:
      'IAM User Guide, "Policy variables with no value": "If a variable that has no value in the authorization context is used as part of the Resource or NotResource element of a policy, the resource that includes a policy variable with no value will not match any resource." So the exception excepts nothing.',
    asTheyRead: (statement, { request }) =>
      request.context?.['aws:username'] === undefined &&
      many(statement.NotResource).some((written) => written.includes('${aws:username}'))
        ? { ...statement, NotResource: '*' }
        : statement,
  },
  {
    what: 'variables count in the older language version too',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html',
    decidedBy:
      'IAM User Guide, "IAM JSON policy elements: Version": of an absent or older version "variables such as ${aws:username} aren\'t recognized as variables and are instead treated as literal strings in the policy."',
    version: '2012-10-17',
  },
  {
    what: 'a session policy holds back what a resource policy gives to the session itself, or to everyone',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html',
    decidedBy:
      'IAM User Guide, "Session policies": "A resource-based policy can specify the ARN of the session as a principal. In that case, the permissions from the resource-based policy are added after the session is created. The resource-based policy permissions are not limited by the session policy." Of everyone, "How AWS enforcement code logic evaluates requests": "Permissions boundaries and session policies do not limit permissions granted using the aws:PrincipalArn condition key with a wildcard(*) in the Principal element".',
    asTheyRead: (statement, { request, session }) => {
      const match = principalMatch(statement, request.caller);
      return session !== undefined &&
        statement.Effect === 'Allow' &&
        (match === 'itself' || match === 'everyone')
        ? { ...statement, Principal: { AWS: roleOf(request.caller) ?? '*' } }
        : statement;
    },
  },
  {
    what: 'a Deny spares everybody of an account, and every session of a role, that NotPrincipal names',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html',
    decidedBy:
      'IAM User Guide, "IAM JSON policy elements: NotPrincipal", of an example that names the user Bob and the root of his account: "all principals except the user named Bob in AWS account 444455556666 are explicitly denied access to a resource". The account and the role are listed beside the user or the session, "Otherwise, the policy might deny access to the entire account containing the principal"; they except nobody by themselves.',
    asTheyRead: (statement, { request }) => {
      const { NotPrincipal: excepted, Effect } = statement;
      if (excepted === undefined || Effect !== 'Deny') return statement;
      const spared = principalMatch({ Effect, Principal: excepted }, request.caller) !== undefined;
      return spared ? { ...statement, NotPrincipal: '*' } : statement;
    },
  },
];

/** The generated request with all its documents as the other side reads them. */
export function asTheyRead(
  generated: GeneratedRequest,
  differences: readonly KnownDifference[],
): GeneratedRequest {
  const rewrite = (document: PolicyDocument): PolicyDocument => ({
    Version: differences.find(({ version }) => version !== undefined)?.version ?? document.Version,
    Statement: many(document.Statement).map((statement) =>
      differences.reduce((read, difference) => difference.asTheyRead?.(read, generated) ?? read, statement),
    ),
  });
  return {
    ...generated,
    identity: generated.identity.map(rewrite),
    ...(generated.boundary === undefined ? {} : { boundary: rewrite(generated.boundary) }),
    ...(generated.session === undefined ? {} : { session: rewrite(generated.session) }),
    ...(generated.resource === undefined ? {} : { resource: rewrite(generated.resource) }),
  };
}

/** `arn:…:b*ket/name`; not `arn:…:b*`. For S3's own ARNs the whole sixth part is a name. */
function withoutTypeWildcards(resources: NonNullable<Statement['Resource']>): string[] {
  return many(resources).map((written) => {
    const parts = written.split(':');
    const named = parts.slice(5).join(':');
    return parts[2] !== 's3' && /^[^/:]*[*?][^/:]*[/:]/.test(named) ? NOWHERE : written;
  });
}

type Condition = readonly [operator: string, key: string, values: string | readonly string[]];

function rewriteConditions(
  statement: Statement,
  rewrite: (operator: string, key: string, values: readonly string[]) => Condition | undefined,
): Statement {
  if (statement.Condition === undefined) return statement;
  const rewritten: Record<string, Record<string, string | readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(statement.Condition)) {
    for (const [key, written] of Object.entries(keys)) {
      const values = many(written).map(String);
      const [name, on, become] = rewrite(operator, key, values) ?? [operator, key, values];
      rewritten[name] = { ...rewritten[name], [on]: become };
    }
  }
  return { ...statement, Condition: rewritten };
}
