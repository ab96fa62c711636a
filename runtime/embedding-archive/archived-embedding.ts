// One object of the older layout, read and written without any I/O, so that a folder of files is read by the same rules.
// The shape is `{ id?, text?, embedding, metadata?, dimension?, model? }`: the least that was ever written is
// `{ embedding }`. Members of other names do not make an object unreadable; they are named, so that nobody loses them unseen.
import { gunzipSync, gzipSync } from 'node:zlib';
import { refuse } from '../../contract/invalid-input';
import { isWellFormed, LONE_SURROGATE } from '../../contract/vectors/text';
import { shortened } from '../vector-store/float32-decimal';
import { ArchiveError } from './archive-error';
import { DEFAULT_PREFIX, idOfKey, withoutSuffix } from './archive-key';

/** A JSON object. What others wrote may be nested and hold null, which metadata of S3 Vectors may not. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What is stored under an id. */
export interface NewEmbedding {
  /** At least one finite number. Written as it is; a Float32Array as the shortest decimals that read back the same. */
  readonly embedding: ArrayLike<number>;
  readonly text?: string | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Id of the model that made the embedding: without it nobody can tell later what it can be compared with. */
  readonly model?: string | undefined;
}

export interface ArchivedEmbedding {
  /** From the key; from the object itself, or its file name, where the key does not begin with the archive's prefix. */
  readonly id: string;
  readonly embedding: readonly number[];
  readonly text: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly model: string | undefined;
  /** The id that the object gives itself, only where that is another one. */
  readonly statedId: string | undefined;
  /** Members of the object that this layout does not know, sorted. */
  readonly unknownFields: readonly string[];
}

const FIELDS = new Set(['id', 'text', 'embedding', 'metadata', 'dimension', 'model']);
/** Bytes that a compressed object may become: far over any embedding, far under any memory. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/**
 * Reads an object's bytes, compressed or not (told by the bytes, not by the name).
 * @param key the object's key or a file's path; it gives the id, and names the object in errors
 * @throws ArchiveError `UNREADABLE_OBJECT` with `key` and `reason`
 */
export function readArchivedEmbedding(
  bytes: Uint8Array,
  key: string,
  prefix: string = DEFAULT_PREFIX,
): ArchivedEmbedding {
  const value = parsed(textOf(bytes, key), key);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(key, `it holds ${kindOf(value)}, not an object with "embedding"`);
  }
  const fields = value as Record<string, unknown>;
  const { embedding, text, metadata, model, dimension, id } = fields;
  const problems = [
    ...embeddingProblems(embedding),
    ...(text === undefined || text === null || typeof text === 'string'
      ? []
      : [`"text" is ${kindOf(text)}, not a string`]),
    ...(metadata === undefined || metadata === null || isJsonObject(metadata)
      ? []
      : [`"metadata" is ${kindOf(metadata)}, not an object`]),
    ...(model === undefined || model === null || typeof model === 'string'
      ? []
      : [`"model" is ${kindOf(model)}, not a string`]),
    ...(id === undefined || id === null || typeof id === 'string'
      ? []
      : [`"id" is ${kindOf(id)}, not a string`]),
    ...(dimension === undefined ||
    dimension === null ||
    !Array.isArray(embedding) ||
    dimension === embedding.length
      ? []
      : [
          `"dimension" says ${typeof dimension === 'number' ? dimension : kindOf(dimension)} and "embedding" has ${embedding.length} numbers: it may be damaged`,
        ]),
  ];
  if (problems.length > 0) throw unreadable(key, problems.join('; '));
  const stated = typeof id === 'string' ? id : undefined;
  const named = idOfKey(prefix, key) ?? stated ?? fileName(key);
  return {
    id: named,
    embedding: embedding as number[],
    text: typeof text === 'string' ? text : undefined,
    metadata: isJsonObject(metadata) ? metadata : undefined,
    model: typeof model === 'string' ? model : undefined,
    statedId: stated === named ? undefined : stated,
    unknownFields: Object.keys(fields)
      .filter((name) => !FIELDS.has(name))
      .sort(),
  };
}

/**
 * The bytes of an object.
 * @throws InvalidInputError listing everything that cannot be written
 */
export function writeArchivedEmbedding(id: string, value: NewEmbedding, compress: boolean): Buffer {
  const { embedding, text, metadata, model } = value;
  refuse(`embedding "${id}"`, newEmbeddingProblems(value));
  const body = Buffer.from(
    JSON.stringify({
      id,
      ...(text === undefined ? {} : { text }),
      embedding: embedding instanceof Float32Array ? shortened(embedding) : Array.from(embedding),
      ...(metadata === undefined ? {} : { metadata }),
      dimension: embedding.length,
      ...(model === undefined ? {} : { model }),
    }),
  );
  return compress ? gzipSync(body) : body;
}

/** Everything that is wrong with what shall be stored, as sentences; empty when it can be. */
function newEmbeddingProblems({ embedding, text, metadata, model }: NewEmbedding): string[] {
  return [
    ...embeddingProblems(embedding).map((problem) => `${problem}.`),
    ...(text === undefined || (typeof text === 'string' && isWellFormed(text))
      ? []
      : [`"text" ${typeof text === 'string' ? LONE_SURROGATE : `is ${typeof text}, not a string`}.`]),
    ...(metadata === undefined || isJsonObject(metadata)
      ? []
      : [`"metadata" is ${kindOf(metadata)}, not an object.`]),
    ...(metadata === undefined || !isJsonObject(metadata)
      ? []
      : lossyPaths(metadata, 'metadata').map(
          (path) =>
            `"${path}" is a value that JSON cannot carry; it would come back as another or not at all.`,
        )),
    ...(model === undefined || typeof model === 'string'
      ? []
      : [`"model" is ${typeof model}, not a string.`]),
  ];
}

function embeddingProblems(embedding: unknown): string[] {
  if (embedding === undefined) return ['it has no "embedding"'];
  if (!(Array.isArray(embedding) || (ArrayBuffer.isView(embedding) && 'length' in embedding))) {
    return [`"embedding" is ${kindOf(embedding)}, not an array of numbers`];
  }
  const numbers = embedding as ArrayLike<unknown>;
  if (numbers.length === 0) return ['"embedding" is empty'];
  for (let at = 0; at < numbers.length; at += 1) {
    if (!Number.isFinite(numbers[at])) {
      const value = numbers[at];
      return [
        `"embedding"[${at}] is ${typeof value === 'number' ? String(value) : kindOf(value)}, not a finite number`,
      ];
    }
  }
  return [];
}

/** Paths of values that JSON.stringify would drop or change. */
function lossyPaths(value: unknown, path: string): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (Array.isArray(value))
    return value.flatMap((element: unknown, at) => lossyPaths(element, `${path}[${at}]`));
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, entry]) => lossyPaths(entry, `${path}.${name}`));
  }
  return [path];
}

function textOf(bytes: Uint8Array, key: string): string {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const plain = compressed ? gunzipSync(bytes, { maxOutputLength: MAX_OBJECT_BYTES }) : bytes;
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (thrown) {
    const reason = compressed ? 'its gzip data is damaged or too large' : 'it is no UTF-8 text';
    throw unreadable(key, `${reason} (${(thrown as { code?: string }).code ?? 'no code'})`, thrown);
  }
}

function parsed(text: string, key: string): unknown {
  if (text.trim() === '') throw unreadable(key, 'it is empty');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the fault, and texts belong in no log.
    const python = /[[,:]\s*-?(NaN|Infinity)\b/.exec(text)?.[1];
    throw unreadable(
      key,
      python === undefined
        ? 'it is not JSON'
        : `it is not JSON: it holds ${python}, which Python writes and JSON does not know`,
    );
  }
}

function unreadable(key: string, reason: string, cause?: unknown): ArchiveError {
  return new ArchiveError('UNREADABLE_OBJECT', `"${key}" is no archived embedding: ${reason}.`, {
    key,
    reason: `${reason}.`,
    cause,
  });
}

function fileName(key: string): string {
  const name = key.slice(Math.max(key.lastIndexOf('/'), key.lastIndexOf('\\')) + 1);
  return withoutSuffix(name) ?? name;
}

function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
