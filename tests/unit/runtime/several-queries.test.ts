import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import { queryAcross } from '../../../runtime/vector-store/query-across';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { VectorStoreError } from '../../../runtime/vector-store/vector-store-error';
import { shapeOf, startLocalIndex } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

function angle(degrees: number): number[] {
  return [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
}

describe('several queries', () => {
  let local: LocalIndex;
  const stores: VectorStore[] = [];
  const open = (indexName: string): VectorStore => {
    const store = new VectorStore(local.connection(indexName));
    stores.push(store);
    return store;
  };

  before(async () => {
    local = await startLocalIndex();
    for (const [place, indexName] of ['shard-0', 'shard-1', 'shard-2'].entries()) {
      await local.create(indexName, shapeOf(2));
      await open(indexName).put(
        Array.from({ length: 30 }, (_, at) => ({
          key: `point-${at * 3 + place}`,
          data: angle(at * 3 + place),
          metadata: { degrees: at * 3 + place },
        })),
      );
    }
    await local.create('euclidean', { ...shapeOf(2), distanceMetric: 'euclidean' });
    await local.create('longer', shapeOf(3));
  });
  after(async () => {
    for (const store of stores) store.close();
    await local.close();
  });

  it('of one index are answered in their order, each with matches or its own error', async () => {
    const outcomes = await stores[0]!.queryMany(
      [
        { vector: angle(3), topK: 1 },
        { vector: [1, 2, 3] },
        { vector: angle(60), topK: 2, filter: { degrees: { $gt: 60 } } },
        { vector: angle(0), filter: { degrees: { $near: 1 } } },
      ],
      { concurrency: 2 },
    );
    assert.deepEqual(
      outcomes.map(({ matches }) => matches?.map(({ key }) => key)),
      [['point-3'], undefined, ['point-63', 'point-66'], undefined],
    );
    assert.ok(outcomes[1]?.error instanceof InvalidInputError);
    assert.match(outcomes[3]!.error!.message, /\$near/);
    assert.deepEqual(await stores[0]!.queryMany([]), []);
  });

  it('of an index that is not there fail together, once', async () => {
    await assert.rejects(
      open('nowhere').queryMany([{ vector: [1, 0] }, { vector: [0, 1] }]),
      (error: unknown) => error instanceof VectorStoreError && error.code === 'INDEX_NOT_FOUND',
    );
  });

  it('over several indexes are merged as if they were one, each match with its index', async () => {
    const matches = await queryAcross(stores.slice(0, 3), angle(0), { topK: 7 });
    assert.deepEqual(
      matches.map(({ key }) => key),
      Array.from({ length: 7 }, (_, at) => `point-${at}`),
    );
    assert.deepEqual(
      matches.map(({ index, store }) => [index.indexName, store]),
      Array.from({ length: 7 }, (_, at) => [`shard-${at % 3}`, at % 3]),
    );
    const filtered = await queryAcross(stores.slice(0, 3), angle(0), { filter: { degrees: { $gte: 85 } } });
    assert.deepEqual(
      filtered.map(({ metadata }) => metadata?.['degrees']),
      [85, 86, 87, 88, 89],
    );
  });

  it('over indexes that cannot be compared are refused, with what differs', async () => {
    const [first] = stores as [VectorStore];
    await assert.rejects(
      queryAcross([first, open('euclidean')], [1, 0]),
      /distanceMetric.*"shard-0".*cosine.*"euclidean".*euclidean/,
    );
    await assert.rejects(queryAcross([first, open('longer')], [1, 0]), /dimension.*2.*3/);
    await assert.rejects(queryAcross([first, first], [1, 0]), /more than once/);
    await assert.rejects(queryAcross([], [1, 0]), InvalidInputError);
  });

  it('over several indexes fail as a whole where one index cannot be asked', async () => {
    await assert.rejects(
      queryAcross([stores[0]!, open('absent')], [1, 0]),
      (error: unknown) => error instanceof VectorStoreError && /"absent"/.test(error.message),
    );
  });
});
