import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../contract/index-shape';
import { distance } from '../../../contract/vectors/distance';
import { roomFor, slotsPerBlock } from '../../../local/s3vectors/search/block-size';
import { BLOCK } from '../../../local/s3vectors/search/scan-target';
import { SearchEngine } from '../../../local/s3vectors/search/search-engine';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { VectorIndex } from '../../../local/s3vectors/storage/vector-index';
import { temporaryDirectory } from './temporary-directory';
import { Random } from './random';

const shape: IndexShape = {
  dimension: 512,
  distanceMetric: 'euclidean',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
};
const KIB = 1024;

/** Where the blocks of an index are: one of BLOCK each. */
function states(index: VectorIndex): number[] {
  const lease = index.lease();
  const found = [...lease.target.states];
  lease.end();
  return found;
}

describe('the memory that searches keep records in', () => {
  const random = new Random(7);
  const vector = (key: string) => ({
    key,
    data: Float32Array.from({ length: shape.dimension }, () => (random.below(2_000) - 1_000) / 500),
    metadata: undefined,
  });

  it('is little for a block of few vectors, and whole for a full one', () => {
    for (const dimension of [1, 3, 100, 512, 1_024, 4_096]) {
      const most = slotsPerBlock(dimension);
      assert.equal(roomFor(most, dimension), most);
      for (let slots = 1; slots <= most; slots = Math.ceil(slots * 1.3)) {
        const room = roomFor(slots, dimension);
        assert.ok(room >= slots && room <= most, `${room} for ${slots} of ${dimension}`);
        assert.equal(room % 8, 0);
        assert.ok(room <= 2 * slots || room * dimension <= 64 * KIB);
      }
    }
  });

  it('is not used up by indexes that hold next to nothing', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const engine = new SearchEngine({ threads: 1, memoryBudget: 1_024 * KIB });
    const indexes: VectorIndex[] = [];
    for (let id = 1; id <= 12; id += 1) {
      const index = await VectorIndex.open(directory, database, id, shape, engine);
      await index.put([vector('a'), vector('b')]);
      indexes.push(index);
    }
    for (const index of indexes) assert.deepEqual(states(index), [BLOCK.inMemory]);
    assert.ok(engine.memory.allocated <= 12 * 64 * KIB, `${engine.memory.allocated} bytes`);
    for (const index of indexes) await index.close();
    assert.equal(engine.memory.allocated, 0);
    await engine.close();
    await database.close();
  });

  it('is taken by blocks that found none before, once others have given it back', async () => {
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const engine = new SearchEngine({ threads: 1, memoryBudget: 100 * KIB });
    const [first, second] = [
      await VectorIndex.open(directory, database, 1, shape, engine),
      await VectorIndex.open(directory, database, 2, shape, engine),
    ];
    await first.put([vector('a')]);
    await second.put([vector('a'), vector('b')]);
    assert.deepEqual([...states(first), ...states(second)], [BLOCK.inMemory, BLOCK.inFile]);
    await first.close();
    assert.equal((await second.search(vector('query').data, 5)).length, 2);
    assert.deepEqual(states(second), [BLOCK.inMemory]);
    await second.close();
    await engine.close();
    await database.close();
  });

  for (const budget of [undefined, 300 * KIB]) {
    it(`grows under searches that go on, with a budget of ${budget ?? 'the default'}`, async function () {
      this.timeout(30_000);
      const directory = temporaryDirectory();
      const database = openDatabase(directory);
      const engine = new SearchEngine({ threads: 2, mainThreadBytes: 0, memoryBudget: budget });
      const index = await VectorIndex.open(directory, database, 1, shape, engine);
      const stored = new Map<string, Float32Array>();
      let writing = true;
      const query = vector('query').data;
      const search = async (): Promise<void> => {
        while (writing) {
          const found = await index.search(query, 40);
          for (const { key, distance: measured } of found) {
            const expected = distance('euclidean', query, stored.get(key)!);
            assert.ok(Math.abs(measured - expected) < 1e-6 * expected, key);
          }
          await new Promise((resolve) => setImmediate(resolve)); // a search of nothing would let nobody else run
        }
      };
      const searches = [search(), search()];
      for (let round = 0; round < 60; round += 1) {
        const vectors = Array.from({ length: 25 }, (_, n) => vector(`k${round * 25 + n}`));
        for (const { key, data } of vectors) stored.set(key, data);
        await index.put(vectors);
      }
      writing = false;
      await Promise.all(searches);
      const expected = [...stored]
        .map(([key, data]) => ({ key, distance: distance('euclidean', query, data) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, 40);
      assert.deepEqual(
        (await index.search(query, 40)).map(({ key }) => key),
        expected.map(({ key }) => key),
      );
      await index.close();
      assert.equal(engine.memory.allocated, 0);
      await engine.close();
      await database.close();
    });
  }
});
