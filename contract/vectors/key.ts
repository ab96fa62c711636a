// Rules of a vector key: the name of a vector within its index.
import { MAX_VECTOR_KEY_BYTES, MAX_VECTOR_KEY_LENGTH, MIN_VECTOR_KEY_LENGTH } from '../limits';
import type { Problem } from './problem';
import { isWellFormed, LONE_SURROGATE, utf8Length } from './text';

/**
 * What is wrong with a vector key; paths are empty. A key has 1–1,024 characters (UTF-16 units) and at most 1,024
 * UTF-8 bytes; the second limit is undocumented and binds for anything outside ASCII
 * (measured: docs/evidence/key-length.md of FarukAda/aws-langchain-s3-vector-ts).
 */
export function keyProblems(key: unknown): Problem[] {
  if (typeof key !== 'string') return [{ path: '', message: `is ${typeof key}, not a string` }];
  if (key.length < MIN_VECTOR_KEY_LENGTH)
    return [{ path: '', message: 'is empty; a key has 1 to 1,024 characters' }];
  const problems: Problem[] = [];
  const bytes = utf8Length(key);
  if (key.length > MAX_VECTOR_KEY_LENGTH) {
    problems.push({
      path: '',
      message: `has ${key.length} characters; at most ${MAX_VECTOR_KEY_LENGTH} are allowed`,
      serviceMessage: KEY_TOO_LONG,
    });
  } else if (bytes > MAX_VECTOR_KEY_BYTES) {
    problems.push({
      path: '',
      message: `has ${bytes} UTF-8 bytes; at most ${MAX_VECTOR_KEY_BYTES} are allowed`,
      serviceMessage: KEY_TOO_LONG,
    });
  }
  if (!isWellFormed(key)) problems.push({ path: '', message: LONE_SURROGATE });
  return problems;
}

const KEY_TOO_LONG = 'Record key length exceeds the maximum allowed';
