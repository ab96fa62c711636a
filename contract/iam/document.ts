// IAM policy documents as typed objects. They are never strings on the way: a string with one unknown part is
// unknown as a whole at preview, while an object keeps its actions readable for the policy pack.

export type OneOrMany<T> = T | readonly T[];

/** `"*"`, or kinds of principal with their identifiers. */
export type Principal = '*' | Readonly<Partial<Record<PrincipalKind, OneOrMany<string>>>>;
export type PrincipalKind = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

/** Condition operator → condition key → values. */
export type Conditions = Readonly<
  Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>
>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: Conditions;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17' | '2008-10-17';
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

/** A document of the current policy language. */
export function policyDocument(
  ...statements: Statement[]
): PolicyDocument & { readonly Statement: Statement[] } {
  return { Version: '2012-10-17', Statement: statements };
}

/** Reads "one or many" as many. */
export function many<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
