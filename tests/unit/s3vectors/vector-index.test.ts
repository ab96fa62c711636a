import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import type { Metadata } from '../../../contract/vectors/metadata';
import { SearchEngine } from '../../../local/s3vectors/search/search-engine';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { FoundLists } from '../../../local/s3vectors/storage/found-vectors';
import { recordKey, segmentRange } from '../../../local/s3vectors/storage/record-key';
import { vectorFilePath } from '../../../local/s3vectors/storage/vector-file';
import {
  IndexGone,
  purgeRecords,
  recordedIndexIds,
  VectorIndex,
} from '../../../local/s3vectors/storage/vector-index';
import { temporaryDirectory } from './temporary-directory';

const shape: IndexShape = {
  dimension: 3,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: ['text'],
};
const all = { data: true, metadata: true };
const vector = (key: string, components: number[], metadata?: Metadata) => ({
  key,
  data: Float32Array.from(components),
  metadata,
});

describe('the storage of an index', () => {
  it('agrees with a map after any sequence of puts, deletions and reopenings', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é', '');
    const step = fc.oneof(
      fc.record({
        put: fc.uniqueArray(key, { minLength: 1, maxLength: 4 }),
        value: fc.integer({ min: 0, max: 99 }),
      }),
      fc.record({ delete: fc.array(key, { minLength: 1, maxLength: 4 }) }),
      fc.constant('reopen' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const directory = temporaryDirectory();
        const database = openDatabase(directory);
        let index = await VectorIndex.open(directory, database, 7, shape);
        const model = new Map<string, number>();
        for (const one of steps) {
          if (one === 'reopen') {
            await index.close();
            index = await VectorIndex.open(directory, database, 7, shape);
          } else if ('put' in one) {
            await index.put(one.put.map((k, at) => vector(k, [one.value, at, 0], { n: one.value + at })));
            one.put.forEach((k, at) => model.set(k, one.value + at / 10));
          } else {
            await index.delete(one.delete);
            for (const k of one.delete) model.delete(k);
          }
          const listed = index.list({ at: 0, count: 1 }, undefined, 100, 1e9, all).vectors;
          assert.deepEqual(new Set(listed.map((found) => found.key)), new Set(model.keys()));
          for (const found of listed) {
            const [value = 0, at = 0] = found.data!;
            assert.equal(value + at / 10, model.get(found.key));
            assert.deepEqual(found.metadata, { n: value + at });
          }
          const found = await index.search(Float32Array.of(0, 0, 0), 100);
          assert.deepEqual(new Set(found.map((one) => one.key)), new Set(model.keys()));
        }
        await index.close();
        await database.close();
      }),
      { numRuns: 40 },
    );
  });

  it('reuses the slots of what was replaced, so that its file does not grow for ever', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(directory, database, 1, shape);
    for (let round = 0; round < 50; round += 1)
      await index.put([vector('a', [round, 0, 0]), vector('b', [0, round, 0])]);
    await index.close();
    const { statSync } = await import('node:fs');
    assert.ok(statSync(vectorFilePath(directory, 1)).size <= 4 * 3 * 4);
    await database.close();
  });

  it('shows filters the filterable metadata only, and everything to a get', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(directory, database, 1, shape);
    await index.put([vector('a', [1, 0, 0], { n: 1, text: 'long' })]);
    const matching = async (key: string): Promise<number> => {
      const filter = { kind: 'exists', key, exists: true } as const;
      return (await index.search(Float32Array.of(0, 0, 0), 1, { filter })).length;
    };
    assert.equal(await matching('n'), 1);
    assert.equal(await matching('text'), 0);
    assert.deepEqual(index.get('a', all)?.metadata, { n: 1, text: 'long' });
    await index.close();
    await database.close();
  });

  it('says so when its vector file was cut, instead of making vectors up', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(directory, database, 1, shape);
    await index.put([vector('a', [1, 2, 3]), vector('b', [1, 2, 3])]);
    await index.close();
    truncateSync(vectorFilePath(directory, 1), 13);
    await assert.rejects(
      VectorIndex.open(directory, database, 1, shape),
      /1\.f32 ends at byte 13, before slot 1/,
    );
    await database.close();
  });

  it('makes the pages of an index of format 1 from its records', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(directory, database, 1, shape);
    await index.put([vector('a', [1, 0, 0], { n: 1 }), vector('b', [2, 0, 0]), vector('c', [3, 0, 0])]);
    await index.delete(['b']);
    await index.close();
    await database.commit(() => {
      for (const key of [...database.slotPages.getKeys({})]) void database.slotPages.remove(key);
    });
    const converted = await VectorIndex.open(directory, database, 1, shape);
    const filter = { kind: 'exists', key: 'n', exists: true } as const;
    const keys = async (options = {}) =>
      (await converted.search(Float32Array.of(0, 0, 0), 9, options)).map(({ key }) => key);
    assert.deepEqual(await keys(), ['a', 'c']);
    assert.deepEqual(await keys({ filter }), ['a']);
    await converted.close();
    await database.close();
  });

  for (const memoryBudget of [undefined, 0]) {
    it(`shows a search all of a write or nothing, with a memory budget of ${memoryBudget ?? 'the default'}`, async () => {
      const directory = temporaryDirectory();
      const database = openDatabase(directory);
      const engine = new SearchEngine({ threads: 2, mainThreadBytes: 0, memoryBudget });
      const index = await VectorIndex.open(directory, database, 1, shape, engine);
      const keys = Array.from({ length: 40 }, (_, at) => `k${at}`);
      let written = 1;
      const write = async (): Promise<void> => {
        for (let round = 2; round <= 15; round += 1) {
          await index.put(keys.map((key) => vector(key, [round, 0, 0], { round })));
          written = round;
        }
      };
      const read = async (): Promise<void> => {
        while (written < 15) {
          const acknowledged = written;
          const found = await index.search(Float32Array.of(0, 0, 0), 100, { metadata: true });
          assert.deepEqual(new Set(found.map(({ key }) => key)), new Set(keys));
          const rounds = new Set(found.map(({ distance }) => Math.sqrt(distance)));
          assert.equal(rounds.size, 1, 'vectors of one write');
          for (const { distance, metadata } of found) assert.equal(metadata?.round, Math.sqrt(distance));
          assert.ok([...rounds][0]! >= acknowledged, 'what was acknowledged before is seen');
        }
      };
      await index.put(keys.map((key) => vector(key, [1, 0, 0], { round: 1 })));
      await Promise.all([write(), read(), read(), read()]);
      await index.close();
      await engine.close();
      await database.close();
    });
  }

  it('reads the metadata of found vectors when their page is read, as they were when they were found', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    let reads = 0;
    const get: (key: Buffer) => Buffer | undefined = database.records.get.bind(database.records);
    Object.assign(database.records, { get: (key: Buffer) => ((reads += 1), get(key)) });
    const lists = new FoundLists();
    const index = await VectorIndex.open(directory, database, 1, shape, undefined, lists);
    const keys = Array.from({ length: 500 }, (_, n) => `k${n}`);
    await index.put(keys.map((key, n) => vector(key, [n, 0, 0], { n })));
    reads = 0;
    const found = await index.find(Float32Array.of(0, 0, 0), 400, { metadata: true });
    assert.equal(reads, 0);
    assert.equal(index.read(found, 0, 100).length, 100);
    assert.equal(reads, 100);
    await index.put([vector('k150', [9, 9, 9], { n: -1 }), vector('k450', [9, 9, 9], { n: -1 })]);
    await index.delete(['k151', 'k451']);
    await index.put([vector('k151', [9, 9, 9], { n: -2 })]);
    assert.deepEqual(
      index.read(found, 100, 200),
      keys.slice(100, 200).map((key, at) => ({ key, distance: (100 + at) ** 2, metadata: { n: 100 + at } })),
    );
    assert.deepEqual([...found.replaced.keys()], ['k150', 'k151']);
    lists.release(found);
    assert.equal(lists.bytes, 0);
    await index.close();
    await database.close();
  });

  it('finds what a transaction takes away that is not acknowledged yet as it was', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    let acknowledge: () => void = () => undefined;
    let acknowledged = Promise.resolve();
    const commit = async (writes: () => void): Promise<void> => {
      await database.commit(writes);
      await acknowledged;
    };
    const index = await VectorIndex.open(directory, { ...database, commit }, 1, shape);
    await index.put([vector('a', [1, 0, 0], { n: 1 }), vector('b', [2, 0, 0], { n: 2 })]);
    // Made before the write: what is committed can be read before its commit is told of here.
    acknowledged = new Promise((resolve) => (acknowledge = resolve));
    const writing = index.put([vector('a', [3, 0, 0], { n: 3 })]);
    while (index.get('a', all)?.metadata?.['n'] !== 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const found = await index.search(Float32Array.of(0, 0, 0), 9, { metadata: true });
    assert.deepEqual(found, [
      { key: 'a', distance: 1, metadata: { n: 1 } },
      { key: 'b', distance: 4, metadata: { n: 2 } },
    ]);
    acknowledge();
    await writing;
    await index.close();
    await database.close();
  });

  it('refuses everything once it is removed, after the writes under way', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(directory, database, 1, shape);
    const underWay = index.put([vector('a', [1, 2, 3])]);
    await index.remove();
    await underWay;
    assert.throws(() => index.get('a', all), IndexGone);
    await assert.rejects(index.search(Float32Array.of(0, 0, 0), 1), IndexGone);
    assert.throws(() => void index.put([vector('a', [1, 2, 3])]), IndexGone);
    await database.close();
  });

  it('leaves the records of other indexes when those of one are purged', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    for (const id of [1, 2, 3, 256]) {
      const index = await VectorIndex.open(directory, database, id, shape);
      await index.put([vector('a', [id, 0, 0]), vector('b', [id, 0, 0])]);
      await index.close();
    }
    assert.deepEqual(recordedIndexIds(database), [1, 2, 3, 256]);
    await purgeRecords(database, 2);
    assert.deepEqual(recordedIndexIds(database), [1, 3, 256]);
    await database.close();
  });

  it('knows after a failed write that memory and disk may differ', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const index = await VectorIndex.open(
      directory,
      { ...database, commit: () => Promise.reject(new Error('disk full')) },
      1,
      shape,
    );
    await assert.rejects(index.put([vector('a', [1, 2, 3])]), /disk full/);
    assert.equal(index.mustReopen, true);
    assert.deepEqual(await index.search(Float32Array.of(0, 0, 0), 1), []);
    await assert.rejects(index.put([vector('a', [1, 2, 3])]), /an earlier write/);
    await index.close();
    const reopened = await VectorIndex.open(directory, database, 1, shape);
    await reopened.put([vector('a', [1, 2, 3])]);
    assert.deepEqual(reopened.get('a', all)?.data, Float32Array.of(1, 2, 3));
    await reopened.close();
    await database.close();
  });
});

describe('segments of a list', () => {
  it('hold every key in exactly one of them, for any number of segments', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 16 }),
        fc.constantFrom(0, 1, 77, 2 ** 31),
        (key, count, indexId) => {
          const record = recordKey(indexId, key);
          const holding = Array.from({ length: count }, (_, at) => segmentRange(indexId, at, count)).filter(
            ({ start, end }) => Buffer.compare(start, record) <= 0 && Buffer.compare(record, end) < 0,
          );
          assert.equal(holding.length, 1);
        },
      ),
    );
  });
});
