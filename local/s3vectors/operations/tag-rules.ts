// Rules of tags beyond the API model's patterns (measured: docs/evidence/tag-rules.md of
// FarukAda/aws-langchain-s3-vector-ts).
import { MAX_TAGS } from '../../../contract/limits';
import { ServiceError } from '../service-error';

type Tags = Readonly<Record<string, string>>;

/**
 * Checks tags that a request sets, and how many a resource has with them.
 * @throws ServiceError in the service's words
 */
export function checkTags(set: Tags, resulting: Tags = set): void {
  for (const key of Object.keys(set)) {
    if (key.startsWith('aws:')) throw refused('System tags cannot be added/updated by requester');
    if (/^aws:/i.test(key))
      throw refused(`Invalid System Tag: ${key} must be prefixed with "aws:" in lowercase.`);
  }
  if (Object.keys(resulting).length > MAX_TAGS) throw refused('Too many tags specified');
}

function refused(message: string): ServiceError {
  return new ServiceError('ValidationException', message, [{ path: 'tags', message }]);
}
