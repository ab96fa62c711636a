// The rules of tags, which S3 Vectors, S3, KMS and IAM share; a tag that one of them refuses would leave a stack half
// made. Sources: API model of S3 Vectors (`TagKey`, `TagValue`), IAM User Guide, "Rules for tagging in IAM and AWS STS".
import { MAX_TAGS, MAX_TAG_KEY_LENGTH, MAX_TAG_VALUE_LENGTH } from './limits';

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Every reason why a resource cannot have these tags; empty when it can. No message holds a value, which may be a
 * secret. A value that is undefined is not known yet, and not judged.
 */
export function tagProblems(tags: Readonly<Record<string, string | undefined>>): string[] {
  const entries = Object.entries(tags);
  const problems =
    entries.length > MAX_TAGS
      ? [`${entries.length} tags are given; a resource has at most ${MAX_TAGS}.`]
      : [];
  for (const [key, value] of entries) {
    if (/^aws:/i.test(key)) problems.push(`tag "${key}": keys that begin with "aws:" are reserved for AWS.`);
    if (key.length < 1 || key.length > MAX_TAG_KEY_LENGTH) {
      problems.push(
        `tag "${key}": the key has ${key.length} characters; 1 to ${MAX_TAG_KEY_LENGTH} are allowed.`,
      );
    }
    if (value !== undefined && value.length > MAX_TAG_VALUE_LENGTH) {
      problems.push(
        `tag "${key}": the value has ${value.length} characters; at most ${MAX_TAG_VALUE_LENGTH} are allowed.`,
      );
    }
    if (!ALLOWED.test(key) || (value !== undefined && !ALLOWED.test(value))) {
      problems.push(`tag "${key}": key and value may hold letters, digits, spaces and _ . : / = + - @ only.`);
    }
  }
  return problems;
}
