import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import { DeleteError } from '../../../runtime/vector-store/delete-error';
import type { DeleteWhereReport } from '../../../runtime/vector-store/delete-where';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { VectorStoreError } from '../../../runtime/vector-store/vector-store-error';
import { refusal, startFaultyService } from './surroundings/faulty-service';
import { CREDENTIALS, shapeOf, startLocalIndex, VECTOR_BUCKET } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

const connection = (endpoint: string) => ({
  vectorBucketName: VECTOR_BUCKET,
  indexName: 'listed',
  region: 'us-east-1',
  endpoint,
  credentials: CREDENTIALS,
  shape: shapeOf(2),
  retry: { baseDelayMs: 1, throttledDelayMs: 1, maxAttempts: 3 },
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VectorStoreError && error.code === code;
}

async function keysOf(vectors: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of vectors) keys.push(key);
  return keys.sort();
}

describe('a list of an index', () => {
  const COUNT = 700;
  let local: LocalIndex;
  let store: VectorStore;
  let all: string[];

  before(async () => {
    local = await startLocalIndex();
    await local.create('listed', shapeOf(2, ['note']));
    store = new VectorStore(local.connection('listed'));
    const records = Array.from({ length: COUNT }, (_, at) => ({
      key: `key-${at}`,
      data: [1, at],
      ...(at === 0 ? {} : { metadata: { at, odd: at % 2 === 1, note: `number ${at}` } }),
    }));
    assert.equal((await store.put(records)).written, COUNT);
    all = records.map(({ key }) => key).sort();
  });
  after(async () => {
    store.close();
    await local.close();
  });

  it('has every vector once, whatever the segments and pages', async () => {
    for (const segments of [1, 4, 16]) {
      for (const pageSize of [30, 1_000]) {
        assert.deepEqual(await keysOf(store.list({ segments, pageSize })), all);
      }
    }
  });

  it('holds keys alone unless data or metadata are asked for', async () => {
    for await (const vector of store.list({ segments: 1 })) assert.deepEqual(Object.keys(vector), ['key']);
    for await (const { key, data, metadata } of store.list({ data: true, metadata: true })) {
      const at = Number(key.slice(4));
      assert.deepEqual(data, Float32Array.of(1, at));
      assert.deepEqual(metadata, at === 0 ? {} : { at, odd: at % 2 === 1, note: `number ${at}` });
    }
  });

  it('refuses impossible options at once', () => {
    assert.throws(
      () => store.list({ segments: 17, pageSize: 0 }),
      (error: unknown) => error instanceof InvalidInputError && error.problems.length === 2,
    );
  });

  it('finds what a filter matches, with data and metadata where they are asked for', async () => {
    assert.deepEqual(await keysOf(store.findWhere({ odd: true, at: { $lt: 6 } })), [
      'key-1',
      'key-3',
      'key-5',
    ]);
    for await (const vector of store.findWhere({ at: 3 }, { data: true, metadata: true })) {
      assert.deepEqual(vector, {
        key: 'key-3',
        data: Float32Array.of(1, 3),
        metadata: { at: 3, odd: true, note: 'number 3' },
      });
    }
    await assert.rejects(keysOf(store.findWhere({ at: { $near: 3 } })), InvalidInputError);
  });

  it('deletes what a filter matches only when told that it is no rehearsal', async () => {
    await local.create('shrinking', shapeOf(2));
    const shrinking = new VectorStore(local.connection('shrinking'));
    await shrinking.put(
      Array.from({ length: 1_200 }, (_, at) => ({ key: `k-${at}`, data: [1, at], metadata: { at } })),
    );
    const rehearsal = await shrinking.deleteWhere({ at: { $gte: 100 } }, { sampleSize: 3 });
    assert.deepEqual([rehearsal.dryRun, rehearsal.matched, rehearsal.deleted], [true, 1_100, 0]);
    assert.equal(rehearsal.sample.length, 3);
    assert.equal((await local.keys('shrinking')).length, 1_200);

    const report = await shrinking.deleteWhere({ at: { $gte: 100 } }, { dryRun: false });
    assert.deepEqual([report.dryRun, report.matched, report.deleted], [false, 1_100, 1_100]);
    assert.equal((await local.keys('shrinking')).length, 100);
    shrinking.close();
  });

  it('deletes the keys of a stream, and reports those that cannot exist', async () => {
    await local.create('streamed', shapeOf(2));
    const streamed = new VectorStore(local.connection('streamed'));
    await streamed.put(Array.from({ length: 600 }, (_, at) => ({ key: `k-${at}`, data: [1, at] })));
    async function* keys(): AsyncGenerator<string> {
      await Promise.resolve();
      for (let at = 0; at < 590; at += 1) yield `k-${at}`;
    }
    assert.deepEqual(await streamed.delete(keys()), { deleted: 590, failed: [] });
    await assert.rejects(streamed.delete(new Set(['k-590', ''])), (error: unknown) => {
      assert.ok(error instanceof DeleteError && error.code === 'INVALID_KEY');
      assert.deepEqual(
        [error.report.deleted, error.report.failed.map(({ code }) => code)],
        [1, ['INVALID_KEY']],
      );
      return true;
    });
    function* broken(): Generator<string> {
      yield 'k-591';
      throw new Error('no more keys');
    }
    await assert.rejects(streamed.delete(broken()), (error: unknown) => {
      assert.ok(error instanceof DeleteError && error.code === 'SOURCE_FAILED');
      assert.equal(error.report.deleted, 1);
      return true;
    });
    assert.equal((await local.keys('streamed')).length, 8);
    streamed.close();
  });
});

describe('a list of a service that misbehaves', () => {
  it('asks for no page beyond one a segment before its reader comes for it, and ends with its reader', async () => {
    let pages = 0;
    const service = await startFaultyService(({ body }) => {
      pages += 1;
      const segment = Number(body['segmentIndex']);
      return {
        kind: 'answer',
        status: 200,
        body: { vectors: [{ key: `page-${pages}-of-${segment}` }], nextToken: `token-${pages}` },
      };
    });
    const store = new VectorStore(connection(service.url));
    const vectors = store.list({ segments: 3 })[Symbol.asyncIterator]();
    await vectors.next();
    for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    // Three first pages, and the page after the one that was taken.
    assert.equal(pages, 4);
    await vectors.return?.();
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(pages, 4);
    store.close();
    await service.close();
  });

  it('aborts the requests under way when its reader stops', async () => {
    const waiting: (() => void)[] = [];
    const service = await startFaultyService(async ({ body }) => {
      if (body['segmentIndex'] === 1) await new Promise<void>((resolve) => waiting.push(resolve));
      return { kind: 'answer', status: 200, body: { vectors: [{ key: 'a' }] } };
    });
    const store = new VectorStore(connection(service.url));
    for await (const { key } of store.list({ segments: 2 })) {
      assert.equal(key, 'a');
      break;
    }
    for (const go of waiting) go();
    store.close();
    await service.close();
  });

  it('throws what a segment meets, with the permission that is missing', async () => {
    const service = await startFaultyService(() => refusal(403, 'AccessDeniedException', 'Access denied'));
    const store = new VectorStore(connection(service.url));
    await assert.rejects(
      keysOf(store.list({ metadata: true })),
      /s3vectors:GetVectors as well as s3vectors:ListVectors/,
    );
    await assert.rejects(keysOf(store.list()), /must allow s3vectors:ListVectors/);
    store.close();
    await service.close();
  });

  it('ends where a page names its own token as the next', async () => {
    const service = await startFaultyService(() => ({
      kind: 'answer',
      status: 200,
      body: { vectors: [], nextToken: 'again' },
    }));
    const store = new VectorStore(connection(service.url));
    await assert.rejects(keysOf(store.list({ segments: 1 })), hasCode('UNEXPECTED_ANSWER'));
    store.close();
    await service.close();
  });

  it('deletes nothing when the list fails, and names what it could not delete', async () => {
    let listWorks = false;
    const operations: string[] = [];
    const service = await startFaultyService(({ operation }) => {
      operations.push(operation);
      if (operation === 'DeleteVectors' || !listWorks) return refusal(403, 'AccessDeniedException', 'No');
      return { kind: 'answer', status: 200, body: { vectors: [{ key: 'a', metadata: { x: 1 } }] } };
    });
    const store = new VectorStore(connection(service.url));
    const options = { dryRun: false, segments: 1 };
    await assert.rejects(store.deleteWhere({ x: 1 }, options), hasCode('ACCESS_DENIED'));
    assert.ok(!operations.includes('DeleteVectors'));
    listWorks = true;
    await assert.rejects(store.deleteWhere({ x: 1 }, options), (error: unknown) => {
      assert.ok(error instanceof DeleteError);
      const report = error.report as DeleteWhereReport;
      assert.deepEqual([report.matched, report.deleted, report.failed[0]?.key], [1, 0, 'a']);
      return true;
    });
    store.close();
    await service.close();
  });

  it('ends with its timeout, and says so', async () => {
    const service = await startFaultyService(() => new Promise(() => undefined));
    const store = new VectorStore(connection(service.url));
    const short = { timeoutMs: 20 };
    await assert.rejects(keysOf(store.list(short)), hasCode('DEADLINE_EXCEEDED'));
    await assert.rejects(store.get(['a'], short), hasCode('DEADLINE_EXCEEDED'));
    await assert.rejects(store.query([1, 0], short), hasCode('DEADLINE_EXCEEDED'));
    await assert.rejects(store.delete(['a'], short), hasCode('DEADLINE_EXCEEDED'));
    await assert.rejects(store.put([{ key: 'a', data: [1, 0] }], short), hasCode('DEADLINE_EXCEEDED'));
    await assert.rejects(store.get(['a'], { timeoutMs: 0 }), RangeError);
    store.close();
    await service.close();
  });
});
