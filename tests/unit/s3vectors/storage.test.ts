import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import { SearchEngine } from '../../../local/s3vectors/search/search-engine';
import type { Index } from '../../../local/s3vectors/storage/catalog';
import type { Database } from '../../../local/s3vectors/storage/database';
import { asStorageFailure, StorageFailure } from '../../../local/s3vectors/storage/storage-failure';
import { Storage } from '../../../local/s3vectors/storage/storage';
import { temporaryDirectory } from './temporary-directory';

const shape: IndexShape = {
  dimension: 2,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
};
const indexOf = (id: number): Index => ({
  ...{ id, bucketName: 'bucket', name: `index-${id}`, creationTime: 0, shape },
  ...{ encryption: { sseType: 'AES256' }, tags: {} },
});
const silent = (): void => undefined;
const vector = (key: string, n: number) => ({ key, data: Float32Array.of(n, 0), metadata: { n } });
const keysOf = async (storage: Storage, index: Index): Promise<string[]> =>
  storage.use(index, async (vectors) =>
    (await vectors.search(Float32Array.of(0, 0), 100)).map(({ key }) => key),
  );

/** Vector and code files that this process has open; undefined on a system that does not tell. */
function openFiles(dataDir: string): number | undefined {
  try {
    return readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path.join(dataDir, 'vectors'));
      } catch {
        return false; // closed meanwhile
      }
    }).length;
  } catch {
    return undefined;
  }
}

describe('the storage of all indexes', () => {
  it('closes what was not used for the longest time, and opens it again when it is used', async () => {
    const dataDir = temporaryDirectory();
    const storage = await Storage.open(dataDir, silent, new SearchEngine(), 3);
    const indexes = Array.from({ length: 12 }, (_, at) => indexOf(at + 1));
    for (const index of indexes) await storage.use(index, (vectors) => vectors.put([vector('a', index.id)]));
    assert.ok((openFiles(dataDir) ?? 0) <= 6, `${openFiles(dataDir)} files are open`);
    assert.deepEqual([...(await storage.sizes())].length, 12);
    assert.ok([...(await storage.sizes()).values()].every((size) => size === 1));
    await Promise.all(
      indexes.map((index) => storage.use(index, (vectors) => vectors.put([vector('b', index.id)]))),
    );
    assert.ok((openFiles(dataDir) ?? 0) <= 6, `${openFiles(dataDir)} files are open`);
    for (const index of indexes) assert.deepEqual(await keysOf(storage, index), ['a', 'b']);
    await storage.close();
    assert.equal(openFiles(dataDir) ?? 0, 0);
  });

  it('does not close an index while somebody uses it', async () => {
    const storage = await Storage.open(temporaryDirectory(), silent, new SearchEngine(), 1);
    const [used, ...others] = [1, 2, 3, 4].map(indexOf);
    await storage.use(used!, async (vectors) => {
      await vectors.put([vector('a', 1)]);
      for (const other of others) await storage.use(other, (one) => one.put([vector('x', 1)]));
      await vectors.put([vector('b', 2)]);
    });
    assert.deepEqual(await keysOf(storage, used!), ['a', 'b']);
    await storage.close();
  });

  it('tries writes behind one that failed on the index that is opened again, and reads find it there', async () => {
    const storage = await Storage.open(temporaryDirectory(), silent);
    const index = indexOf(1);
    await storage.use(index, (vectors) => vectors.put([vector('before', 0)]));
    const { database } = storage as unknown as { database: Database };
    const commit = database.commit.bind(database);
    let failing = 1;
    const failure = new StorageFailure('the disk is full');
    Object.assign(database, {
      commit: (writes: () => void) => ((failing -= 1) >= 0 ? Promise.reject(failure) : commit(writes)),
    });
    const put = (key: string) => storage.use(index, (vectors) => vectors.put([vector(key, 1)]));
    const writes = ['a', 'b', 'c'].map(put);
    const reads = Array.from({ length: 5 }, () => keysOf(storage, index));
    const [first, ...later] = await Promise.allSettled(writes);
    assert.deepEqual(first, { status: 'rejected', reason: failure });
    assert.deepEqual(
      later.map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
    );
    for (const keys of await Promise.all(reads)) assert.ok(keys.includes('before'));
    assert.deepEqual(await keysOf(storage, index), ['before', 'b', 'c']);

    failing = 1_000;
    const refused = await Promise.allSettled(['d', 'e', 'f', 'g', 'h', 'i', 'j'].map(put));
    for (const one of refused) {
      assert.ok(one.status === 'rejected' && one.reason instanceof StorageFailure, JSON.stringify(one));
    }
    failing = 0;
    await put('k');
    assert.deepEqual(await keysOf(storage, index), ['before', 'b', 'c', 'k']);
    await storage.close();
  });

  it('is not available, and says what to do, when no more files may be open', async () => {
    for (const code of ['EMFILE', 'ENFILE']) {
      const failure = await asStorageFailure(Object.assign(new Error('too many'), { code }), '/data');
      assert.ok(failure instanceof StorageFailure);
      assert.match(failure.message, /too many files are open: raise the limit \(ulimit -n\)/);
    }
  });
});
