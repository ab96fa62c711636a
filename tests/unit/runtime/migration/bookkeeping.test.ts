// What a migration keeps account with: the low-water mark, checkpoints, the file of failures, digests of keys.
import assert from 'node:assert/strict';
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { checkpointText, expectSame, readCheckpoint } from '../../../../runtime/migration/checkpoint';
import { checkpointFile } from '../../../../runtime/migration/checkpoint-file';
import { sameFileProblems } from '../../../../runtime/records/distinct-files';
import { FailureFile, readFailures } from '../../../../runtime/migration/failure-file';
import { KeyDigests } from '../../../../runtime/migration/key-digests';
import { LowWaterMark } from '../../../../runtime/migration/low-water-mark';
import { count, noCounts } from '../../../../runtime/migration/migration-report';
import { readAhead } from '../../../../runtime/migration/read-ahead';

const failure = (cursor: string) => ({
  source: `s3://b/${cursor}`,
  cursor,
  key: cursor,
  code: 'UNREADABLE',
  reason: 'it is empty.',
});

describe('the account of a migration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-account-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);

  it('the low-water mark stands before the first open item, in whatever order items are settled', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 3_000 }, (_, item) => item)), (order) => {
        const passed: number[] = [];
        const mark = new LowWaterMark<number>((item) => passed.push(item));
        for (let item = 0; item < 3_000; item += 1) assert.equal(mark.begin(`c${item}`), item);
        const settled = new Set<number>();
        for (const item of order) {
          mark.settle(item, item);
          mark.settle(item, -1);
          settled.add(item);
        }
        const open =
          Array.from({ length: 3_000 }, (_, item) => item).find((item) => !settled.has(item)) ?? 3_000;
        assert.equal(mark.cursor, open === 0 ? undefined : `c${open - 1}`);
        assert.deepEqual(
          passed,
          Array.from({ length: open }, (_, item) => item),
        );
        assert.equal(mark.waiting, 3_000 - open);
      }),
      { numRuns: 30, seed: 6 },
    );
  });

  it('reading ahead keeps the order and the bound, and throws at its place', async () => {
    let [underWay, most] = [0, 0];
    async function* numbers() {
      for (let number = 0; number < 50; number += 1) {
        await sleep(0);
        yield number;
      }
    }
    const read = async (number: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await sleep(number % 3);
      underWay -= 1;
      if (number === 40) throw new Error('forty');
      return number;
    };
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const number of readAhead(numbers(), 4, read)) seen.push(number);
    }, /forty/);
    assert.deepEqual(
      seen,
      Array.from({ length: 40 }, (_, number) => number),
    );
    assert.ok(most > 1 && most <= 4, String(most));
    assert.equal(underWay, 0, 'nothing is still read when it has ended');
  });

  it('a checkpoint that is saved is the one that is loaded, and nothing else is left beside it', async () => {
    const store = checkpointFile(at('c.json'));
    assert.equal(await store.load(undefined), undefined);
    const checkpoint = {
      identity: { source: 's3://b' },
      finished: false,
      cursor: 'é',
      counts: { ...noCounts(), taken: 3, models: { m: 3 } },
      failureBytes: 7,
      savedAt: new Date(0).toISOString(),
    };
    writeFileSync(at('c.json.unfinished'), 'left by a kill');
    await store.save(checkpointText(checkpoint), undefined);
    assert.deepEqual(readCheckpoint((await store.load(undefined)) ?? '', 'c'), checkpoint);
    assert.deepEqual(readdirSync(folder), ['c.json']);
    await assert.rejects(
      checkpointFile(at('no/c.json')).save('', undefined),
      /checkpoint .* cannot be written/,
    );
    await assert.rejects(checkpointFile(folder).load(undefined), /cannot be read/);
  });

  it('what is no checkpoint is refused, with the way out', () => {
    const good = JSON.parse(
      checkpointText({ identity: {}, finished: true, counts: noCounts(), failureBytes: 0, savedAt: '' }),
    ) as Record<string, unknown>;
    for (const [text, said] of [
      ['{', 'no JSON'],
      ['null', 'no checkpoint of a migration'],
      [JSON.stringify({ ...good, format: 'x' }), 'no checkpoint of a migration'],
      [JSON.stringify({ ...good, version: 2 }), 'version 2'],
      [JSON.stringify({ ...good, counts: { ...noCounts(), taken: -1 } }), 'damaged'],
      [JSON.stringify({ ...good, cursor: 5 }), 'damaged'],
      [JSON.stringify({ ...good, identity: { a: 1 } }), 'damaged'],
    ] as const) {
      assert.throws(
        () => readCheckpoint(text, 'c.json'),
        (error: Error) => error.message.includes(said) && error.message.includes('delete it to begin anew'),
      );
    }
  });

  it('another source, index or option is refused, each difference named', () => {
    assert.throws(
      () => expectSame({ source: 'a', index: 'i', prefix: 'p' }, { source: 'b', index: 'i' }, 'c'),
      /of another migration[^]*source was "a" and is "b"[^]*prefix was "p" and is not given/,
    );
    expectSame({ source: 'a' }, { source: 'a' }, 'c');
  });

  it('the file of failures goes on at the length that the checkpoint names', async () => {
    const file = await FailureFile.open(at('f.jsonl'), 0);
    await file.append([failure('1'), failure('2')]);
    const counted = file.bytes;
    await file.append([failure('3')]);
    await file.close();
    const resumed = await FailureFile.open(at('f.jsonl'), counted);
    await resumed.append([failure('4')]);
    await resumed.close();
    assert.deepEqual(await readFailures(at('f.jsonl')), [failure('1'), failure('2'), failure('4')]);
    await assert.rejects(FailureFile.open(at('f.jsonl'), 1e6), /counts on 1000000: it was moved or changed/);
    await assert.rejects(FailureFile.open(at('gone'), 5), /has 0 bytes/);
    await assert.rejects(FailureFile.open(at('no/f'), 0), /cannot be written/);
  });

  it('a file that holds something else than failures is left as it is, however short', async () => {
    for (const text of ['{"key":"a","vector":[1]}\n', 'notes', '\n', `{"source":"a"}\n`]) {
      writeFileSync(at('keep'), text);
      await assert.rejects(FailureFile.open(at('keep'), 0), /keep holds something else[^]*name another file/);
      assert.equal(readFileSync(at('keep'), 'utf8'), text);
    }
    await assert.rejects(FailureFile.open(folder, 0), /cannot be written/);
    // What a kill left of the first line is ours.
    writeFileSync(at('torn'), '{"source":"s3://b');
    const torn = await FailureFile.open(at('torn'), 0);
    await torn.append([failure('1')]);
    await torn.close();
    assert.deepEqual(await readFailures(at('torn')), [failure('1')]);
  });

  it('two names of one file are told, also through links and before it is there', () => {
    writeFileSync(at('a'), 'a');
    symlinkSync(at('a'), at('soft'));
    linkSync(at('a'), at('hard'));
    symlinkSync(at('later'), at('dangling'));
    symlinkSync(folder, at('here'));
    const named = (...files: string[]) => files.map((file) => ({ as: file, path: path.join(folder, file) }));
    for (const other of ['a', './a', 'soft', 'hard', 'here/a']) {
      assert.deepEqual(sameFileProblems(named('a', other)), [
        `${other} is the same file as a; name another one.`,
      ]);
    }
    assert.equal(sameFileProblems(named('later', 'dangling')).length, 1);
    assert.equal(sameFileProblems(named('new', 'here/new')).length, 1);
    assert.deepEqual(sameFileProblems(named('a', 'b', 'here/c', 'no/such/a')), []);
    const relative = { as: 'relative', path: path.relative(process.cwd(), at('a')) };
    assert.equal(sameFileProblems([...named('a'), relative]).length, 1);
  });

  it('a file of failures with other lines is refused by file and line', async () => {
    writeFileSync(at('f.jsonl'), `${JSON.stringify(failure('1'))}\n{"a":1}\nno\n`);
    await assert.rejects(readFailures(at('f.jsonl')), /f\.jsonl:2: [^]*f\.jsonl:3: /);
    await assert.rejects(readFailures(at('gone')), /cannot be read/);
    assert.ok(readFileSync(at('f.jsonl')).length > 0);
  });

  it('digests of keys are a set, at any size', () => {
    const digests = new KeyDigests(2);
    for (let key = 0; key < 5_000; key += 1) assert.equal(digests.add(`key-${key}`), true);
    assert.equal(digests.add('key-17'), false);
    assert.equal(digests.size, 5_000);
    assert.deepEqual(
      [digests.find('key-17'), digests.find('key-17'), digests.find('other')],
      [true, false, undefined],
    );
    for (let key = 5_000; key < 9_000; key += 1) digests.add(`key-${key}`);
    assert.deepEqual(
      [digests.wasFound('key-17'), digests.wasFound('key-18'), digests.has('key-8999')],
      [true, false, true],
    );
  });

  it('names beyond a hundred are counted together', () => {
    const counts = noCounts();
    const remarks = {
      textCut: false,
      changed: [],
      leftOut: Array.from({ length: 150 }, (_, name) => `f${name}`),
    };
    count(counts, { kind: 'kept', bytes: 1, model: undefined, remarks });
    assert.equal(Object.keys(counts.leftOut).length, 101);
    assert.equal(counts.leftOut['…'], 50);
    assert.deepEqual(counts.models, { unknown: 1 });
  });
});
