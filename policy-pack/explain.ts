// Says in words which statement allows what it should not, and the smallest change that ends it.
import {
  S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_BUCKET_READ_ACTIONS,
  S3_DATA_CREDENTIAL_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../contract/iam/actions';
import { matchesAction } from '../contract/iam/evaluator/action-match';
import type { Grant } from '../contract/iam/evaluator/may-allow';
import { describe } from '../contract/iam/evaluator/statement-reference';

/** Every action of S3 and S3 Vectors that contract/iam knows. */
export const KNOWN_ACTIONS: readonly string[] = [
  ...S3_OBJECT_DATA_ACTIONS,
  ...S3_DATA_CREDENTIAL_ACTIONS,
  ...S3_BUCKET_ADMINISTRATION_ACTIONS,
  ...S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  ...S3_BUCKET_READ_ACTIONS,
  ...S3_VECTORS_DATA_ACTIONS,
  ...S3_VECTORS_ADMINISTRATION_ACTIONS,
  ...S3_VECTORS_READ_ACTIONS,
];

/** Names spelled out before a list is cut short. */
const SPELLED_OUT = 4;

/**
 * `statement "X" of P allows s3:GetObject and 3 more on arn…, written as s3:Get*. <smallest change>`
 * @param forbidden every action that the rule forbids; none of them is offered as a replacement.
 */
export function explainGrant(grant: Grant, forbidden: ReadonlySet<string>): string {
  const written = grant.writtenActions.filter((entry) => !grant.actions.includes(entry));
  const how = written.length === 0 ? '' : `, written as ${written.join(', ')}`;
  const circumstances = grant.conditional ? ' under conditions that are assumed to be met' : '';
  return (
    `${describe(grant)} allows ${shortList(grant.actions)} on ${shortList(grant.writtenResources)}${how}` +
    `${circumstances}. ${smallestChange(grant, forbidden)}`
  );
}

function smallestChange(grant: Grant, forbidden: ReadonlySet<string>): string {
  const where = grant.sid === undefined ? `statement ${grant.index + 1}` : `statement "${grant.sid}"`;
  if (grant.statement.NotAction !== undefined) {
    return `Replace NotAction of ${where} by an Action that lists what is meant.`;
  }
  return grant.writtenActions
    .map((entry) => {
      const rest = KNOWN_ACTIONS.filter((action) => matchesAction(entry, action) && !forbidden.has(action));
      return rest.length === 0 || !/[*?]/.test(entry)
        ? `Remove "${entry}" from ${where}.`
        : `Replace "${entry}" in ${where} by the actions that are meant, such as ${shortList(rest)}.`;
    })
    .join(' ');
}

/** The first few, and how many more. */
export function shortList(items: readonly string[]): string {
  const more = items.length - SPELLED_OUT;
  return more <= 0 ? items.join(', ') : `${items.slice(0, SPELLED_OUT).join(', ')} and ${more} more`;
}
