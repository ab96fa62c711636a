// Reads a JSONL source once from beginning to end and tells everything that is wrong with it, before anything of it is
// sent anywhere: a file is taken as a whole or not at all.
import { validateRecord } from '../../contract/vectors/record';
import type { IndexShape } from '../../contract/index-shape';
import { decide } from './record-decision';
import type { Decision } from './record-decision';
import { jsonlLines } from './jsonl-lines';
import { readRecordLine } from './record-line';
import type { RecordLine } from './record-line';

/** Whoever puts vectors knows where they are from, and what is in the metadata stays as it is. */
const AS_GIVEN = { trustVectors: true, flattenMetadata: false } as const;

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
  /** As it is to be stored: its text among the metadata, and without a vector where one is to be made of the text. */
  readonly record: RecordLine;
}

export interface RecordRules {
  readonly shape: IndexShape;
  /** Whether a line may have a text instead of a vector, because there is somebody who makes one. */
  readonly texts: boolean;
  /** The model whose vectors the index holds, where it is known; one that a line names must be the same. */
  readonly model?: string | undefined;
  /** Metadata key that takes a line's text; undefined where texts are left behind. */
  readonly textKey: string | undefined;
  /** Whether a key may come again; the last one then counts. */
  readonly lastWins: boolean;
}

/** Every line of the source, good or bad. Remembers each key, in memory, unless the last one wins. */
export async function* checkedLines(
  stream: AsyncIterable<Buffer | string>,
  rules: RecordRules,
): AsyncGenerator<GoodLine | BadLine, void, undefined> {
  const lineOfKey = new Map<string, number>();
  for await (const { number: line, text } of jsonlLines(stream)) {
    const { record, problems } = readRecordLine(text);
    if (record === undefined) {
      yield { line, problems };
      continue;
    }
    const decision = decide(
      { ...record, leftOut: [] },
      { ...AS_GIVEN, shape: rules.shape, model: rules.model, textKey: rules.textKey, embeds: rules.texts },
    );
    const found = decision.kind === 'fail' ? recordProblems(record, rules, decision) : [];
    const earlier = lineOfKey.get(record.key);
    if (earlier !== undefined) found.push(`key "${record.key}" is in line ${earlier} already.`);
    else if (!rules.lastWins) lineOfKey.set(record.key, line);
    if (decision.kind === 'fail' || found.length > 0) yield { line, key: record.key, problems: found };
    else if (decision.kind === 'keep') yield { line, record: { ...record, metadata: decision.metadata } };
    else {
      const { text, metadata } = decision;
      yield { line, record: { ...record, vector: undefined, text, metadata } };
    }
  }
}

export function isBad(line: GoodLine | BadLine): line is BadLine {
  return 'problems' in line;
}

/** Every problem of a record by its place; where it has none of its own, why it was decided against. */
function recordProblems(
  { key, vector, metadata }: RecordLine,
  { shape, texts }: RecordRules,
  { code, reason }: Extract<Decision, { kind: 'fail' }>,
): string[] {
  if (vector === undefined && !texts) {
    return ['it has a text and no vector; name the model that makes vectors of texts.'];
  }
  const own = validateRecord({ key, data: vector ?? placeholder(shape), metadata }, shape);
  return own.length === 0 || code === 'OTHER_MODEL'
    ? [reason]
    : own.map(({ path, message }) => `${path} ${message}.`);
}

/** Stands for the vector that a text will have, so that the rest of its line can be checked. */
function placeholder({ dimension }: IndexShape): Float32Array {
  return new Float32Array(dimension).fill(1);
}
