import assert from 'node:assert/strict';
import {
  CreateVectorBucketCommand,
  DeleteVectorsCommand,
  paginateQueryVectors,
  PutVectorsCommand,
  QueryVectorsCommand,
  type DistanceMetric,
  type PutInputVector,
  type QueryVectorsCommandInput,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import { cosineDistance, squaredEuclideanDistance } from '../../contract/vectors/distance';
import {
  makeIndex,
  refusal,
  startService,
  uniqueName,
  type IndexAddress,
  type RunningService,
} from './running-service';

// Sources as in vectors.test.ts; [what's new] 2026-06-16: up to 10,000 results, 100 a page.
describe('queries', () => {
  const vectorBucketName = uniqueName('bucket');
  let service: RunningService;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
  });
  after(() => service.stop());

  const index = (dimension: number, distanceMetric?: DistanceMetric, nonFilterable?: string[]) =>
    makeIndex(service, vectorBucketName, dimension, distanceMetric, nonFilterable);
  const put = async (at: IndexAddress, vectors: PutInputVector[]) => {
    for (let from = 0; from < vectors.length; from += 500) {
      await service.client.send(new PutVectorsCommand({ ...at, vectors: vectors.slice(from, from + 500) }));
    }
  };
  const query = (
    at: IndexAddress,
    float32: number[],
    topK: number,
    more: Partial<QueryVectorsCommandInput> = {},
  ) => service.client.send(new QueryVectorsCommand({ ...at, queryVector: { float32 }, topK, ...more }));
  const keysOf = async (
    at: IndexAddress,
    float32: number[],
    topK: number,
    more: Partial<QueryVectorsCommandInput> = {},
  ) => (await query(at, float32, topK, more)).vectors!.map(({ key }) => key);

  it('give keys alone unless distance and metadata are asked for, and always the metric [API]', async () => {
    const at = await index(2);
    await put(at, [{ key: 'a', data: { float32: [1, 0] }, metadata: { m: 1 } }]);
    const plain = await query(at, [1, 0], 1);
    assert.deepEqual(plain.vectors, [{ key: 'a' }]);
    assert.equal(plain.distanceMetric, 'cosine');
    assert.equal(plain.nextToken, undefined);
    const full = await query(at, [1, 0], 1, { returnDistance: true, returnMetadata: true });
    assert.deepEqual(full.vectors, [{ key: 'a', distance: 0, metadata: { m: 1 } }]);
  });

  it('have the cosine distance 1 − cos, whatever the lengths [evidence cosine-distance]', async () => {
    const at = await index(4);
    await put(at, [
      { key: 'same', data: { float32: [1, 0, 0, 0] } },
      { key: 'scaled', data: { float32: [5, 0, 0, 0] } },
      { key: 'orth', data: { float32: [0, 1, 0, 0] } },
      { key: 'opp', data: { float32: [-1, 0, 0, 0] } },
    ]);
    const { vectors } = await query(at, [1, 0, 0, 0], 4, { returnDistance: true });
    assert.deepEqual(vectors, [
      { key: 'same', distance: 0 },
      { key: 'scaled', distance: 0 },
      { key: 'orth', distance: 1 },
      { key: 'opp', distance: 2 },
    ]);
  });

  it('have the squared euclidean distance [ankane/neighbor-s3, test_search_euclidean, run against AWS]', async () => {
    const at = await index(3, 'euclidean');
    await put(at, [
      { key: '1', data: { float32: [1, 1, 1] } },
      { key: '2', data: { float32: [2, 2, 2] } },
      { key: '3', data: { float32: [1, 1, 2] } },
    ]);
    const { vectors, distanceMetric } = await query(at, [1, 1, 1], 5, { returnDistance: true });
    assert.equal(distanceMetric, 'euclidean');
    assert.deepEqual(vectors, [
      { key: '1', distance: 0 },
      { key: '3', distance: 1 },
      { key: '2', distance: 3 },
    ]);
  });

  it('give metadata as an empty object where there is none [ankane/neighbor-s3, test_search_with_metadata]', async () => {
    const at = await index(1);
    await put(at, [{ key: 'a', data: { float32: [1] } }]);
    assert.deepEqual((await query(at, [1], 1, { returnMetadata: true })).vectors, [
      { key: 'a', metadata: {} },
    ]);
  });

  it('see what was put and not what was replaced or deleted', async () => {
    const at = await index(2);
    const put1 = (key: string, float32: number[]) => put(at, [{ key, data: { float32 } }]);
    await put1('a', [1, 0]);
    await put1('b', [0, 1]);
    assert.deepEqual(await keysOf(at, [1, 0], 1), ['a']);
    await put1('a', [-1, 0]);
    assert.deepEqual(await keysOf(at, [1, 0], 2), ['b', 'a']);
    await service.client.send(new DeleteVectorsCommand({ ...at, keys: ['b'] }));
    assert.deepEqual(await keysOf(at, [1, 0], 2), ['a']);
  });

  it('of an empty index find nothing', async () => {
    assert.deepEqual((await query(await index(2), [1, 0], 10)).vectors, []);
  });

  it('are refused a vector of another dimension, or one that no vector could be [evidence zero-vector, float32-range]', async () => {
    const at = await index(4);
    const message = 'Query vector contains invalid values or is invalid for this index';
    const cases: [number[], string][] = [
      [[0, 0, 0, 0], 'Invalid input: cosine distance does not support vectors with zero norm'],
      [
        [1e-46, 1e-46, 1e-46, 1e-46],
        'Invalid input: cosine distance does not support vectors with zero norm',
      ],
      [[1e39, 1, 1, 1], 'Invalid input: vector contains NaNs or Infs'],
      [[1], 'Invalid input: vector must have length 4, but has length 1'],
    ];
    for (const [float32, field] of cases) {
      assert.deepEqual(await refusal(query(at, float32, 1)), {
        name: 'ValidationException',
        status: 400,
        message,
        fieldList: [{ path: 'vector', message: field }],
      });
    }
  });

  it('may ask for 1 to 10,000 results [model] [what’s new]', async () => {
    const at = await index(1);
    await query(at, [1], 10_000);
    assert.match((await refusal(query(at, [1], 0))).message, /'\/topK' .*greater than or equal to 1/);
    assert.equal((await refusal(query(at, [1], 10_001))).name, 'ValidationException');
  });

  it('find exactly what a plain double-precision scan finds, in its order, for both metrics', async () => {
    for (const metric of ['cosine', 'euclidean'] as const) {
      const at = await index(17, metric);
      const random = seeded(metric.length);
      const float = () => Array.from({ length: 17 }, () => Math.fround(random() * 2 - 1));
      const vectors = Array.from({ length: 700 }, (_, n) => ({ key: `k${n}`, data: { float32: float() } }));
      await put(at, vectors);
      const q = float();
      const distance = metric === 'cosine' ? cosineDistance : squaredEuclideanDistance;
      const expected = vectors
        .map(({ key, data }) => ({ key, distance: distance(q, data.float32) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, 50);
      const { vectors: found } = await query(at, q, 50, { returnDistance: true });
      assert.deepEqual(
        found?.map(({ key }) => key),
        expected.map(({ key }) => key),
      );
      found.forEach((result, n) => assert.ok(Math.abs(result.distance! - expected[n]!.distance) < 1e-6));
    }
  });

  it('have ties in the order of keys, whatever the order of writing', async () => {
    const at = await index(2);
    const keys = ['d', 'a', 'e', 'c', 'b'];
    for (const key of keys) await put(at, [{ key, data: { float32: [1, 1] } }]);
    assert.deepEqual(await keysOf(at, [1, 1], 3), ['a', 'b', 'c']);
    await put(at, [{ key: 'a', data: { float32: [2, 2] } }]);
    assert.deepEqual(await keysOf(at, [1, 1], 5), ['a', 'b', 'c', 'd', 'e']);
  });

  describe('with a filter', () => {
    const at = (): IndexAddress => filtered;
    let filtered: IndexAddress;
    before(async () => {
      filtered = await index(2, 'cosine', ['text']);
      await put(filtered, [
        {
          key: 'p2',
          data: { float32: [1, 0] },
          metadata: { source: 'a.pdf', 'loc.page': 2, tags: ['x', 'y'], ok: true },
        },
        {
          key: 'p7',
          data: { float32: [1, 0.1] },
          metadata: { source: 'a.pdf', 'loc.page': 7, tags: ['y'], ok: false },
        },
        { key: 'q1', data: { float32: [1, 0.2] }, metadata: { source: 'b.md', text: 'long' } },
        { key: 'none', data: { float32: [1, 0.3] } },
      ]);
    });
    const find = (filter: QueryVectorsCommandInput['filter']) => keysOf(at(), [1, 0], 10, { filter });

    const found: [QueryVectorsCommandInput['filter'], string[]][] = [
      [{ source: 'a.pdf' }, ['p2', 'p7']],
      [{ 'loc.page': { $gte: 5 } }, ['p7']],
      [{ 'loc.page': { $gte: 2, $lt: 7 } }, ['p2']],
      [{ tags: { $eq: 'x' } }, ['p2']],
      [{ tags: { $in: ['x', 'z'] } }, ['p2']],
      [{ ok: true }, ['p2']],
      [{ ok: 'true' }, []],
      [{ nope: 'x' }, []],
      [{ source: { $exists: false } }, ['none']],
      [{ source: { $startsWith: 'a' } }, ['p2', 'p7']],
      [{ $or: [{ source: 'b.md' }, { 'loc.page': 7 }] }, ['p7', 'q1']],
      [{ $and: [{ source: 'a.pdf' }, { tags: { $nin: ['x'] } }] }, ['p7']],
    ];
    for (const [filter, keys] of found) {
      it(`${JSON.stringify(filter)} find [${keys.join(', ')}] [evidence filter-validation; s3-vectors-metadata-filtering]`, async () => {
        assert.deepEqual(await find(filter), keys);
      });
    }

    it('fill topK from what matches: the filter comes before the search [s3-vectors-index-mode]', async () => {
      const wide = await index(1, 'euclidean');
      await put(
        wide,
        Array.from({ length: 1000 }, (_, n) => ({ key: `k${n}`, data: { float32: [n] }, metadata: { n } })),
      );
      assert.deepEqual(await keysOf(wide, [0], 3, { filter: { n: { $gte: 990 } } }), [
        'k990',
        'k991',
        'k992',
      ]);
    });

    it('that is malformed are refused in two words [evidence filter-validation]', async () => {
      const malformed: QueryVectorsCommandInput['filter'][] = [
        {},
        { g: { $eg: 'a' } },
        { s: 'a', b: true },
        { n: { $gt: '1' } },
        { $and: [] },
      ];
      for (const filter of malformed) {
        assert.deepEqual(await refusal(find(filter)), {
          name: 'ValidationException',
          status: 400,
          message: 'Invalid filter',
          fieldList: [{ path: 'filter', message: 'Invalid filter' }],
        });
      }
    });

    it('that is malformed leave in the log what is wrong with it', async () => {
      await refusal(find({ $and: [{ n: { $gt: '1' } }] }));
      assert.match(
        service.logged.at(-1)!,
        /QueryVectors 400 .* filter \$and\[0\]\.n\.\$gt is the string "1"; \$gt takes/,
      );
    });

    it('on a non-filterable key are refused [evidence filter-validation, T3-13]', async () => {
      assert.equal(
        (await refusal(find({ text: 'long' }))).message,
        'Invalid use of non-filterable metadata in filter',
      );
    });

    it('may have 100 constraints and not 101 [s3-vectors-index-mode]', async () => {
      const values = (count: number) => Array.from({ length: count }, (_, n) => n);
      await find({ 'loc.page': { $in: values(100) } });
      assert.equal((await refusal(find({ 'loc.page': { $in: values(101) } }))).message, 'Invalid filter');
    });
  });

  describe('with more than 100 results', () => {
    let at: IndexAddress;
    before(async () => {
      at = await index(1, 'euclidean');
      await put(
        at,
        Array.from({ length: 1050 }, (_, n) => ({ key: `k${n}`, data: { float32: [n] }, metadata: { n } })),
      );
    });

    it('come in pages of 100 that together are the whole order [what’s new]', async () => {
      const pages: number[] = [];
      const found: (string | undefined)[] = [];
      const input = { ...at, queryVector: { float32: [0] }, topK: 1020, returnMetadata: true };
      for await (const page of paginateQueryVectors({ client: service.client }, input)) {
        pages.push(page.vectors!.length);
        assert.equal(page.distanceMetric, 'euclidean');
        for (const { key, metadata } of page.vectors!) assert.equal(key, `k${(metadata as { n: number }).n}`);
        found.push(...page.vectors!.map(({ key }) => key));
      }
      assert.deepEqual(pages, [...new Array<number>(10).fill(100), 20]);
      assert.deepEqual(
        found,
        Array.from({ length: 1020 }, (_, n) => `k${n}`),
      );
    });

    it('have no further page after exactly 100', async () => {
      const { vectors, nextToken } = await query(at, [0], 100);
      assert.equal(vectors?.length, 100);
      assert.equal(nextToken, undefined);
    });

    it('keep their pages as they were found while vectors are written', async () => {
      const first = await query(at, [0], 300, { returnMetadata: true, returnDistance: true });
      await put(at, [{ key: 'k150', data: { float32: [-1] }, metadata: { n: -1 } }]);
      await service.client.send(new DeleteVectorsCommand({ ...at, keys: ['k151'] }));
      await put(at, [{ key: 'near', data: { float32: [0] } }]);
      const { nextToken } = first;
      const second = await query(at, [0], 300, { returnMetadata: true, returnDistance: true, nextToken });
      assert.deepEqual(
        second.vectors,
        Array.from({ length: 100 }, (_, n) => ({
          key: `k${n + 100}`,
          distance: Math.fround((n + 100) ** 2),
          metadata: { n: n + 100 },
        })),
      );
      await service.client.send(new DeleteVectorsCommand({ ...at, keys: ['near'] }));
      await put(
        at,
        [150, 151].map((n) => ({ key: `k${n}`, data: { float32: [n] }, metadata: { n } })),
      );
    });

    it('come 10,000 in 100 pages, as they were found, while three others put, replace and delete [what’s new]', async function () {
      this.timeout(60_000);
      const many = await index(1, 'euclidean');
      const at10k = Array.from({ length: 10_050 }, (_, n) => ({
        key: `k${n}`,
        data: { float32: [n] },
        metadata: { n },
      }));
      await put(many, at10k);
      const input = { returnDistance: true, returnMetadata: true };
      let page = await query(many, [0], 10_000, input);
      let reading = true;
      const write = async (first: number) => {
        for (let n = first; reading; n = (n + 97) % 10_050) {
          await put(many, [
            { key: `k${n}`, data: { float32: [-n] }, metadata: { n: -n } },
            { key: `new-${n}`, data: { float32: [n] } },
          ]);
          await service.client.send(new DeleteVectorsCommand({ ...many, keys: [`k${(n + 1) % 10_050}`] }));
        }
      };
      const writers = [0, 3_000, 6_000].map(write);
      const found = [...page.vectors!];
      try {
        while (page.nextToken !== undefined) {
          assert.equal(page.vectors?.length, 100);
          page = await query(many, [0], 10_000, { ...input, nextToken: page.nextToken });
          found.push(...page.vectors!);
        }
      } finally {
        reading = false;
        await Promise.all(writers);
      }
      assert.equal(found.length, 10_000);
      found.forEach((result, n) => {
        assert.deepEqual(result, { key: `k${n}`, distance: Math.fround(n ** 2), metadata: { n } });
      });
    });

    it('refuse a token with another request, a forged one, and one that is minutes old [s3-vectors-query]', async () => {
      const { nextToken } = await query(at, [0], 300);
      const wrong = [
        () => query(at, [1], 300, { nextToken }),
        () => query(at, [0], 200, { nextToken }),
        () => query(at, [0], 300, { nextToken, filter: { n: { $gt: 1 } } }),
        () => query(at, [0], 300, { nextToken: `${nextToken!}A` }),
        () => query(at, [0], 300, { nextToken: 'nonsense' }),
      ];
      for (const request of wrong) assert.equal((await refusal(request())).message, 'Invalid page token');
      assert.equal((await query(at, [0], 300, { nextToken })).vectors?.length, 100);
      service.clockAhead = 10 * 60 * 1000;
      try {
        assert.equal((await refusal(query(at, [0], 300, { nextToken }))).message, 'Invalid page token');
      } finally {
        service.clockAhead = 0;
      }
    });
  });
});

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
