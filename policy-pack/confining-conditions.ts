// Which conditions say who calls. A condition confines only where its values are fixed: `vpc-*` or `o-*` is met by
// anybody's network or organisation. Source: S3 User Guide, "Blocking public access", "The meaning of public".
import { type Conditions, many } from '../contract/iam/document';

/** Operators under which a key that is missing or different is refused. */
export const CONFINING_OPERATORS =
  /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

/** The values of every condition on a key (in lower case) under such an operator; empty where there is none. */
export function conditionValues(
  conditions: Conditions | undefined,
  operators: RegExp,
  key: string,
): (readonly string[])[] {
  return Object.entries(conditions ?? {})
    .filter(([operator]) => operators.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([written]) => written.toLowerCase() === key)
    .map(([, values]) => many(values).map(String));
}

/** A wildcard, or a variable, which the request itself fills in (`${aws:PrincipalOrgID}`). */
export const OPEN = /[*?]|\$\{/;

const fixed = (value: string) => value !== '' && !OPEN.test(value);
/** In an ARN the account must be fixed; the ARN of a bucket has none, and is fixed as a whole. */
const fixedAccount = (value: string) =>
  fixed(value) || (value.startsWith('arn:') && fixed(value.split(':')[4] ?? ''));
/** Of `o-1/r-2/ou-3/*` the organisation must be fixed. */
const fixedOrganisation = (value: string) => value.includes('/') && fixed(value.split('/')[0] ?? '');
/** Of `AROAEXAMPLE:session` the id of the role must be fixed, whatever the session. */
const fixedPrincipal = (value: string) =>
  fixed(value) || (value.includes(':') && fixed(value.split(':')[0] ?? ''));

/** Keys that say who calls or through whom, with what makes a value say it. */
const IDENTIFYING_KEYS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['aws:principalaccount', fixed],
  ['aws:principalarn', fixedAccount],
  ['aws:principalorgid', fixed],
  ['aws:principalorgpaths', fixedOrganisation],
  ['aws:sourceaccount', fixed],
  ['aws:sourcearn', fixedAccount],
  ['aws:sourceorgid', fixed],
  ['aws:sourceowner', fixed],
  ['aws:sourcevpc', fixed],
  ['aws:sourcevpce', fixed],
  ['aws:userid', fixedPrincipal],
  ['kms:calleraccount', fixed],
  ['s3:dataaccesspointaccount', fixed],
  ['s3:dataaccesspointarn', fixedAccount],
]);

/** Does one of these conditions say who may call, by a fixed value? `keys` narrows which ones are asked about. */
export function confines(conditions: Conditions | undefined, keys?: readonly string[]): boolean {
  return Object.entries(conditions ?? {}).some(
    ([operator, values]) =>
      CONFINING_OPERATORS.test(operator) &&
      Object.entries(values).some(([written, allowed]) => {
        const key = written.toLowerCase();
        const says = IDENTIFYING_KEYS.get(key);
        return (
          says !== undefined &&
          (keys === undefined || keys.includes(key)) &&
          many(allowed).every((value) => says(String(value)))
        );
      }),
  );
}
