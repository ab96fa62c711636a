// One line of JSONL as a record: `{"key": …, "vector": [ … ], "metadata": { … }}`, with `text` and `model` where a
// vector is to be made or kept, and `dimension`, which must be that of the vector. What becomes of it is decided by
// record-decision for `put` and `migrate` alike. The spellings of other tools are read too: `id` for key, `embedding` or
// `data.float32` (what the AWS CLI prints) for vector.

/** What a line says. Key, numbers and metadata are checked against an index later: see contract/vectors/record. */
export interface RecordLine {
  readonly key: string;
  /** Absent where only a text is given. */
  readonly vector: readonly number[] | undefined;
  readonly text: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Id of the model that made the vector. */
  readonly model: string | undefined;
}

export type ReadRecordLine =
  | { readonly record: RecordLine; readonly problems?: undefined }
  | { readonly record?: undefined; readonly problems: readonly string[] };

const FIELDS = ['key', 'id', 'vector', 'embedding', 'data', 'text', 'metadata', 'model', 'dimension'];

/** The record, or everything that is wrong with the line, as sentences. No text of the line is repeated in them. */
export function readRecordLine(text: string | undefined): ReadRecordLine {
  if (text === undefined) return { problems: ['it is no UTF-8 text.'] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const python = /[[,:]\s*-?(NaN|Infinity)\b/.exec(text)?.[1];
    return {
      problems: [
        python === undefined
          ? 'it is no JSON; each line must be one whole object.'
          : `it holds ${python}, which Python writes and JSON does not know.`,
      ],
    };
  }
  if (!isObject(value))
    return { problems: [`it is ${kindOf(value)}, not an object with "key" and "vector".`] };

  const problems: string[] = [];
  const key = only(value, ['key', 'id'], problems);
  const vector = only(value, ['vector', 'embedding', 'data'], problems);
  const numbers = isObject(vector) ? vector['float32'] : vector;
  const { text: words, metadata, model, dimension } = value;
  if (typeof key !== 'string') problems.push(`"key" is ${kindOf(key)}; it must be a string.`);
  if (numbers !== undefined && !isNumbers(numbers)) {
    problems.push(`"vector" is ${kindOf(numbers)}; it must be a list of numbers.`);
  }
  if (numbers === undefined && words === undefined) problems.push('it has neither "vector" nor "text".');
  if (words !== undefined && typeof words !== 'string') {
    problems.push(`"text" is ${kindOf(words)}; it must be a string.`);
  }
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    problems.push(`"metadata" is ${kindOf(metadata)}; it must be an object.`);
  }
  if (model !== undefined && typeof model !== 'string') {
    problems.push(`"model" is ${kindOf(model)}; it must be a string.`);
  }
  if (dimension !== undefined && dimension !== null && typeof dimension !== 'number') {
    problems.push(`"dimension" is ${kindOf(dimension)}; it must be a number.`);
  } else if (typeof dimension === 'number' && isNumbers(numbers) && numbers.length !== dimension) {
    problems.push(`"dimension" is ${dimension} and "vector" has ${numbers.length} numbers.`);
  }
  for (const name of Object.keys(value).filter((field) => !FIELDS.includes(field))) {
    problems.push(
      `"${name}" is no field of a record; what belongs to the vector goes into "metadata" (fields: ${FIELDS.join(', ')}).`,
    );
  }
  if (problems.length > 0) return { problems };
  return {
    record: {
      key: key as string,
      vector: numbers as readonly number[] | undefined,
      text: words as string | undefined,
      metadata: isObject(metadata) ? metadata : undefined,
      model: model as string | undefined,
    },
  };
}

/** The line of a record, without its line break; reading it gives the same record. */
export function writeRecordLine(record: {
  readonly key: string;
  readonly vector?: readonly number[] | undefined;
  readonly text?: string | undefined;
  readonly metadata?: object | undefined;
  readonly model?: string | undefined;
}): string {
  const { key, vector, text, metadata, model } = record;
  return JSON.stringify({ key, vector, text, metadata, model });
}

/** The value of the one field of several spellings. */
function only(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  problems: string[],
): unknown {
  const given = names.filter((name) => value[name] !== undefined);
  if (given.length > 1) problems.push(`"${given.join('" and "')}" are the same; give one of them.`);
  return given[0] === undefined ? undefined : value[given[0]];
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value))
    return value.every((one) => typeof one === 'number') ? 'a list' : 'a list of other things';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
