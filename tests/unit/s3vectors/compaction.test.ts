import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import {
  compactDatabase,
  compactVectors,
  isWasteful,
  vectorSpace,
} from '../../../local/s3vectors/storage/compaction';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { Storage } from '../../../local/s3vectors/storage/storage';
import { vectorFilePath } from '../../../local/s3vectors/storage/vector-file';
import { VectorIndex } from '../../../local/s3vectors/storage/vector-index';
import { temporaryDirectory } from './temporary-directory';

const shape: IndexShape = {
  dimension: 3,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
};
const vector = (key: number, value: number) => ({
  key: `k${key}`,
  data: Float32Array.of(value, key, 1),
  metadata: { value },
});

describe('compaction', () => {
  it('leaves exactly the bytes of the vectors that there are, and every one of them as it was', async () => {
    const key = fc.integer({ min: 0, max: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ put: fc.boolean(), keys: fc.uniqueArray(key, { minLength: 1, maxLength: 12 }) }),
          {
            maxLength: 10,
          },
        ),
        async (steps) => {
          const directory = temporaryDirectory();
          const database = openDatabase(directory);
          const open = () => VectorIndex.open(directory, database, 1, shape);
          const model = new Map<string, number>();
          let index = await open();
          for (const [value, { put, keys }] of steps.entries()) {
            if (put) await index.put(keys.map((k) => vector(k, value)));
            else await index.delete(keys.map((k) => `k${k}`));
            for (const k of keys)
              if (put) model.set(`k${k}`, value);
              else model.delete(`k${k}`);
          }
          await index.close();
          const space = await compactVectors(directory, database, 1, shape);
          assert.deepEqual(space, { bytes: model.size * 12, liveBytes: model.size * 12 });
          index = await open();
          // Slots that were given up are not used twice.
          await index.put([vector(99, 99)]);
          model.set('k99', 99);
          const all = index.list({ at: 0, count: 1 }, undefined, 1_000, 1e9, { data: true, metadata: true });
          assert.deepEqual(
            new Map(all.vectors.map((one) => [one.key, (one.metadata as { value: number }).value])),
            model,
          );
          for (const { key: k, data } of all.vectors) {
            assert.deepEqual(data, Float32Array.of(model.get(k)!, Number(k.slice(1)), 1));
          }
          const found = await index.search(Float32Array.of(99, 99, 1), 1);
          assert.deepEqual(found, [{ key: 'k99', distance: 0 }]);
          await index.close();
          await database.close();
        },
      ),
      { numRuns: 40, seed: 11 },
    );
  });

  it('of the database gives back the pages of what was deleted', async () => {
    const directory = temporaryDirectory();
    let database = openDatabase(directory);
    const key = (n: number) => Buffer.from(`k${n}`);
    await database.commit(() => {
      for (let n = 0; n < 3_000; n += 1) void database.records.put(key(n), Buffer.alloc(3_000, n));
    });
    await database.commit(() => {
      for (let n = 3; n < 3_000; n += 1) void database.records.remove(key(n));
    });
    const before = database.space();
    assert.ok(before.bytes > 9_000_000 && before.liveBytes < 100_000, JSON.stringify(before));
    await database.close();
    await compactDatabase(directory);
    database = openDatabase(directory);
    assert.ok(database.space().bytes < 200_000, JSON.stringify(database.space()));
    assert.deepEqual(
      [...database.records.getRange({})].map(({ value }) => value),
      [0, 1, 2].map((n) => Buffer.alloc(3_000, n)),
    );
    await database.close();
    assert.deepEqual(readdirSync(directory), ['lmdb']);
  });

  it('is done at the start and at first use, once more than half is free and it is worth the work', async function () {
    this.timeout(60_000);
    assert.equal(isWasteful({ bytes: 40e6, liveBytes: 21e6 }), false);
    assert.equal(isWasteful({ bytes: 10e6, liveBytes: 0 }), false);
    assert.equal(isWasteful({ bytes: 40e6, liveBytes: 19e6 }), true);

    const directory = temporaryDirectory();
    const large = { ...shape, dimension: 4_096 };
    const logged: string[] = [];
    let storage = await Storage.open(directory, (line) => logged.push(line));
    const encryption = { sseType: 'AES256' as const };
    const index = {
      ...{ id: 1, bucketName: 'b', name: 'i', creationTime: 0, shape: large, encryption, tags: {} },
    };
    await storage.catalog.exclusively(async (writer) => {
      await writer.putBucket({ name: 'b', creationTime: 0, encryption, tags: {} });
      await writer.putIndex(index);
    });
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => ({
        key: `k${from + n}`,
        data: new Float32Array(4_096).fill(from + n),
        metadata: { text: 'x'.repeat(15_000) },
      }));
    for (let from = 0; from < 1_600; from += 400)
      await storage.use(index, (vectors) => vectors.put(many(from, 400)));
    for (let from = 0; from < 1_600; from += 400) {
      const keys = many(from, 400).map(({ key }) => key);
      await storage.use(index, (vectors) => vectors.delete(from === 1_200 ? keys.slice(0, 398) : keys));
    }
    await storage.close();
    mkdirSync(path.join(directory, 'lmdb.compact'));
    writeFileSync(path.join(directory, 'lmdb.compact', 'data.mdb'), 'half written');

    storage = await Storage.open(directory, (line) => logged.push(line));
    const [vectors, last] = await storage.use(index, (opened) => [
      opened.size,
      opened.get('k1599', { data: true, metadata: false }),
    ]);
    assert.match(logged.join('\n'), /compacted the database to \d+ bytes\n/);
    assert.match(logged.join('\n'), /compacted the vectors of index 1 to 32768 bytes/);
    assert.deepEqual(vectorSpace(directory, 1, large, vectors), { bytes: 32_768, liveBytes: 32_768 });
    assert.ok(statSync(path.join(directory, 'lmdb', 'data.mdb')).size < 1e6);
    assert.equal(last?.data?.[4_095], 1_599);
    await storage.close();
    assert.equal(existsSync(vectorFilePath(directory, 1)), true);
  });
});
