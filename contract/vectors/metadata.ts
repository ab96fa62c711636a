// Metadata of a vector: which values it may hold, and how many bytes S3 Vectors counts for them.
// The count follows a model of the service's own, not the JSON text, which is wrong in both directions
// (measured, 24 shapes exact: docs/evidence/metadata-limits.md of FarukAda/aws-langchain-s3-vector-ts).
import { MAX_FILTERABLE_METADATA_BYTES, MAX_METADATA_BYTES, MAX_METADATA_KEYS } from '../limits';
import { MAX_PROBLEMS, MORE_PROBLEMS, type Problem } from './problem';
import { isWellFormed, LONE_SURROGATE, quoted, shortened, utf8Length } from './text';

/** A value of a metadata key. Lists hold strings and numbers only; there are no nested objects and no null. */
export type MetadataValue = string | number | boolean | readonly (string | number)[];

/** Metadata of one vector: at most 50 keys, 40,960 bytes together, 2,048 bytes of them filterable. */
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** The size of metadata as S3 Vectors counts it. */
export interface MetadataSize {
  /** Bytes of all keys and values; at most `MAX_METADATA_BYTES`. */
  readonly total: number;
  /** Bytes of the filterable keys and their values; at most `MAX_FILTERABLE_METADATA_BYTES`. */
  readonly filterable: number;
  /** Number of keys; at most `MAX_METADATA_KEYS`. */
  readonly keys: number;
}

/**
 * The size of metadata, in bytes: 4 for the object, and for every entry 8, the key's UTF-8 bytes and its value:
 * a string its UTF-8 bytes, a number 4, a boolean 0, a list 4 for every element and the element's own size.
 * @param nonFilterableKeys the index's non-filterable metadata keys, whose entries do not count as filterable
 */
export function metadataSize(metadata: Metadata, nonFilterableKeys: readonly string[]): MetadataSize {
  let total = OBJECT_BYTES;
  let filterable = OBJECT_BYTES;
  let keys = 0;
  for (const [key, value] of Object.entries(metadata)) {
    const size = ENTRY_BYTES + utf8Length(key) + valueSize(value);
    keys += 1;
    total += size;
    if (!nonFilterableKeys.includes(key)) filterable += size;
  }
  return { total, filterable, keys };
}

/**
 * What is wrong with the metadata of a vector; paths are metadata keys (shortened beyond 60 characters), or empty for
 * the whole. At most 20 values are told of, and that there are more.
 */
export function metadataProblems(metadata: unknown, nonFilterableKeys: readonly string[]): Problem[] {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    return [{ path: '', message: `is ${describe(metadata)}, not an object of metadata keys and values` }];
  }
  const disguised = disguise(metadata);
  if (disguised !== undefined) return [{ path: '', message: disguised }];
  const problems = valueProblems(metadata as Readonly<Record<string, unknown>>);
  if (problems.length > 0) return problems;

  const size = metadataSize(metadata as Metadata, nonFilterableKeys);
  if (size.keys > MAX_METADATA_KEYS) {
    problems.push({
      path: '',
      message: `has ${size.keys} keys; at most ${MAX_METADATA_KEYS} are allowed`,
      serviceMessage: `Metadata object must have at most ${MAX_METADATA_KEYS} keys`,
    });
  }
  if (size.total > MAX_METADATA_BYTES) {
    problems.push({
      path: '',
      message: `has ${size.total} bytes as S3 Vectors counts them; at most ${MAX_METADATA_BYTES} are allowed`,
      serviceMessage: `Metadata object must have at most ${MAX_METADATA_BYTES} bytes`,
    });
  }
  if (size.filterable > MAX_FILTERABLE_METADATA_BYTES) {
    problems.push({
      path: '',
      message:
        `has ${size.filterable} filterable bytes as S3 Vectors counts them; at most ${MAX_FILTERABLE_METADATA_BYTES} are ` +
        'allowed. Long texts belong in keys that the index declares non-filterable, which is decided when it is created',
      serviceMessage: `Filterable metadata must have at most ${MAX_FILTERABLE_METADATA_BYTES} bytes`,
    });
  }
  return problems;
}

/** JSON of an object with `toJSON` is another object's than the one that was checked, and that of a Map is empty. */
function disguise(value: object): string | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return 'has a method toJSON, so that something else would be sent; give a plain object or list';
  }
  return !Array.isArray(value) && Symbol.iterator in value
    ? 'is a collection, not an object of metadata keys and values; Object.fromEntries makes one of a Map'
    : undefined;
}

const OBJECT_BYTES = 4;
const ENTRY_BYTES = 8;
const NUMBER_BYTES = 4;
const LIST_ELEMENT_BYTES = 4;

function valueSize(value: MetadataValue): number {
  if (typeof value === 'string') return utf8Length(value);
  if (typeof value === 'number') return NUMBER_BYTES;
  if (typeof value === 'boolean') return 0;
  return value.reduce<number>((bytes, element) => bytes + LIST_ELEMENT_BYTES + valueSize(element), 0);
}

const VALUE_TYPES = 'a value is a string, a number, a boolean or a list of strings and numbers';
const LIST_TYPES = 'a list holds strings and numbers only';

/** Stops at the first problem that is one too many: there may be millions. */
function valueProblems(metadata: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  for (const key of Object.keys(metadata)) {
    for (const problem of entryProblems(key, metadata[key])) {
      if (problems.length === MAX_PROBLEMS) return [...problems, MORE_PROBLEMS];
      problems.push(problem);
    }
  }
  return problems;
}

function* entryProblems(key: string, value: unknown): Generator<Problem> {
  const path = shortened(key);
  if (!isWellFormed(key)) yield { path, message: `is a key that ${LONE_SURROGATE}` };
  if (!Array.isArray(value)) {
    const problem = scalarProblem(path, value, VALUE_TYPES, WRONG_VALUE);
    if (problem !== undefined) yield problem;
    return;
  }
  const disguised = disguise(value);
  if (disguised !== undefined) {
    yield { path, message: disguised };
    return;
  }
  for (let at = 0; at < value.length; at += 1) {
    const element: unknown = value[at];
    if (typeof element === 'number' && Number.isFinite(element)) continue; // most lists are long lists of numbers
    const problem =
      typeof element === 'boolean'
        ? wrongType(`${path}[${at}]`, element, LIST_TYPES, WRONG_ELEMENT)
        : scalarProblem(`${path}[${at}]`, element, LIST_TYPES, WRONG_ELEMENT);
    if (problem !== undefined) yield problem;
  }
}

const WRONG_VALUE = 'Metadata values must be strings, numbers, booleans, or arrays';
const WRONG_ELEMENT = 'Metadata array values must be strings or numbers';

/** What is wrong with a single value, a list's element or not. */
function scalarProblem(
  path: string,
  value: unknown,
  allowed: string,
  serviceMessage: string,
): Problem | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return isWellFormed(value) ? undefined : { path, message: LONE_SURROGATE };
  if (typeof value !== 'number') return wrongType(path, value, allowed, serviceMessage);
  if (Number.isFinite(value)) return undefined;
  const text = String(value);
  return {
    path,
    message: `is ${text}, which JSON cannot carry: the AWS SDKs would send the text ${quoted(text)}`,
  };
}

function wrongType(path: string, value: unknown, allowed: string, serviceMessage: string): Problem {
  return { path, message: `is ${describe(value)}; ${allowed}`, serviceMessage };
}

function describe(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value;
}
