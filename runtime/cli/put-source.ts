// The records of a JSONL file for one put: checked from end to end first, then read again, texts made into vectors.
import type { IndexShape } from '../../contract/index-shape';
import type { Metadata } from '../../contract/vectors/metadata';
import type { VectorRecord } from '../../contract/vectors/record';
import type { Embedder } from '../embedders/embedder';
import { endWhereHopeless } from '../embedders/hopeless-model';
import { checkedLines, isBad } from '../records/checked-records';
import type { BadLine, GoodLine, RecordRules } from '../records/checked-records';
import type { Failure } from './failure-file';
import type { InputFile } from './input-file';

/** Texts embedded at once: what every model takes, in one request or several. */
const TEXTS_AT_ONCE = 96;

export interface CheckedInput {
  readonly good: number;
  readonly bad: number;
}

/** Reads all of the file. */
export async function checkInput(
  input: InputFile,
  rules: RecordRules,
  signal: AbortSignal,
  onBad: (bad: BadLine) => void,
): Promise<CheckedInput> {
  let [good, bad] = [0, 0];
  for await (const line of checkedLines(input.open(), rules)) {
    signal.throwIfAborted();
    if (isBad(line)) {
      bad += 1;
      onBad(line);
    } else good += 1;
  }
  return { good, bad };
}

export class PutSource {
  /** The line of every record that was given out, in their order. */
  readonly lines: number[] = [];

  constructor(
    private readonly input: InputFile,
    private readonly rules: RecordRules,
    private readonly checked: CheckedInput,
    private readonly embedder: Embedder | undefined,
    private readonly signal: AbortSignal,
    private readonly onFailure: (failure: Failure) => void,
  ) {}

  /**
   * The good records.
   * @throws Error where the file is not what was checked: lines would be lost, or sent unseen
   * @throws EmbeddingError where the model refuses every text, or has answered none until attempts were used up
   */
  async *records(): AsyncGenerator<VectorRecord, void, undefined> {
    let waiting: GoodLine[] = [];
    let [good, bad] = [0, 0];
    for await (const line of checkedLines(this.input.open(), this.rules)) {
      if (isBad(line)) {
        bad += 1;
        if (bad > this.checked.bad) break;
        continue;
      }
      good += 1;
      if (good > this.checked.good) break;
      waiting.push(line);
      if (waiting.length >= TEXTS_AT_ONCE) {
        yield* this.embedded(waiting);
        waiting = [];
      }
    }
    yield* this.embedded(waiting);
    if (good !== this.checked.good || bad !== this.checked.bad) {
      throw new Error(`${this.input.name} was changed while it was read; put it again`);
    }
  }

  private async *embedded(lines: readonly GoodLine[]): AsyncGenerator<VectorRecord, void, undefined> {
    for (const { line, record, outcome } of await vectorsOf(
      lines,
      this.rules.shape,
      this.embedder,
      this.signal,
    )) {
      if (typeof outcome === 'string') {
        this.onFailure({ source: this.input.name, line, key: record.key, reason: outcome });
        continue;
      }
      this.lines.push(line);
      yield { key: record.key, data: outcome, metadata: record.metadata as Metadata | undefined };
    }
  }
}

/** The vector of every line, or why it has none. */
async function vectorsOf(
  lines: readonly GoodLine[],
  { dimension }: IndexShape,
  embedder: Embedder | undefined,
  signal: AbortSignal,
): Promise<(GoodLine & { readonly outcome: readonly number[] | string })[]> {
  const texts = lines.filter(({ record }) => record.vector === undefined);
  const outcomes =
    texts.length === 0 || embedder === undefined
      ? []
      : await embedder.embed(
          texts.map(({ record }) => record.text ?? ''),
          'document',
          { signal },
        );
  endWhereHopeless(outcomes);
  const made = new Map(texts.map((line, at) => [line.line, outcomes[at]]));
  return lines.map((line) => {
    if (line.record.vector !== undefined) return { ...line, outcome: line.record.vector };
    const outcome = made.get(line.line);
    if (outcome?.embedding === undefined) {
      return { ...line, outcome: outcome?.error.message ?? 'the model gave no answer.' };
    }
    const { vector } = outcome.embedding;
    return {
      ...line,
      outcome:
        vector.length === dimension ? vector : `the model made ${vector.length} numbers, not ${dimension}.`,
    };
  });
}
