import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import { encodeRecord } from '../../../local/s3vectors/search/record-encoder';
import { codeFilePath } from '../../../local/s3vectors/storage/code-file';
import { compactVectors } from '../../../local/s3vectors/storage/compaction';
import { openDatabase, type Database } from '../../../local/s3vectors/storage/database';
import {
  removeVectorFiles,
  vectorFileIds,
  vectorFilePath,
} from '../../../local/s3vectors/storage/vector-file';
import { VectorIndex } from '../../../local/s3vectors/storage/vector-index';
import { temporaryDirectory } from './temporary-directory';

const shape: IndexShape = {
  dimension: 40,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
};
const HEADER_BYTES = 64;
const vectorAt = (n: number): Float32Array =>
  Float32Array.from({ length: 40 }, (_, at) => Math.sin(n * 40 + at));

/** An index of some vectors, which is closed again. */
async function filled(count: number): Promise<{ directory: string; database: Database; file: string }> {
  const directory = temporaryDirectory();
  const database = openDatabase(directory);
  const index = await VectorIndex.open(directory, database, 1, shape);
  const vectors = Array.from({ length: count }, (_, n) => ({
    key: `k${n}`,
    data: vectorAt(n),
    metadata: undefined,
  }));
  if (count > 0) await index.put(vectors);
  await index.close();
  return { directory, database, file: codeFilePath(directory, 1) };
}

async function assertFindsAll(directory: string, database: Database, numbers: readonly number[]) {
  const index = await VectorIndex.open(directory, database, 1, shape);
  for (const n of numbers) {
    const [nearest] = await index.search(vectorAt(n), 1);
    assert.deepEqual(nearest, { key: `k${n}`, distance: 0 });
  }
  assert.equal((await index.search(vectorAt(0), 10_000)).length, numbers.length);
  await index.close();
}

describe('the code file of an index', () => {
  it('holds the record of every vector once the write is acknowledged', async () => {
    const { database, file } = await filled(50);
    const records = Buffer.concat(Array.from({ length: 50 }, (_, n) => encodeRecord(vectorAt(n))));
    assert.deepEqual(readFileSync(file).subarray(HEADER_BYTES), records);
    await database.close();
  });

  const damages: Record<string, (file: string) => void> = {
    'is missing, as in older data directories': (file) => rmSync(file),
    'is cut short': (file) => truncateSync(file, HEADER_BYTES + 100),
    'was not finished when the process was killed': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, Buffer.concat([Buffer.alloc(HEADER_BYTES), bytes.subarray(HEADER_BYTES).fill(7)]));
    },
    'is of another layout': (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE(bytes.readUInt32LE(32) + 1, 32);
      bytes.fill(7, HEADER_BYTES);
      writeFileSync(file, bytes);
    },
    'is that of another dimension': (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE(39, 36);
      writeFileSync(file, bytes);
    },
    'is empty': (file) => truncateSync(file, 0),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`is made anew from the vectors when it ${what}`, async () => {
      const { directory, database, file } = await filled(50);
      const whole = readFileSync(file);
      damage(file);
      await assertFindsAll(
        directory,
        database,
        Array.from({ length: 50 }, (_, n) => n),
      );
      assert.deepEqual(readFileSync(file), whole);
      await database.close();
    });
  }

  it('is left as it is when it is whole', async () => {
    const { directory, database, file } = await filled(3);
    const marked = readFileSync(file);
    marked[marked.length - 1] = 1; // a code of zero behind the last component
    writeFileSync(file, marked);
    await (await VectorIndex.open(directory, database, 1, shape)).close();
    assert.deepEqual(readFileSync(file), marked);
    await database.close();
  });

  it('follows the vectors when compaction moves them', async () => {
    const { directory, database, file } = await filled(60);
    const index = await VectorIndex.open(directory, database, 1, shape);
    await index.delete(Array.from({ length: 40 }, (_, n) => `k${n}`));
    await index.close();
    const stale = readFileSync(file);
    await compactVectors(directory, database, 1, shape);
    assert.equal(readFileSync(file).length, 0, 'whoever is killed here finds no codes of other vectors');
    const left = Array.from({ length: 20 }, (_, n) => n + 40);
    await assertFindsAll(directory, database, left);
    assert.ok(readFileSync(file).length < stale.length / 2);
    await database.close();
  });

  it('is deleted with its index, whether that is open or not', async () => {
    const { directory, database, file } = await filled(3);
    await (await VectorIndex.open(directory, database, 1, shape)).remove();
    assert.deepEqual([existsSync(file), existsSync(vectorFilePath(directory, 1))], [false, false]);
    const other = await filled(3);
    rmSync(vectorFilePath(other.directory, 1));
    assert.deepEqual(vectorFileIds(other.directory), [1]);
    removeVectorFiles(other.directory, 1);
    assert.deepEqual(vectorFileIds(other.directory), []);
    await database.close();
    await other.database.close();
  });
});
