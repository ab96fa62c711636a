import assert from 'node:assert/strict';
import {
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  DeleteVectorsCommand,
  GetVectorsCommand,
  ListVectorsCommand,
  paginateListVectors,
  PutVectorsCommand,
  type DistanceMetric,
  type ListVectorsCommandInput,
  type PutInputVector,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import {
  makeIndex,
  refusal,
  startService,
  uniqueName,
  type IndexAddress,
  type RunningService,
} from './running-service';

// Sources: [moto] getmoto/moto, tests/test_s3vectors, tests marked aws_verified (they also run against AWS);
// [evidence] FarukAda/aws-langchain-s3-vector-ts, docs/evidence; [model] the API model; [API] the API reference.
describe('vectors', () => {
  const vectorBucketName = uniqueName('bucket');
  let service: RunningService;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
  });
  after(() => service.stop());

  const index = (dimension: number, distanceMetric?: DistanceMetric, nonFilterable?: string[]) =>
    makeIndex(service, vectorBucketName, dimension, distanceMetric, nonFilterable);
  const put = (at: IndexAddress, vectors: PutInputVector[]) =>
    service.client.send(new PutVectorsCommand({ ...at, vectors }));
  const get = async (at: IndexAddress, keys: string[], returnData = true, returnMetadata = true) =>
    (await service.client.send(new GetVectorsCommand({ ...at, keys, returnData, returnMetadata }))).vectors!;
  const list = (at: IndexAddress, more: Partial<ListVectorsCommandInput> = {}) =>
    service.client.send(new ListVectorsCommand({ ...at, ...more }));
  const vector = (key: string, float32: number[], metadata?: PutInputVector['metadata']): PutInputVector => ({
    key,
    data: { float32 },
    ...(metadata === undefined ? {} : { metadata }),
  });

  describe('put', () => {
    it('are there for the next read, with data and metadata only where asked for [moto]', async () => {
      const at = await index(2);
      await put(at, [vector('a', [1, 2], { my: 'metadata', n: 0.1, yes: true, list: ['x', 1] })]);
      assert.deepEqual(await get(at, ['a'], false, false), [{ key: 'a' }]);
      assert.deepEqual(await get(at, ['a'], true, false), [{ key: 'a', data: { float32: [1, 2] } }]);
      assert.deepEqual(await get(at, ['a'], false, true), [
        { key: 'a', metadata: { my: 'metadata', n: 0.1, yes: true, list: ['x', 1] } },
      ]);
    });

    it('without metadata give an empty object when metadata are asked for [moto]', async () => {
      const at = await index(1);
      await put(at, [vector('a', [1]), vector('b', [1], {})]);
      assert.deepEqual(await get(at, ['a'], false, true), [{ key: 'a', metadata: {} }]);
      assert.deepEqual(await get(at, ['b'], false, true), [{ key: 'b', metadata: {} }]);
    });

    it('again under the same key replace everything, metadata included [moto]', async () => {
      const at = await index(1);
      await put(at, [vector('a', [1], { first: 'metadata' })]);
      await put(at, [vector('a', [2], { second: 'metadata' })]);
      assert.deepEqual(await get(at, ['a']), [
        { key: 'a', data: { float32: [2] }, metadata: { second: 'metadata' } },
      ]);
      await put(at, [vector('a', [3])]);
      assert.deepEqual(await get(at, ['a']), [{ key: 'a', data: { float32: [3] }, metadata: {} }]);
    });

    it('are stored as float32 [API]', async () => {
      const at = await index(3);
      await put(at, [vector('a', [0.1, 3.4028235e38, 1.5e-45])]);
      const [found] = await get(at, ['a']);
      assert.deepEqual(found?.data?.float32, [
        Math.fround(0.1),
        Math.fround(3.4028235e38),
        Math.fround(1.5e-45),
      ]);
    });

    it('of another dimension are refused by key [moto]', async () => {
      const at = await index(5);
      const message = 'vector must have length 5, but has length 1';
      assert.deepEqual(await refusal(put(at, [vector('my_first_vector', [1])])), {
        name: 'ValidationException',
        status: 400,
        message: `Invalid record for key 'my_first_vector': ${message}`,
        fieldList: [{ path: 'vectors[0]', message }],
      });
    });

    it('that are infinite or not numbers as float32 are refused [evidence float32-range]', async () => {
      const at = await index(2);
      for (const component of [1e39, 3.40282357e38, NaN, Infinity, -Infinity]) {
        const refused = await refusal(put(at, [vector('k', [component, 1])]));
        assert.equal(
          refused.message,
          "Invalid record for key 'k': vector contains NaNs or Infs",
          String(component),
        );
      }
    });

    it('that are zero as float32 are refused on cosine, and not on euclidean [evidence zero-vector]', async () => {
      const cosine = await index(2);
      const message = 'cosine distance does not support vectors with zero norm';
      for (const zero of [0, 1e-46]) {
        const refused = await refusal(put(cosine, [vector('zero', [zero, zero])]));
        assert.equal(refused.message, `Invalid record for key 'zero': ${message}`);
        assert.deepEqual(refused.fieldList, [{ path: 'vectors[0]', message }]);
      }
      await put(await index(2, 'euclidean'), [vector('zero', [0, 0])]);
    });

    it('with metadata of other types are refused [evidence metadata-value-types]', async () => {
      const at = await index(1);
      const object = await refusal(put(at, [vector('nested', [1], { obj: { a: 1 } })]));
      assert.equal(
        object.message,
        "Invalid record for key 'nested': Metadata values must be strings, numbers, booleans, or arrays",
      );
      assert.equal(object.fieldList?.[0]?.path, 'vectors[0].metadata');
      for (const element of [{ a: 1 }, true]) {
        const inList = await refusal(put(at, [vector('nested2', [1], { arr: [element] })]));
        assert.equal(
          inList.message,
          "Invalid record for key 'nested2': Metadata array values must be strings or numbers",
        );
      }
    });

    it('with too much metadata are refused at exactly the measured size [evidence metadata-limits]', async () => {
      const at = await index(1, 'cosine', ['bulk']);
      await put(at, [
        vector('probe', [1], { f: 'x'.repeat(2035) }),
        vector('bulk', [1], { bulk: 'x'.repeat(40_944) }),
      ]);
      const filterable = await refusal(put(at, [vector('probe', [1], { f: 'x'.repeat(2036) })]));
      assert.equal(
        filterable.message,
        "Invalid record for key 'probe': Filterable metadata must have at most 2048 bytes",
      );
      assert.equal(filterable.fieldList?.[0]?.path, 'vectors[0].metadata');
      const total = await refusal(put(at, [vector('probe', [1], { bulk: 'x'.repeat(40_945) })]));
      assert.equal(
        total.message,
        "Invalid record for key 'probe': Metadata object must have at most 40960 bytes",
      );
    });

    it('with more than 50 metadata keys are refused [evidence metadata-limits]', async () => {
      const at = await index(1);
      const keys = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
      await put(at, [vector('a', [1], keys(50))]);
      const refused = await refusal(put(at, [vector('a', [1], keys(51))]));
      assert.equal(refused.message, "Invalid record for key 'a': Metadata object must have at most 50 keys");
    });

    it('are none at all when one of the batch is wrong', async () => {
      const at = await index(1);
      await refusal(put(at, [vector('good', [1]), vector('bad', [1, 2])]));
      assert.deepEqual(await get(at, ['good', 'bad']), []);
    });

    it('twice under one key in one request are refused', async () => {
      // Spice AI (spiceai/spiceai#7031) and supabase/storage (limits.ts) saw this refusal; sources disagree.
      const at = await index(1);
      const refused = await refusal(put(at, [vector('a', [1]), vector('b', [1]), vector('a', [2])]));
      assert.equal(refused.message, 'Request must not contain duplicate keys');
      assert.deepEqual(await get(at, ['a', 'b']), []);
    });

    it('are 1 to 500 a request [model]', async () => {
      const at = await index(1);
      const many = (count: number) => Array.from({ length: count }, (_, n) => vector(`k${n}`, [1]));
      await put(at, many(500));
      for (const count of [0, 501]) {
        const refused = await refusal(put(at, many(count)));
        assert.equal(
          refused.message,
          `1 validation error detected. Value with length ${count} at '/vectors' failed to satisfy constraint: Member must have length between 1 and 500, inclusive`,
        );
      }
    });

    it('may have keys of 1,024 characters and bytes, and not more, on every path [evidence key-length]', async () => {
      const at = await index(1);
      const longest = ['a'.repeat(1024), '中'.repeat(340) + 'abcd', '😀'.repeat(256), '\u0000'.repeat(1024)];
      await put(
        at,
        longest.map((key) => vector(key, [1])),
      );
      assert.deepEqual(new Set((await get(at, longest)).map(({ key }) => key)), new Set(longest));

      const characters = await refusal(put(at, [vector('a'.repeat(1025), [1])]));
      assert.equal(
        characters.message,
        "1 validation error detected. Value with length 1025 at '/vectors/0/key' failed to satisfy constraint: Member must have length between 1 and 1024, inclusive",
      );
      const tooManyBytes = '中'.repeat(342);
      const requests = [
        () => put(at, [vector(tooManyBytes, [1])]),
        () => get(at, [tooManyBytes]),
        () => service.client.send(new DeleteVectorsCommand({ ...at, keys: [tooManyBytes] })),
      ];
      for (const request of requests) {
        assert.equal((await refusal(request())).message, 'Record key length exceeds the maximum allowed');
      }
    });

    it('go to one index and to no other', async () => {
      const [a, b] = [await index(1), await index(1)];
      await put(a, [vector('k', [1])]);
      await put(b, [vector('k', [2])]);
      assert.deepEqual((await get(a, ['k']))[0]?.data?.float32, [1]);
      assert.deepEqual((await get(b, ['k']))[0]?.data?.float32, [2]);
    });

    it('at the same time are all there afterwards, and the last of one key is whole', async () => {
      const at = await index(64);
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          put(at, [
            vector(`own-${n}`, new Array<number>(64).fill(n + 1)),
            vector('shared', new Array<number>(64).fill(n + 1), { n: n + 1 }),
          ]),
        ),
      );
      const { vectors } = await list(at);
      assert.equal(vectors?.length, 21);
      const [shared] = await get(at, ['shared']);
      const { n } = shared?.metadata as { n: number };
      assert.deepEqual(shared?.data?.float32, new Array<number>(64).fill(n));
    });
  });

  describe('got or deleted', () => {
    it('by keys that do not exist are omitted, or ignored [evidence get-vectors-absent-keys, delete-absent]', async () => {
      const at = await index(1);
      await put(at, [vector('a', [1]), vector('b', [1])]);
      assert.deepEqual(
        new Set((await get(at, ['a', 'none', 'b'])).map(({ key }) => key)),
        new Set(['a', 'b']),
      );
      assert.deepEqual(await get(at, ['none']), []);
      await service.client.send(new DeleteVectorsCommand({ ...at, keys: ['none', 'a', 'a'] }));
      assert.deepEqual(
        (await list(at)).vectors?.map(({ key }) => key),
        ['b'],
      );
    });

    it('come in an order that is not the request’s [evidence get-vectors-absent-keys]', async () => {
      const at = await index(1);
      const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
      await put(
        at,
        keys.map((key) => vector(key, [1])),
      );
      const found = (await get(at, keys)).map(({ key }) => key);
      assert.deepEqual([...found].sort(), [...keys].sort());
      assert.notDeepEqual(found, keys);
      assert.deepEqual(
        (await get(at, [...keys].reverse())).map(({ key }) => key),
        found,
      );
    });

    it('are 1 to 100 a get, and 1 to 500 a deletion [model]', async () => {
      const at = await index(1);
      const keys = (count: number) => Array.from({ length: count }, (_, n) => `k${n}`);
      await get(at, keys(100));
      await service.client.send(new DeleteVectorsCommand({ ...at, keys: keys(500) }));
      assert.match((await refusal(get(at, keys(101)))).message, /length between 1 and 100, inclusive/);
      assert.match((await refusal(get(at, []))).message, /length between 1 and 100, inclusive/);
      const deletion = service.client.send(new DeleteVectorsCommand({ ...at, keys: keys(501) }));
      assert.match((await refusal(deletion)).message, /length between 1 and 500, inclusive/);
    });

    it('of an index that does not exist are refused [moto]', async () => {
      const at = { vectorBucketName, indexName: uniqueName('index') };
      const requests = [
        () => put(at, [vector('a', [1])]),
        () => get(at, ['a']),
        () => list(at),
        () => service.client.send(new DeleteVectorsCommand({ ...at, keys: ['a'] })),
      ];
      for (const request of requests) {
        assert.deepEqual(await refusal(request()), {
          name: 'NotFoundException',
          status: 404,
          message: 'The specified index could not be found',
        });
      }
    });

    it('of an index that is being deleted are found or refused, and never half there', async () => {
      const at = await index(8);
      const puts = Array.from(
        { length: 10 },
        (_, n) => () => put(at, [vector(`k${n}`, new Array<number>(8).fill(1))]),
      );
      const results = await Promise.allSettled([
        ...puts.slice(0, 5).map((one) => one()),
        service.client.send(new DeleteIndexCommand(at)),
        ...puts.slice(5).map((one) => one()),
      ]);
      for (const result of results) {
        if (result.status === 'rejected') assert.equal((result.reason as Error).name, 'NotFoundException');
      }
      assert.equal((await refusal(list(at))).name, 'NotFoundException');
    });
  });

  describe('listed', () => {
    const keysOf = async (at: IndexAddress, more: Partial<ListVectorsCommandInput> = {}, pageSize = 7) => {
      const found: string[] = [];
      for await (const page of paginateListVectors(
        { client: service.client, pageSize },
        { ...at, ...more },
      )) {
        found.push(...page.vectors!.map(({ key }) => key!));
      }
      return found;
    };

    it('come with data and metadata only where asked for [moto]', async () => {
      const at = await index(1);
      await put(at, [vector('a', [1], { m: 'd' })]);
      assert.deepEqual((await list(at)).vectors, [{ key: 'a' }]);
      assert.deepEqual((await list(at, { returnMetadata: true })).vectors, [
        { key: 'a', metadata: { m: 'd' } },
      ]);
      assert.deepEqual((await list(at, { returnData: true })).vectors, [
        { key: 'a', data: { float32: [1] } },
      ]);
    });

    it('in pages are complete and without repetition, 500 a page by default and 1,000 at most [API]', async () => {
      const at = await index(1);
      const keys = Array.from({ length: 1200 }, (_, n) => `key-${n}`);
      for (let from = 0; from < keys.length; from += 500) {
        await put(
          at,
          keys.slice(from, from + 500).map((key) => vector(key, [1])),
        );
      }
      assert.equal((await list(at)).vectors?.length, 500);
      assert.equal((await list(at, { maxResults: 1000 })).vectors?.length, 1000);
      assert.match((await refusal(list(at, { maxResults: 1001 }))).message, /between 1 and 1000, inclusive/);
      const found = await keysOf(at, {}, 400);
      assert.equal(found.length, 1200);
      assert.deepEqual(new Set(found), new Set(keys));
    });

    it('end a page once 1 MB was processed [API]', async () => {
      const at = await index(4096);
      await put(
        at,
        Array.from({ length: 100 }, (_, n) => vector(`k${n}`, new Array<number>(4096).fill(1))),
      );
      const first = await list(at);
      assert.equal(first.vectors?.length, Math.ceil(1_048_576 / (4096 * 4 + 11)));
      assert.ok(first.nextToken !== undefined);
      assert.equal((await keysOf(at, {}, 1000)).length, 100);
    });

    for (const segmentCount of [1, 2, 3, 16]) {
      it(`in ${segmentCount} segments are disjoint and together complete [API]`, async () => {
        const at = await index(1);
        const keys = Array.from({ length: 300 }, (_, n) => `key-${n}`);
        await put(
          at,
          keys.map((key) => vector(key, [1])),
        );
        const segments = await Promise.all(
          Array.from({ length: segmentCount }, (_, segmentIndex) =>
            keysOf(at, { segmentCount, segmentIndex }),
          ),
        );
        assert.equal(segments.flat().length, 300);
        assert.deepEqual(new Set(segments.flat()), new Set(keys));
        for (const segment of segments) {
          // 300 keys in 16 segments: fewer than 3 or more than 60 in one would not be a spread worth having
          assert.ok(
            segment.length >= Math.min(3, 300 / segmentCount) && segment.length <= 60 + 300 / segmentCount,
          );
        }
      });
    }

    it('show once what is there all the time, whatever is written meanwhile', async () => {
      const at = await index(1);
      const stay = Array.from({ length: 100 }, (_, n) => `stay-${n}`);
      await put(
        at,
        [...stay, ...stay.map((key) => key.replace('stay', 'go'))].map((key) => vector(key, [1])),
      );
      const found: string[] = [];
      let round = 0;
      for await (const page of paginateListVectors({ client: service.client, pageSize: 10 }, at)) {
        found.push(...page.vectors!.map(({ key }) => key!));
        await service.client.send(
          new DeleteVectorsCommand({ ...at, keys: [`go-${round}`, `go-${round + 30}`] }),
        );
        await put(at, [vector(`new-${round}`, [1]), vector(`stay-${round}`, [2])]);
        round += 1;
      }
      const stayed = found.filter((key) => key.startsWith('stay'));
      assert.equal(stayed.length, 100);
      assert.deepEqual(new Set(stayed), new Set(stay));
      assert.equal(new Set(found).size, found.length);
    });

    it('need both segment numbers or neither, the index below the count [API]', async () => {
      const at = await index(1);
      const inputs = [{ segmentCount: 2 }, { segmentIndex: 0 }, { segmentCount: 2, segmentIndex: 2 }];
      for (const input of inputs) assert.equal((await refusal(list(at, input))).name, 'ValidationException');
      const limits = await refusal(list(at, { segmentCount: 17, segmentIndex: 16 }));
      assert.match(limits.message, /^2 validation errors detected/);
    });

    it('refuse a token of another index or segment, a forged one, and an expired one', async () => {
      const at = await index(1);
      await put(
        at,
        Array.from({ length: 20 }, (_, n) => vector(`k${n}`, [1])),
      );
      const { nextToken } = await list(at, { maxResults: 5 });
      const last = nextToken!.endsWith('A') ? 'B' : 'A';
      const wrong = [
        () => list(at, { nextToken: nextToken!.slice(0, -1) + last }),
        () => list(at, { nextToken: 'nonsense' }),
        () => list(at, { nextToken, segmentCount: 2, segmentIndex: 0 }),
        async () => list(await index(1), { nextToken }),
      ];
      for (const request of wrong) {
        const refused = await refusal(request());
        assert.deepEqual([refused.name, refused.message], ['ValidationException', 'Invalid page token']);
      }
      assert.equal((await list(at, { nextToken })).vectors?.length, 15);
      service.clockAhead = 2 * 60 * 60 * 1000;
      try {
        assert.equal((await refusal(list(at, { nextToken }))).message, 'Invalid page token');
      } finally {
        service.clockAhead = 0;
      }
    });

    it('have tokens no longer than the model allows, with the longest keys [model]', async () => {
      const at = await index(1);
      await put(at, [vector('\u0001'.repeat(1024), [1]), vector('\u0002'.repeat(1024), [1])]);
      const { nextToken } = await list(at, { maxResults: 1 });
      assert.ok(nextToken!.length <= 2048, String(nextToken!.length));
      assert.equal((await list(at, { nextToken })).vectors?.length, 1);
    });
  });
});
