// The objects' names: `${prefix}${id}.json`, or `.json.gz` where it is compressed. Every id has exactly these two,
// and every such key exactly one id.
import { isWellFormed, LONE_SURROGATE, utf8Length } from '../../contract/vectors/text';

export const DEFAULT_PREFIX = 'embeddings/';
export const PLAIN_SUFFIX = '.json';
export const COMPRESSED_SUFFIX = '.json.gz';
/** UTF-8 bytes of an object key (S3 User Guide, "Naming Amazon S3 objects"). */
const MAX_KEY_BYTES = 1_024;

export function archiveKey(prefix: string, id: string, compressed: boolean): string {
  return `${prefix}${id}${compressed ? COMPRESSED_SUFFIX : PLAIN_SUFFIX}`;
}

/** The id of an object's key; undefined where the key is none of this layout. */
export function idOfKey(prefix: string, key: string): string | undefined {
  if (!key.startsWith(prefix)) return undefined;
  const name = withoutSuffix(key.slice(prefix.length));
  return name === undefined || name === '' ? undefined : name;
}

/** A name without `.json` or `.json.gz`; undefined where it ends in neither. */
export function withoutSuffix(name: string): string | undefined {
  const suffix = [COMPRESSED_SUFFIX, PLAIN_SUFFIX].find((ending) => name.endsWith(ending));
  return suffix === undefined ? undefined : name.slice(0, -suffix.length);
}

/** Every reason why an id cannot name an object; empty when it can. */
export function idProblems(id: unknown, prefix: string): string[] {
  if (typeof id !== 'string') return [`id is ${typeof id}, not a string.`];
  if (id === '') return ['id is empty.'];
  const problems: string[] = [];
  if (!isWellFormed(id)) problems.push(`id ${LONE_SURROGATE}.`);

  if (/[\u0000-\u001f\u007f]/.test(id)) {
    problems.push(
      `id ${JSON.stringify(id)} holds a control character, which S3’s XML listings cannot carry.`,
    );
  }
  if (`${prefix}${id}`.split('/').some((part) => part === '.' || part === '..')) {
    problems.push(
      `id ${JSON.stringify(id)} has "." or ".." as a path segment, which HTTP clients resolve away.`,
    );
  }
  const bytes = utf8Length(archiveKey(prefix, id, true));
  if (bytes > MAX_KEY_BYTES) {
    problems.push(
      `id ${JSON.stringify(id.slice(0, 40))}… makes a key of ${bytes} UTF-8 bytes; an S3 key has at most ${MAX_KEY_BYTES}.`,
    );
  }
  return problems;
}
