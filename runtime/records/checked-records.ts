// Reads a JSONL source once from beginning to end and tells everything that is wrong with it, before anything of it is
// sent anywhere: a file is taken as a whole or not at all.
import { validateRecord } from '../../contract/vectors/record';
import type { IndexShape } from '../../contract/index-shape';
import { jsonlLines } from './jsonl-lines';
import { readRecordLine } from './record-line';
import type { RecordLine } from './record-line';

/** What is wrong with one line. */
export interface BadLine {
  readonly line: number;
  readonly key?: string | undefined;
  /** Full sentences. */
  readonly problems: readonly string[];
}

/** A line that may be sent. */
export interface GoodLine {
  readonly line: number;
  readonly record: RecordLine;
}

export interface RecordRules {
  readonly shape: IndexShape;
  /** Whether a line may have a text instead of a vector. */
  readonly texts: boolean;
  /** Whether a key may come again; the last one then counts. */
  readonly lastWins: boolean;
}

/** Every line of the source, good or bad. Remembers each key, in memory, unless the last one wins. */
export async function* checkedLines(
  stream: AsyncIterable<Buffer | string>,
  { shape, texts, lastWins }: RecordRules,
): AsyncGenerator<GoodLine | BadLine, void, undefined> {
  const lineOfKey = new Map<string, number>();
  for await (const { number: line, text } of jsonlLines(stream)) {
    const { record, problems } = readRecordLine(text);
    if (record === undefined) {
      yield { line, problems };
      continue;
    }
    const found = recordProblems(record, shape, texts);
    const earlier = lineOfKey.get(record.key);
    if (earlier !== undefined) found.push(`key "${record.key}" is in line ${earlier} already.`);
    else if (!lastWins) lineOfKey.set(record.key, line);
    yield found.length === 0 ? { line, record } : { line, key: record.key, problems: found };
  }
}

export function isBad(line: GoodLine | BadLine): line is BadLine {
  return 'problems' in line;
}

function recordProblems(record: RecordLine, shape: IndexShape, texts: boolean): string[] {
  const { key, vector, metadata } = record;
  if (vector === undefined && !texts) {
    return ['it has a text and no vector; name the model that makes vectors of texts.'];
  }
  return validateRecord({ key, data: vector ?? placeholder(shape), metadata }, shape).map(
    ({ path, message }) => `${path} ${message}.`,
  );
}

/** Stands for the vector that a text will have, so that the rest of its line can be checked. */
function placeholder({ dimension }: IndexShape): Float32Array {
  return new Float32Array(dimension).fill(1);
}
