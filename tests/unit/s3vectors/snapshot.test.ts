import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import type { Index } from '../../../local/s3vectors/storage/catalog';
import { createSnapshot, restoreSnapshot, SnapshotError } from '../../../local/s3vectors/storage/snapshot';
import { Storage } from '../../../local/s3vectors/storage/storage';
import { temporaryDirectory } from './temporary-directory';

const shape: IndexShape = {
  dimension: 256,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
};
const encryption = { sseType: 'AES256' as const };
const KEYS = Array.from({ length: 40 }, (_, n) => `k${n}`);
const silent = (): void => undefined;

async function withIndexes(storage: Storage, count: number): Promise<Index[]> {
  await storage.catalog.exclusively((writer) =>
    writer.putBucket({ name: 'bucket', creationTime: 0, encryption, tags: {} }),
  );
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      storage.catalog.exclusively(async (writer) => {
        const index = {
          ...{ id: storage.catalog.nextIndexId, bucketName: 'bucket', name: `index-${n}` },
          ...{ creationTime: 0, shape, encryption, tags: {} },
        };
        await writer.putIndex(index);
        return index;
      }),
    ),
  );
}

/** All components of a vector are its round, and so are its metadata: a mixture of two writes shows. */
const round = (number: number, keys = KEYS) =>
  keys.map((key) => ({
    key,
    data: new Float32Array(shape.dimension).fill(number),
    metadata: { round: number },
  }));

/** The one round of which an index holds every key, whole. */
async function roundOf(storage: Storage, index: Index): Promise<number> {
  const wanted = { data: true, metadata: true };
  const { vectors: all } = await storage.use(index, (vectors) =>
    vectors.list({ at: 0, count: 1 }, undefined, 1_000, 1e9, wanted),
  );
  assert.equal(all.length, KEYS.length);
  const rounds = new Set(
    all.flatMap(({ data, metadata }) => [...data!, (metadata as { round: number }).round]),
  );
  assert.equal(rounds.size, 1, `rounds ${[...rounds].join(', ')} in one index`);
  return [...rounds][0]!;
}

describe('a snapshot', () => {
  it('holds each index as it was at one moment, though all are overwritten meanwhile, and can be used', async function () {
    this.timeout(60_000);
    const parent = temporaryDirectory();
    const storage = await Storage.open(path.join(parent, 'data'), silent);
    const indexes = await withIndexes(storage, 4);
    // The last is not open when the snapshot begins.
    for (const index of indexes) await storage.use(index, (vectors) => vectors.put(round(1)));
    let stop = false;
    const written = new Map<number, number>(indexes.map(({ id }) => [id, 1]));
    const writers = indexes.map(async (index) => {
      while (!stop) {
        const next = (written.get(index.id) ?? 0) + 1;
        await storage.use(index, (vectors) => vectors.put(round(next)));
        written.set(index.id, next);
      }
    });
    for (let n = 0; n < 5; n += 1) {
      const before = new Map(written);
      const directory = path.join(parent, `snapshot-${n}`);
      const report = await createSnapshot(storage, directory);
      assert.deepEqual(
        [report.directory, report.vectorBuckets, report.indexes],
        [directory, 1, indexes.length],
      );
      await restoreSnapshot(directory, path.join(parent, `restored-${n}`));
      const restored = await Storage.open(path.join(parent, `restored-${n}`), silent);
      for (const index of restored.catalog.indexes('bucket')) {
        const found = await roundOf(restored, index);
        assert.ok(found >= before.get(index.id)!, 'what was acknowledged before is there');
      }
      await restored.close();
    }
    stop = true;
    await Promise.all(writers);
    // The slots that were kept for the copies are used again: two rounds of every key are enough room.
    for (const index of indexes)
      for (let n = 1; n <= 3; n += 1) await storage.use(index, (vectors) => vectors.put(round(n)));
    await storage.close();
  });

  it('also holds what an index, opened only while it was taken, was before', async () => {
    const parent = temporaryDirectory();
    let storage = await Storage.open(path.join(parent, 'data'), silent);
    const [index] = (await withIndexes(storage, 1)) as [Index];
    await storage.use(index, (vectors) => vectors.put(round(1)));
    await storage.close();
    storage = await Storage.open(path.join(parent, 'data'), silent);
    const copied = path.join(parent, 'copied.f32');
    await storage.atOneMoment(async ({ backup }) => {
      mkdirSync(path.join(parent, 'lmdb'));
      await backup(path.join(parent, 'lmdb'));
      for (let n = 2; n <= 5; n += 1) await storage.use(index, (vectors) => vectors.put(round(n)));
      writeFileSync(copied, readFileSync(path.join(parent, 'data', 'vectors', `${index.id}.f32`)));
    });
    await storage.close();
    const numbers = new Float32Array(readFileSync(copied).buffer);
    const first = numbers.subarray(0, KEYS.length * shape.dimension);
    assert.ok(
      first.every((number) => number === 1),
      'the slots that the backup refers to are as they were',
    );
  });

  it('makes creations of indexes wait, and they succeed', async () => {
    const parent = temporaryDirectory();
    const storage = await Storage.open(path.join(parent, 'data'), silent);
    let finish: () => void = () => undefined;
    const copying = new Promise<void>((resolve) => (finish = resolve));
    const taken = storage.atOneMoment(async ({ catalog }) => {
      await copying;
      return catalog.indexIds().size;
    });
    const created = withIndexes(storage, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    finish();
    assert.equal(await taken, 0);
    assert.equal((await created).length, 1);
    await storage.close();
  });

  it('is refused where something is already, and in the data directory; nothing is changed', async () => {
    const parent = temporaryDirectory();
    const storage = await Storage.open(path.join(parent, 'data'), silent);
    writeFileSync(path.join(parent, 'file'), 'mine');
    await assert.rejects(createSnapshot(storage, parent), /not empty; a snapshot needs a directory/);
    await assert.rejects(createSnapshot(storage, path.join(parent, 'file')), /is a file/);
    await assert.rejects(
      createSnapshot(storage, path.join(parent, 'data', 'x')),
      /within the data directory/,
    );
    await createSnapshot(storage, path.join(parent, 'once'));
    await assert.rejects(createSnapshot(storage, path.join(parent, 'once')), SnapshotError);
    await storage.close();
    await assert.rejects(restoreSnapshot(path.join(parent, 'once'), path.join(parent, 'data')), /not empty/);
    await assert.rejects(
      restoreSnapshot(path.join(parent, 'once'), path.join(parent, 'once', 'x')),
      /within/,
    );
    mkdirSync(path.join(parent, 'empty'));
    await restoreSnapshot(path.join(parent, 'once'), path.join(parent, 'empty'));
    await (await Storage.open(path.join(parent, 'empty'), silent)).close();
    assert.deepEqual(readdirSync(parent).sort(), ['data', 'empty', 'file', 'once']);
  });

  it('that cannot be written leaves nothing behind', async () => {
    const parent = temporaryDirectory();
    const storage = await Storage.open(path.join(parent, 'data'), silent);
    await assert.rejects(
      createSnapshot(
        Object.assign(Object.create(storage) as Storage, {
          atOneMoment: () => Promise.reject(new Error('no space left on device')),
        }),
        path.join(parent, 'snapshot'),
      ),
      /no space left/,
    );
    await storage.close();
    assert.deepEqual(readdirSync(parent), ['data']);
  });

  it('is not restored when it is damaged, not whole, of a newer version, or none', async () => {
    const parent = temporaryDirectory();
    const storage = await Storage.open(path.join(parent, 'data'), silent);
    const [index] = (await withIndexes(storage, 1)) as [Index];
    await storage.use(index, (vectors) => vectors.put(round(1)));
    const from = path.join(parent, 'snapshot');
    await createSnapshot(storage, from);
    await storage.close();
    const restore = () => restoreSnapshot(from, path.join(parent, 'restored'));
    await assert.rejects(
      restoreSnapshot(parent, path.join(parent, 'restored')),
      /no snapshot of S3 Vectors Local/,
    );

    const manifest = readFileSync(path.join(from, 'snapshot.json'), 'utf8');
    writeFileSync(path.join(from, 'snapshot.json'), manifest.replace(/"version": \d+/, '"version": 99'));
    await assert.rejects(restore(), /newer version \(format 99/);
    writeFileSync(path.join(from, 'snapshot.json'), manifest.replace('"format.json"', '"../format.json"'));
    await assert.rejects(restore(), /\.\.\/format\.json is outside/);
    writeFileSync(path.join(from, 'snapshot.json'), manifest);
    truncateSync(path.join(from, 'vectors', `${index.id}.f32`), 100);
    await assert.rejects(restore(), /damaged: vectors\/1\.f32 has 100 bytes instead of \d+/);
    assert.equal(existsSync(path.join(parent, 'restored')), false);
  });
});
