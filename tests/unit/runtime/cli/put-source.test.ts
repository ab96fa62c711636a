import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { Failure } from '../../../../runtime/cli/failure-file';
import { PutSource } from '../../../../runtime/cli/put-source';
import type { Embedder } from '../../../../runtime/embedders/embedder';
import { EmbeddingError } from '../../../../runtime/embedders/embedding-error';
import type { EmbeddingErrorCode } from '../../../../runtime/embedders/embedding-error';
import { shapeOf } from '../surroundings/local-index';

const LINES = 1_000;

/** Reads texts through an embedder that fails with a code; answers what was thrown, and how often it was asked. */
async function read(
  codeOf: (text: string) => EmbeddingErrorCode | undefined,
): Promise<{ readonly thrown: unknown; readonly asked: number; readonly failures: readonly Failure[] }> {
  const text = Array.from(
    { length: LINES },
    (_, at) => `${JSON.stringify({ key: `k${at}`, text: `t${at}` })}\n`,
  );
  const input = {
    name: 'texts.jsonl',
    path: 'texts.jsonl',
    size: 0,
    open: () => Readable.from([Buffer.from(text.join(''))]),
    close: () => Promise.resolve(),
  };
  let asked = 0;
  const embedder: Embedder = {
    modelId: 'm',
    dimension: 2,
    embed: (texts) => {
      asked += 1;
      return Promise.resolve(
        texts.map((each) => {
          const code = codeOf(each);
          return code === undefined
            ? { embedding: { vector: [1, 2], truncated: false, inputTokens: 1 } }
            : { error: new EmbeddingError(code, `no vector: ${code}.`) };
        }),
      );
    },
  };
  const failures: Failure[] = [];
  const rules = { shape: shapeOf(2), texts: true, textKey: undefined, model: undefined, lastWins: false };
  const source = new PutSource(
    input,
    rules,
    { good: LINES, bad: 0 },
    embedder,
    new AbortController().signal,
    (failure) => failures.push(failure),
  );
  let thrown: unknown;
  try {
    for await (const record of source.records()) assert.equal(record.data.length, 2);
  } catch (error) {
    thrown = error;
  }
  return { thrown, asked, failures };
}

describe('the records of a put with a model', () => {
  it('end with the first group where the model refuses every text, or answers none', async () => {
    for (const code of ['ACCESS_DENIED', 'NOT_FOUND', 'THROTTLED', 'SERVICE_UNAVAILABLE'] as const) {
      const { thrown, asked } = await read(() => code);
      assert.ok(thrown instanceof EmbeddingError && thrown.code === code);
      assert.equal(asked, 1);
    }
  });

  it('go on where single texts fail, and name these', async () => {
    const { thrown, asked, failures } = await read((text) =>
      text === 't5' ? 'TEXT_TOO_LONG' : text === 't6' ? 'THROTTLED' : undefined,
    );
    assert.equal(thrown, undefined);
    assert.equal(asked, Math.ceil(LINES / 96));
    assert.deepEqual(
      failures.map(({ key }) => key),
      ['k5', 'k6'],
    );
  });
});
