import assert from 'node:assert/strict';
import { S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { InvalidInputError } from '../../../contract/invalid-input';
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { DeleteError } from '../../../runtime/vector-store/delete-error';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { VectorStoreError } from '../../../runtime/vector-store/vector-store-error';
import { refusal, startFaultyService } from './surroundings/faulty-service';
import { CREDENTIALS, shapeOf, startLocalIndex, VECTOR_BUCKET } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

/** Points on a half circle: neighbours in number are neighbours in angle. */
function onHalfCircle(at: number, count: number): number[] {
  const angle = (Math.PI * at) / count;
  return [Math.cos(angle), Math.sin(angle)];
}

describe('a vector store over S3 Vectors Local', () => {
  let local: LocalIndex;
  let store: VectorStore;
  const COUNT = 1_234;

  before(async () => {
    local = await startLocalIndex();
    await local.create('circle', shapeOf(2, ['note']));
    store = new VectorStore(local.connection('circle'));
    const report = await store.put(
      Array.from({ length: COUNT }, (_, at) => ({
        key: `point-${at}`,
        data: onHalfCircle(at, COUNT),
        metadata: { at, parity: at % 2 === 0 ? 'even' : 'odd', note: `point number ${at}` },
      })),
    );
    assert.deepEqual([report.written, report.failed.length, report.batches], [COUNT, 0, 3]);
  });
  after(async () => {
    store.close();
    await local.close();
  });

  it('describes the index', async () => {
    const { shape, indexArn, encryption } = await store.describe();
    assert.deepEqual(shape, shapeOf(2, ['note']));
    assert.match(indexArn, /:bucket\/acme-test-vector-runtime\/index\/circle$/);
    assert.equal(encryption, 'AES256');
  });

  it('finds more neighbours than one page holds, nearest first', async () => {
    const matches = await store.query(onHalfCircle(0, COUNT), { topK: 1_000 });
    assert.deepEqual(
      matches.map(({ key }) => key),
      Array.from({ length: 1_000 }, (_, at) => `point-${at}`),
    );
    for (const { distance, similarity } of matches) assert.equal(similarity, 1 - distance);
  });

  it('finds all there are when more are asked for', async () => {
    assert.equal((await store.query([1, 0], { topK: 10_000, returnMetadata: false })).length, COUNT);
  });

  it('filters by several conditions in one object', async () => {
    const matches = await store.query([1, 0], { topK: 3, filter: { parity: 'odd', at: { $gte: 100 } } });
    assert.deepEqual(
      matches.map(({ metadata }) => metadata?.['at']),
      [101, 103, 105],
    );
  });

  it('returns metadata unless it is told not to', async () => {
    const [withMetadata] = await store.query([1, 0], { topK: 1 });
    const [without] = await store.query([1, 0], { topK: 1, returnMetadata: false });
    assert.deepEqual(withMetadata?.metadata, { at: 0, parity: 'even', note: 'point number 0' });
    assert.equal(without?.metadata, undefined);
  });

  it('refuses a query that the service would refuse, with every reason, before anything is sent', async () => {
    await assert.rejects(store.query([1, 2, 3], { topK: 10_001 }), (error: unknown) => {
      assert.ok(error instanceof InvalidInputError);
      assert.equal(error.problems.length, 2);
      assert.match(error.message, /length 2.*length 3/);
      assert.match(error.message, /topK is 10001/);
      return true;
    });
    await assert.rejects(store.query([0, 0]), /zero norm/);
    await assert.rejects(store.query([1, 0], { filter: { note: 'x' } }), /"note".*non-filterable/);
  });

  it('gets any number of keys, in their order, and names those that are missing', async () => {
    const keys = Array.from({ length: 250 }, (_, at) => `point-${(at * 7) % COUNT}`);
    const { vectors, missing } = await store.get([...keys, 'nobody', 'point-0', 'no one']);
    assert.deepEqual(
      vectors.map(({ key }) => key),
      [...keys, 'point-0'],
    );
    assert.deepEqual(missing, ['nobody', 'no one']);
    assert.deepEqual(vectors[0]?.data?.map(Math.fround), onHalfCircle(0, COUNT).map(Math.fround));
  });

  it('gets keys alone when neither data nor metadata is wanted', async () => {
    const { vectors } = await store.get(['point-1'], { returnData: false, returnMetadata: false });
    assert.deepEqual(vectors, [{ key: 'point-1', data: undefined, metadata: undefined }]);
  });

  it('gives back every float32 that it was given', async () => {
    await local.create('floats', { ...shapeOf(6), distanceMetric: 'euclidean' });
    const floats = new VectorStore(local.connection('floats'));
    const data = Float32Array.of(1e-45, 3.4028234663852886e38, -0.1, 1 / 3, 16777216, -1.17549435e-38);
    await floats.put([{ key: 'extremes', data }]);
    const { vectors } = await floats.get(['extremes']);
    assert.deepEqual(Float32Array.from(vectors[0]!.data!), data);
    const [match] = await floats.query(data, { topK: 1 });
    assert.equal(match?.similarity, undefined);
    floats.close();
  });

  it('deletes any number of keys', async () => {
    await local.create('short-lived', shapeOf(2));
    const short = new VectorStore(local.connection('short-lived'));
    const keys = Array.from({ length: 1_001 }, (_, at) => `key-${at}`);
    await short.put(keys.map((key) => ({ key, data: [1, 1] })));
    assert.deepEqual(await short.delete([...keys.slice(1), 'never there']), { deleted: 1_001, failed: [] });
    assert.deepEqual(await local.keys('short-lived'), ['key-0']);
    short.close();
  });

  it('refuses keys that cannot exist, all at once', async () => {
    await assert.rejects(store.get(['', 'x'.repeat(1_025)]), (error: unknown) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(
        error.problems.map((problem) => problem.slice(0, 5)),
        ['key 0', 'key 1'],
      );
      return true;
    });
    await assert.rejects(store.delete(['']), InvalidInputError);
  });

  it('says what differs where the index is not what the caller expects', async () => {
    const expecting = new VectorStore({
      ...local.connection('circle'),
      expected: { dimension: 3072, nonFilterableMetadataKeys: EPISODES_SHAPE.nonFilterableMetadataKeys },
    });
    await assert.rejects(expecting.put([]), (error: unknown) => {
      assert.ok(error instanceof VectorStoreError);
      assert.equal(error.code, 'INDEX_MISMATCH');
      assert.match(error.message, /dimension is 2, not 3072/);
      assert.match(error.message, /successful_prompt/);
      return true;
    });
    expecting.close();
  });

  it('names the index that does not exist, and where its name comes from', async () => {
    const nowhere = new VectorStore(local.connection('nowhere'));
    await assert.rejects(nowhere.query([1, 0]), (error: unknown) => {
      assert.ok(error instanceof VectorStoreError);
      assert.equal(error.code, 'INDEX_NOT_FOUND');
      assert.match(error.message, /"nowhere".*"acme-test-vector-runtime".*S3_VECTOR_INDEX_NAME/);
      assert.ok(error.cause instanceof Error);
      return true;
    });
    nowhere.close();
  });

  it('refuses names that no bucket or index can have', () => {
    assert.throws(
      () => new VectorStore({ vectorBucketName: 'Not A Bucket', indexName: '_' }),
      (error: unknown) => error instanceof InvalidInputError && error.problems.length >= 2,
    );
  });
});

describe('a vector store and a service that refuses', () => {
  const connection = (endpoint: string) => ({
    vectorBucketName: VECTOR_BUCKET,
    indexName: 'circle',
    region: 'us-east-1',
    endpoint,
    credentials: CREDENTIALS,
    shape: shapeOf(2),
    retry: { baseDelayMs: 1, throttledDelayMs: 1, maxAttempts: 3 },
  });

  it('says that a query with a filter or metadata needs s3vectors:GetVectors too', async () => {
    const service = await startFaultyService(() => refusal(403, 'AccessDeniedException', 'Access denied'));
    const store = new VectorStore(connection(service.url));
    await assert.rejects(store.query([1, 0]), /s3vectors:GetVectors as well as s3vectors:QueryVectors/);
    await assert.rejects(store.query([1, 0], { returnMetadata: false }), (error: unknown) => {
      assert.ok(error instanceof VectorStoreError);
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.match(error.message, /must allow s3vectors:QueryVectors/);
      assert.doesNotMatch(error.message, /GetVectors/);
      return true;
    });
    assert.equal(service.received.length, 2, 'a refusal is not repeated');
    store.close();
    await service.close();
  });

  it('gives up on pages that never end', async () => {
    const service = await startFaultyService(() => ({
      kind: 'answer',
      status: 200,
      body: { vectors: [], distanceMetric: 'cosine', nextToken: 'again' },
    }));
    const store = new VectorStore(connection(service.url));
    await assert.rejects(store.query([1, 0], { topK: 500 }), /keeps answering page tokens/);
    store.close();
    await service.close();
  });

  it('repeats what can succeed, until its attempts are used up', async () => {
    const service = await startFaultyService(() => refusal(503, 'ServiceUnavailableException', 'Busy'));
    const store = new VectorStore(connection(service.url));
    await assert.rejects(
      store.get(['a']),
      (error: unknown) => error instanceof VectorStoreError && error.code === 'SERVICE_UNAVAILABLE',
    );
    assert.equal(service.received.length, 3);
    store.close();
    await service.close();
  });

  it('names every key that was not deleted', async () => {
    const service = await startFaultyService(({ body }) =>
      (body['keys'] as string[]).includes('key-500')
        ? refusal(403, 'AccessDeniedException', 'Access denied')
        : { kind: 'answer', status: 200, body: {} },
    );
    const store = new VectorStore(connection(service.url));
    const keys = Array.from({ length: 502 }, (_, at) => `key-${at}`);
    await assert.rejects(store.delete(keys), (error: unknown) => {
      assert.ok(error instanceof VectorStoreError && 'report' in error);
      const report = error.report as { deleted: number; failed: { key: string; code: string }[] };
      assert.equal(report.deleted, 500);
      assert.deepEqual(
        report.failed.map(({ key, code }) => [key, code]),
        [
          ['key-500', 'ACCESS_DENIED'],
          ['key-501', 'ACCESS_DENIED'],
        ],
      );
      return true;
    });
    store.close();
    await service.close();
  });

  it('stops deleting where nothing can be deleted, and says which keys were not tried', async () => {
    for (const [answer, code, requests] of [
      [refusal(403, 'AccessDeniedException', 'Access denied'), 'ACCESS_DENIED', 2],
      [refusal(400, 'KmsDisabledException', 'The key is disabled.'), 'EVERYTHING_REFUSED', 2],
      // Three chunks that use up their attempts, and one that was under way with the third.
      [refusal(503, 'ServiceUnavailableException', 'Busy'), 'SERVICE_UNAVAILABLE', 12],
    ] as const) {
      const service = await startFaultyService(() => answer);
      const store = new VectorStore({ ...connection(service.url), concurrency: 2 });
      const keys = Array.from({ length: 20_000 }, (_, at) => `key-${at}`);
      await assert.rejects(store.delete(keys), (error: unknown) => {
        assert.ok(error instanceof DeleteError && error.code === code);
        assert.match(error.message, /^20000 of 20000 keys were not deleted \(1[89]\d00 of them not tried\)/);
        assert.equal(error.report.deleted, 0);
        assert.deepEqual(new Set(error.report.failed.map(({ key }) => key)), new Set(keys));
        assert.equal(error.report.failed.find(({ key }) => key === 'key-19999')?.notSent, true);
        return true;
      });
      assert.ok(service.received.length <= requests, `${service.received.length} requests`);
      let read = 0;
      async function* stream(): AsyncGenerator<string> {
        for (const key of keys.slice(0, 2_100)) {
          read += 1;
          yield key;
        }
        await new Promise(() => undefined);
      }
      await assert.rejects(
        store.delete(stream()),
        (error: unknown) =>
          error instanceof DeleteError && error.code === code && error.report.failed.length === read,
      );
      store.close();
      await service.close();
    }
  });

  it('counts and sends a key that a stream repeats once', async () => {
    const service = await startFaultyService(() => ({ kind: 'answer', status: 200, body: {} }));
    const store = new VectorStore(connection(service.url));
    function* repeating(): Generator<string> {
      for (let at = 0; at < 1_200; at += 1) yield `key-${at % 600}`;
    }
    assert.deepEqual(await store.delete(repeating()), { deleted: 600, failed: [] });
    assert.equal(service.received.flatMap(({ body }) => body['keys']).length, 600);
    store.close();
    await service.close();
  });

  it('says that nobody listens, without waiting for the deadline', async () => {
    const service = await startFaultyService(() => ({ kind: 'reset' }));
    await service.close();
    const store = new VectorStore(connection(service.url));
    await assert.rejects(
      store.query([1, 0]),
      (error: unknown) => error instanceof VectorStoreError && error.code === 'ENDPOINT_UNREACHABLE',
    );
    store.close();
  });

  it('ends a call when its signal aborts, and leaves a shared GetIndex to the others', async () => {
    let answerIt = (): void => undefined;
    const answering = new Promise<void>((resolve) => (answerIt = resolve));
    const service = await startFaultyService(async () => {
      await answering;
      return {
        kind: 'answer',
        status: 200,
        body: { index: { dimension: 2, distanceMetric: 'cosine', dataType: 'float32' } },
      };
    });
    const { vectorBucketName, indexName, region, endpoint, credentials } = connection(service.url);
    const store = new VectorStore({ vectorBucketName, indexName, region, endpoint, credentials });
    const abort = new AbortController();
    const aborted = store.describe({ signal: abort.signal });
    const patient = store.describe();
    abort.abort();
    await assert.rejects(
      aborted,
      (error: unknown) => error instanceof VectorStoreError && error.code === 'ABORTED',
    );
    while (service.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    answerIt();
    assert.equal((await patient).shape.dimension, 2);
    assert.equal(service.received.length, 1);
    store.close();
    await service.close();
  });

  it('ends the request for a description that nobody waits for any more', async () => {
    let closed = 0;
    const service = await startFaultyService(() => new Promise(() => undefined));
    service.onClosedRequest(() => (closed += 1));
    const { vectorBucketName, indexName, region, endpoint, credentials } = connection(service.url);
    const store = new VectorStore({ vectorBucketName, indexName, region, endpoint, credentials });
    for (const limit of [() => ({ timeoutMs: 200 }), () => ({ signal: AbortSignal.timeout(200) })]) {
      await assert.rejects(store.put([{ key: 'a', data: [1, 2] }], limit()), VectorStoreError);
    }
    while (closed < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(service.received.length, 2);
    await assert.rejects(
      store.describe({ signal: AbortSignal.abort() }),
      (error: unknown) => error instanceof VectorStoreError && error.code === 'ABORTED',
    );
    assert.equal(service.received.length, 2);
    store.close();
    await service.close();
  });

  it('names the operation that it was about where no Region is known', async () => {
    const client = new S3VectorsClient({
      region: () => Promise.reject<string>(new Error('Region is missing')),
      credentials: CREDENTIALS,
    });
    const store = new VectorStore({ ...connection('http://127.0.0.1:1'), client });
    await assert.rejects(store.delete(['a']), /DeleteVectors on index/);
    store.close();
  });
});
