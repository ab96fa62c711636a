// Lines of JSONL as records: the same meaning for `put` and `migrate`.
import assert from 'node:assert/strict';
import { decide } from '../../../../runtime/records/record-decision';
import { checkedLines, isBad } from '../../../../runtime/records/checked-records';
import type { RecordRules } from '../../../../runtime/records/checked-records';
import { readRecordLine } from '../../../../runtime/records/record-line';
import { shapeOf } from '../surroundings/local-index';

const SHAPE = shapeOf(2, ['text']);
const MODEL = 'amazon.titan-embed-text-v2:0';

async function checked(record: object, rules: Partial<RecordRules>) {
  const stream = [`${JSON.stringify(record)}\n`];
  const all = { shape: SHAPE, texts: false, textKey: 'text', lastWins: false, ...rules };
  for await (const line of checkedLines(asStream(stream), all)) return line;
  throw new Error('no line');
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream
async function* asStream(parts: readonly string[]): AsyncGenerator<string> {
  yield* parts;
}

describe('a record line', () => {
  it('with a dimension that contradicts its vector is refused', () => {
    const problemsOf = (line: object) => readRecordLine(JSON.stringify(line)).problems;
    assert.deepEqual(problemsOf({ key: 'a', vector: [1, 2], dimension: 77 }), [
      '"dimension" is 77 and "vector" has 2 numbers.',
    ]);
    assert.deepEqual(problemsOf({ key: 'a', vector: [1, 2], dimension: '2' }), [
      '"dimension" is a string; it must be a number.',
    ]);
    for (const dimension of [2, null, undefined]) {
      assert.equal(problemsOf({ key: 'a', vector: [1, 2], dimension }), undefined);
    }
    assert.equal(problemsOf({ key: 'a', text: 'a', dimension: 77 }), undefined);
  });

  it('means the same to a put as to a migration that trusts vectors', async () => {
    for (const embeds of [true, false]) {
      for (const record of [
        { key: 'a', vector: [1, 2], text: 'words', metadata: { year: 1 } },
        { key: 'a', vector: [1, 2], text: 'words', model: MODEL },
        { key: 'a', vector: [1, 2], text: 'words', model: 'another' },
        { key: 'a', vector: [1, 2], model: 'another' },
        { key: 'a', vector: [1, 2, 3], text: 'words' },
        { key: 'a', vector: [1, 2, 3] },
        { key: 'a', vector: [0, 0], text: 'words' },
        { key: 'a', vector: [1, 2], text: 'words', metadata: { text: 'others' } },
        { key: 'a', text: 'words', metadata: { year: 1 } },
        { key: 'a', vector: [1, 2], metadata: { nested: {} } },
      ]) {
        const line = await checked(record, { texts: embeds, model: MODEL });
        const { record: read } = readRecordLine(JSON.stringify(record));
        assert.ok(read !== undefined);
        const decision = decide(
          { ...read, leftOut: [] },
          { shape: SHAPE, model: MODEL, trustVectors: true, embeds, textKey: 'text', flattenMetadata: false },
        );
        const about = `${JSON.stringify(record)} ${embeds}`;
        assert.equal(isBad(line), decision.kind === 'fail', about);
        if (isBad(line) || decision.kind === 'fail') continue;
        assert.deepEqual(line.record.metadata, decision.metadata, about);
        assert.deepEqual(line.record.vector, decision.kind === 'keep' ? decision.vector : undefined, about);
      }
    }
  });

  it('of another model is a bad line of a put, which says so', async () => {
    const line = await checked({ key: 'a', vector: [1, 2], model: 'another' }, { model: MODEL });
    assert.ok(isBad(line));
    assert.match(line.problems.join(' '), /made by another and cannot be compared with those of amazon/);
    const kept = await checked({ key: 'a', vector: [1, 2], text: 'w' }, { textKey: undefined });
    assert.ok(!isBad(kept));
    assert.deepEqual(kept.record.metadata, {});
  });
});
