import assert from 'node:assert/strict';
import type { VectorRecord } from '../../../contract/vectors/record';
import { SILENT } from '../../../runtime/logging/log';
import { PutError } from '../../../runtime/vector-store/put-error';
import type { PutReport } from '../../../runtime/vector-store/put-report';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import type { VectorStoreOptions } from '../../../runtime/vector-store/vector-store';
import { refusal, startFaultyService } from './surroundings/faulty-service';
import type { Fault, FaultyService, ReceivedRequest } from './surroundings/faulty-service';
import { CREDENTIALS, shapeOf, startLocalIndex, VECTOR_BUCKET } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

const FAST: Pick<VectorStoreOptions, 'retry' | 'writeQuota'> = {
  retry: { baseDelayMs: 1, throttledDelayMs: 2, maxDelayMs: 5 },
  writeQuota: { vectorsPerSecond: 1e9, requestsPerSecond: 1e9 },
};

function* points(count: number, from = 0): Generator<VectorRecord> {
  for (let at = from; at < from + count; at += 1) yield { key: `key-${at}`, data: [1, at], metadata: { at } };
}

function keysOf({ body }: ReceivedRequest): string[] {
  return (body['vectors'] as { key: string }[]).map(({ key }) => key);
}

/** xorshift32: the same faults in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A report accounts for every record exactly once. */
function accountsForAll(report: PutReport, read: number): void {
  assert.equal(report.read, read);
  assert.equal(report.written + report.failed.length, read);
  assert.equal(new Set(report.failed.map(({ position }) => position)).size, report.failed.length);
}

describe('a put', () => {
  let local: LocalIndex;
  before(async () => {
    local = await startLocalIndex();
  });
  after(() => local.close());

  async function storeOf(indexName: string): Promise<VectorStore> {
    await local.create(indexName, shapeOf(2));
    return new VectorStore({ ...local.connection(indexName), ...FAST });
  }

  it('takes arrays, iterables and async iterables', async () => {
    const store = await storeOf('sources');
    async function* later(): AsyncGenerator<VectorRecord> {
      await Promise.resolve();
      yield* points(3, 20);
    }
    for (const source of [[...points(3)], points(3, 10), later()]) {
      const report = await store.put(source);
      assert.deepEqual([report.read, report.written, report.failed], [3, 3, []]);
    }
    assert.equal((await local.keys('sources')).length, 9);
    store.close();
  });

  it('of nothing sends nothing', async () => {
    const store = await storeOf('nothing');
    const report = await store.put([]);
    assert.deepEqual([report.read, report.written, report.batches, report.bytes], [0, 0, 0, 0]);
    store.close();
  });

  it('reports bad records with every rule that they break, and writes the others of their batch', async () => {
    const store = await storeOf('bad-records');
    const records = [
      { key: 'good', data: [1, 2] },
      { key: '', data: [1] },
      { key: 'nan', data: [1, Number.NaN] },
      { key: 'zero', data: [0, 1e-50] },
      { key: 'nested', data: [1, 2], metadata: { a: { b: 1 } } },
      { key: 'large', data: [1, 2], metadata: { text: 'x'.repeat(2_048) } },
      { key: 'torn \ud800', data: [1, 2] },
      null,
      { key: 'good too', data: [3, 4] },
    ] as unknown as VectorRecord[];
    const report = await store.put(records);
    accountsForAll(report, records.length);
    assert.deepEqual(
      report.failed.map(({ position, code }) => [position, code]),
      [1, 2, 3, 4, 5, 6, 7].map((position) => [position, 'INVALID_RECORD']),
    );
    assert.deepEqual(
      report.failed[0]!.problems!.map(({ path }) => path),
      ['key', 'data'],
    );
    assert.deepEqual(await local.keys('bad-records'), ['good', 'good too']);
    store.close();
  });

  it('reports a record that cannot be read, or that would be sent as another than it is', async () => {
    const store = await storeOf('strange-records');
    let reads = 0;
    const records = [
      {
        get key(): string {
          throw new Error('not today');
        },
        data: [1, 2],
      },
      {
        key: 'changing',
        get data(): number[] {
          reads += 1;
          return reads === 1 ? [1, 2] : [1];
        },
      },
      {
        key: 'disguised',
        data: [1, 2],
        metadata: Object.create({ toJSON: () => ({ a: { b: 1 } }) }) as object,
      },
      { key: 'map', data: [1, 2], metadata: new Map([['a', 1]]) },
      { key: 'list', data: [1, 2], metadata: { list: Object.assign([1], { toJSON: () => 'x' }) } },
      { key: 'proto', data: [1, 2], metadata: JSON.parse('{"__proto__":"x"}') as object },
      { key: 'good', data: [1, 2], metadata: Object.create(null) as object },
    ] as unknown as VectorRecord[];
    const report = await store.put(records);
    accountsForAll(report, records.length);
    assert.deepEqual(
      report.failed.map(({ key, code }) => [key, code]),
      [undefined, 'disguised', 'map', 'list', 'proto'].map((key) => [key, 'INVALID_RECORD']),
    );
    assert.match(report.failed[0]!.reason, /not today/);
    assert.match(report.failed[4]!.reason, /metadata\.__proto__ is a key whose value/);
    assert.deepEqual(await local.keys('strange-records'), ['changing', 'good']);
    store.close();
  });

  it('has a report in its error also where nothing was read', async () => {
    const missing = new VectorStore({ ...local.connection('not-there'), ...FAST });
    const known = await storeOf('known-here');
    for (const [store, signal, code] of [
      [missing, undefined, 'INDEX_NOT_FOUND'],
      [missing, AbortSignal.abort(), 'ABORTED'],
      [known, AbortSignal.abort(), 'ABORTED'],
    ] as const) {
      await assert.rejects(store.put(points(3), { signal }), (error: unknown) => {
        assert.ok(error instanceof PutError, String(error));
        assert.deepEqual([error.code, error.report.read, error.report.failed], [code, 0, []]);
        return true;
      });
    }
    missing.close();
    known.close();
  });

  it('writes the first of two records with one key, and reports the second', async () => {
    const store = await storeOf('duplicates');
    const report = await store.put([...points(2), { key: 'key-1', data: [9, 9] }]);
    assert.deepEqual(
      report.failed.map(({ key, position, code }) => [key, position, code]),
      [['key-1', 2, 'DUPLICATE_KEY']],
    );
    assert.deepEqual((await store.get(['key-1'])).vectors[0]?.data, [1, 1]);
    store.close();
  });

  it('lets the last record of a key win when told so, however many requests are under way', async () => {
    const store = await storeOf('last-wins');
    const source = Array.from({ length: 2_000 }, (_, at) => ({
      key: `key-${at % 700}`,
      data: [1, at],
    }));
    const report = await store.put(source, { duplicates: 'lastWins' });
    accountsForAll(report, 2_000);
    assert.equal(report.written, 2_000);
    assert.ok(report.batches <= 8, `${report.batches} batches: a key is free again once it is acknowledged`);
    const { vectors } = await store.get(Array.from({ length: 700 }, (_, at) => `key-${at}`));
    assert.deepEqual(
      vectors.map(({ data }) => data?.[1]),
      Array.from({ length: 700 }, (_, at) => (at < 600 ? at + 1_400 : at + 700)),
    );
    store.close();
  });

  it('tells of its progress after every request', async () => {
    const store = await storeOf('progress');
    const written: number[] = [];
    await store.put(points(1_100), {
      concurrency: 1,
      onProgress: (progress) => written.push(progress.written),
    });
    assert.deepEqual(written, [500, 1_000, 1_100]);
    store.close();
  });

  it('keeps the records that were read in its error when the source fails', async () => {
    const store = await storeOf('failing-source');
    function* failing(): Generator<VectorRecord> {
      yield* points(600);
      throw new Error('the file ended early');
    }
    await assert.rejects(store.put(failing()), (error: unknown) => {
      assert.ok(error instanceof PutError);
      assert.equal(error.code, 'SOURCE_FAILED');
      assert.match(error.message, /the file ended early/);
      assert.deepEqual([error.report.read, error.report.written], [600, 600]);
      return true;
    });
    assert.equal((await local.keys('failing-source')).length, 600);
    store.close();
  });

  it('ends every record written or reported under seeded faults of every kind', async () => {
    await local.create('faults', shapeOf(2));
    for (const seed of [1, 22, 333]) {
      const random = seeded(seed);
      const faults: readonly Fault[] = [
        refusal(429, 'TooManyRequestsException', 'Please reduce your request rate.'),
        refusal(500, 'InternalServerException', 'Internal failure'),
        refusal(503, 'ServiceUnavailableException', 'Currently unable to handle the request'),
        refusal(408, 'RequestTimeoutException', 'Timed out'),
        { kind: 'reset' },
        { kind: 'cut' },
      ];
      const service = await startFaultyService(
        () => faults[Math.floor(random() * 10)] ?? { kind: 'forward' },
        local.url,
      );
      const store = new VectorStore({
        ...local.connection('faults'),
        ...FAST,
        endpoint: service.url,
        shape: shapeOf(2),
        retry: { ...FAST.retry, maxAttempts: 40 },
      });
      const report = await store.put(points(4_000, seed * 100_000));
      accountsForAll(report, 4_000);
      assert.deepEqual(report.failed, []);
      assert.ok(report.retries > 0);
      const stored = await store.get(
        [...points(4_000, seed * 100_000)].map(({ key }) => key),
        { returnData: false, returnMetadata: false, retry: { maxAttempts: 40 } },
      );
      assert.deepEqual(stored.missing, []);
      store.close();
      await service.close();
    }
  }).timeout(60_000);
});

describe('a put to a service that misbehaves', () => {
  let service: FaultyService;
  let answer: (request: ReceivedRequest, number: number) => Fault | Promise<Fault>;
  const accepted: Fault = { kind: 'answer', status: 200, body: {} };

  beforeEach(async () => {
    service = await startFaultyService((request, number) => answer(request, number));
  });
  afterEach(() => service.close());

  function store(options: Partial<VectorStoreOptions> = {}): VectorStore {
    return new VectorStore({
      vectorBucketName: VECTOR_BUCKET,
      indexName: 'episodes',
      region: 'us-east-1',
      endpoint: service.url,
      credentials: CREDENTIALS,
      shape: shapeOf(2),
      ...FAST,
      ...options,
    });
  }

  it('signs and measures the body that it really sends', async () => {
    let headers = '';
    answer = (request) => {
      headers = request.operation;
      return accepted;
    };
    const report = await store().put(points(1));
    assert.equal(headers, 'PutVectors');
    assert.equal(
      service.received[0]?.bytes.toString('utf8'),
      '{"vectorBucketName":"acme-test-vector-runtime","indexName":"episodes","vectors":' +
        '[{"key":"key-0","data":{"float32":[1,0]},"metadata":{"at":0}}]}',
    );
    assert.equal(report.bytes, service.received[0].bytes.length);
  });

  it('finds the records that the service refuses, and writes all others of their batch', async () => {
    const refused = new Set(['key-3', 'key-4', 'key-250', 'key-499']);
    const stored: string[] = [];
    answer = (request) => {
      const keys = keysOf(request);
      if (keys.some((key) => refused.has(key))) {
        return refusal(400, 'ValidationException', 'Invalid record');
      }
      stored.push(...keys);
      return accepted;
    };
    const report = await store().put(points(500));
    accountsForAll(report, 500);
    assert.deepEqual(
      report.failed.map(({ key, code }) => [key, code]),
      [...refused].map((key) => [key, 'REFUSED_BY_SERVICE']),
    );
    assert.equal(new Set(stored).size, 496);
  });

  it('finds every refused record of a batch in about twice the logarithm of its length of requests each', async () => {
    // The first of them are where single records are tried.
    for (const every of [50, 25, 71]) {
      const refused = new Set([...points(500)].map(({ key }) => key).filter((_, at) => at % every === 0));
      const before = service.received.length;
      answer = (request) =>
        keysOf(request).some((key) => refused.has(key))
          ? refusal(400, 'ValidationException', 'Invalid record')
          : accepted;
      const report = await store().put(points(500));
      accountsForAll(report, 500);
      assert.deepEqual(
        report.failed.map(({ key }) => key),
        [...refused],
      );
      const requests = service.received.length - before;
      const most = 2 * refused.size * Math.log2(500);
      assert.ok(requests <= most, `${requests} requests for ${refused.size} records, at most ${most}`);
    }
  });

  it('finds all of a few records that the service refuses, and returns', async () => {
    answer = () => refusal(400, 'ValidationException', 'Invalid record');
    const report = await store().put(points(60));
    accountsForAll(report, 60);
    assert.ok(report.failed.every(({ code }) => code === 'REFUSED_BY_SERVICE'));
  });

  it('ends where no record that is tried is taken, without trying each of them', async () => {
    answer = (request) =>
      refusal(400, 'ValidationException', `Invalid record for key '${keysOf(request)[0]}': of other length`);
    await assert.rejects(store({ concurrency: 4 }).put(points(100_000)), (error: unknown) => {
      assert.ok(error instanceof PutError && error.code === 'EVERYTHING_REFUSED');
      assert.match(error.message, /of other length.*Of 8 records tried by themselves none was taken/);
      accountsForAll(error.report, error.report.read);
      assert.deepEqual([error.report.written, error.report.failed[0]?.code], [0, 'EVERYTHING_REFUSED']);
      assert.ok(error.report.read < 5_000);
      return true;
    });
    assert.ok(service.received.length <= 12, `${service.received.length} requests`);
  });

  it('ends at a refusal that is of the index and not of a record', async () => {
    answer = () => refusal(400, 'KmsDisabledException', 'The key is disabled.');
    await assert.rejects(store({ concurrency: 1 }).put(points(100_000)), (error: unknown) => {
      assert.ok(error instanceof PutError && error.code === 'EVERYTHING_REFUSED');
      assert.match(error.message, /The key is disabled\. The refusal is of the index/);
      accountsForAll(error.report, error.report.read);
      return true;
    });
    assert.equal(service.received.length, 1);
  });

  it('sends in parts what something on the way finds too long', async () => {
    answer = ({ bytes }) =>
      bytes.length > 10_000 ? refusal(413, 'RequestEntityTooLarge', 'Too large') : accepted;
    const report = await store().put(points(1_000));
    accountsForAll(report, 1_000);
    assert.equal(report.written, 1_000);
  });

  it('ends at the first refusal that every batch would meet, and reads no further', async () => {
    answer = () => refusal(403, 'AccessDeniedException', 'Access denied');
    let read = 0;
    function* counted(): Generator<VectorRecord> {
      for (const point of points(100_000)) {
        read += 1;
        yield point;
      }
    }
    await assert.rejects(store({ concurrency: 1 }).put(counted()), (error: unknown) => {
      assert.ok(error instanceof PutError);
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.match(error.message, /s3vectors:PutVectors/);
      accountsForAll(error.report, error.report.read);
      assert.ok(read < 100_000);
      return true;
    });
    assert.equal(service.received.length, 1);
  });

  it('gives up a service that stays down, with every record read in its report', async () => {
    answer = () => refusal(503, 'ServiceUnavailableException', 'Busy');
    const down = store({ retry: { maxAttempts: 2, baseDelayMs: 1 }, concurrency: 1 });
    await assert.rejects(down.put(points(100_000)), (error: unknown) => {
      assert.ok(error instanceof PutError);
      assert.equal(error.code, 'SERVICE_UNAVAILABLE');
      accountsForAll(error.report, error.report.read);
      assert.equal(error.report.written, 0);
      return true;
    });
    assert.equal(service.received.length, 6, 'three batches, each repeated once');
  });

  it('waits for an endpoint that went away as long as its caller has patience', async () => {
    answer = () => accepted;
    let retried = 0;
    const log = { ...SILENT, debug: () => (retried += 1) };
    const port = Number(new URL(service.url).port);
    await service.close();
    const waiting = store({
      log,
      retry: { maxAttempts: 100, unreachableAttempts: 100, baseDelayMs: 10, maxDelayMs: 20 },
    });
    const report = waiting.put(points(3));
    while (retried < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    service = await startFaultyService((request, number) => answer(request, number), undefined, port);
    assert.equal((await report).written, 3);
    assert.ok((await report).retries > 4);
    await service.close();
    await assert.rejects(
      store().put(points(3)),
      (error: unknown) => error instanceof PutError && error.code === 'ENDPOINT_UNREACHABLE',
    );
  });

  it('goes on after a batch whose attempts are used up, and marks its records as uncertain', async () => {
    answer = (request) => (keysOf(request).includes('key-500') ? { kind: 'reset' } : accepted);
    const report = await store({ retry: { maxAttempts: 2, baseDelayMs: 1 } }).put(points(1_500));
    accountsForAll(report, 1_500);
    assert.equal(report.written, 1_000);
    assert.equal(report.failed[0]?.key, 'key-500');
    assert.ok(
      report.failed.every(({ code, uncertain }) => code === 'SERVICE_UNAVAILABLE' && uncertain === true),
    );
  });

  it('ends at once when its signal aborts: what was under way is uncertain, the rest was not sent', async () => {
    const abort = new AbortController();
    answer = (_, number) => {
      if (number === 1) return accepted;
      abort.abort();
      return new Promise(() => undefined);
    };
    await assert.rejects(
      store({ concurrency: 1 }).put(points(100_000), { signal: abort.signal }),
      (error: unknown) => {
        assert.ok(error instanceof PutError);
        assert.equal(error.code, 'ABORTED');
        accountsForAll(error.report, error.report.read);
        assert.equal(error.report.written, 500);
        assert.ok(error.report.read < 5_000);
        const uncertain = error.report.failed.filter((failure) => failure.uncertain === true);
        assert.deepEqual([uncertain[0]?.key, uncertain.length], ['key-500', 500]);
        return true;
      },
    );
  });

  it('calls a record that waited for its turn not sent when it is aborted, and not uncertain', async () => {
    const abort = new AbortController();
    answer = () => accepted;
    const slow = store({ writeQuota: { vectorsPerSecond: 0.01, requestsPerSecond: 1 }, concurrency: 4 });
    await assert.rejects(
      slow.put(points(1_500), {
        signal: abort.signal,
        onProgress: ({ read }) => {
          if (read === 1_500) abort.abort();
          else setTimeout(() => abort.abort(), 100);
        },
      }),
      (error: unknown) => {
        assert.ok(error instanceof PutError && error.report.written === 500);
        assert.equal(error.report.failed.length, error.report.read - 500);
        assert.ok(error.report.failed.length >= 500);
        for (const { uncertain, reason } of error.report.failed) {
          assert.equal(uncertain, undefined);
          assert.match(reason, /before this record was sent/);
        }
        return true;
      },
    );
    assert.equal(service.received.length, 1);
  });

  it('sends the last record of a key only when the one before is acknowledged', async () => {
    const order: number[] = [];
    answer = async (request, number) => {
      // Time enough for a second request to overtake the first, if it were sent.
      if (number === 1) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const { key, data } of request.body['vectors'] as { key: string; data: { float32: number[] } }[]) {
        if (key === 'key-0') order.push(data.float32[1]!);
      }
      return accepted;
    };
    const source = [...points(500), { key: 'key-0', data: [1, 7] }, { key: 'key-0', data: [1, 8] }];
    const report = await store().put(source, { duplicates: 'lastWins' });
    assert.deepEqual(order, [0, 7, 8]);
    assert.equal(report.written, 502);
  });

  it('has as many requests under way as allowed, and never more', async () => {
    let running = 0;
    let most = 0;
    let proceed: (() => void)[] = [];
    answer = async (_, number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => {
        proceed.push(resolve);
        // Nobody is answered before three wait, or the last of the sixteen has come.
        if (proceed.length < 3 && number < 16) return;
        for (const go of proceed) go();
        proceed = [];
      });
      running -= 1;
      return accepted;
    };
    const report = await store({ concurrency: 3 }).put(points(8_000));
    assert.deepEqual([report.written, report.batches, most], [8_000, 16, 3]);
  });

  it('waits for the quota that it was given', async () => {
    const abort = new AbortController();
    answer = () => accepted;
    const slow = store({ writeQuota: { vectorsPerSecond: 0.01, requestsPerSecond: 1 } });
    await assert.rejects(
      slow.put(points(1_000), { signal: abort.signal, onProgress: () => abort.abort() }),
      (error: unknown) => error instanceof PutError && error.report.written === 500,
    );
    assert.equal(service.received.length, 1);
  });

  it('tells of every record that is acknowledged or failed as it happens', async () => {
    answer = (request) =>
      keysOf(request).includes('key-3') ? refusal(400, 'ValidationException', 'Invalid record') : accepted;
    const written: number[] = [];
    const failed: (string | undefined)[] = [];
    const report = await store().put([...points(600), { key: '', data: [1, 1] }], {
      onWritten: (records) => {
        for (const { key, position } of records) {
          assert.equal(key, `key-${position}`);
          written.push(position);
        }
      },
      onFailure: ({ key }) => failed.push(key),
    });
    assert.deepEqual(new Set(written).size, 599);
    assert.equal(report.written, 599);
    assert.deepEqual(failed.sort(), ['', 'key-3']);
  });

  it('ends where a callback throws, with every record accounted for', async () => {
    answer = () => accepted;
    for (const options of [
      { onWritten: () => Promise.reject(new Error('the disk is full')) },
      {
        onProgress: () => {
          throw new Error('the disk is full');
        },
      },
    ]) {
      await assert.rejects(store({ concurrency: 1 }).put(points(100_000), options), (error: unknown) => {
        assert.ok(error instanceof PutError && error.code === 'CALLBACK_FAILED');
        assert.match(error.message, /the disk is full/);
        accountsForAll(error.report, error.report.read);
        assert.ok(error.report.written >= 500 && error.report.read < 5_000);
        return true;
      });
    }
  });

  it('ends with its timeout although its source never yields again', async () => {
    answer = () => accepted;
    async function* stalling(): AsyncGenerator<VectorRecord> {
      yield* points(3);
      await new Promise(() => undefined);
    }
    await assert.rejects(store().put(stalling(), { timeoutMs: 30 }), (error: unknown) => {
      assert.ok(error instanceof PutError && error.code === 'DEADLINE_EXCEEDED');
      assert.deepEqual([error.report.read, error.report.failed.length], [3, 3]);
      return true;
    });
  });

  it('counts the answers 429, and slows all writers of the index down', async () => {
    answer = (_, number) =>
      number <= 2 ? refusal(429, 'TooManyRequestsException', 'Please reduce your request rate.') : accepted;
    const report = await store().put(points(1));
    assert.deepEqual([report.written, report.throttled, report.retries], [1, 2, 2]);
  });

  it('calls a record uncertain where any attempt had no answer, whatever the last one said', async () => {
    answer = (_, number) =>
      number === 1
        ? { kind: 'reset' }
        : refusal(429, 'TooManyRequestsException', 'Please reduce your request rate.');
    const report = await store({ retry: { maxAttempts: 2, baseDelayMs: 1 } }).put(points(1));
    assert.deepEqual([report.failed[0]?.code, report.failed[0]?.uncertain], ['THROTTLED', true]);
  });

  it('has no more bytes under way than allowed', async () => {
    let running = 0;
    let most = 0;
    answer = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return accepted;
    };
    const records = [...points(3_000)];
    const one = await store().put(records.slice(0, 500));
    const report = await store().put(records, { maxBytesUnderWay: Math.ceil(one.bytes * 2.2) });
    assert.equal(report.written, 3_000);
    assert.ok(most <= 2, `${most} requests at once`);
    await assert.rejects(store().put([], { concurrency: 0 }), RangeError);
  });
});
