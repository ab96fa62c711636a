// The vector store against a service that fails on purpose, by a seeded plan: every record ends written or reported.
// STORE_FAULTS_VECTORS=200000 runs it at length.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateIndexCommand, CreateVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import type { VectorRecord } from '../../contract/vectors/record';
import { startS3VectorsLocal, type S3VectorsLocal } from '../../local/s3vectors/server';
import { PutError } from '../../runtime/vector-store/put-error';
import type { PutReport } from '../../runtime/vector-store/put-report';
import { VectorStore } from '../../runtime/vector-store/vector-store';

const COUNT = Number(process.env['STORE_FAULTS_VECTORS'] ?? 6_000);
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const BUCKET = 'acme-test-vector-faults';
const SHAPE = {
  dimension: 2,
  distanceMetric: 'cosine',
  dataType: 'float32',
  nonFilterableMetadataKeys: [],
} as const;
/** One request in ten for each of seven faults: seven in ten fail or are late. */
const FAULTS = {
  '429': 0.1,
  '500': 0.1,
  '503': 0.1,
  '408': 0.1,
  reset: 0.1,
  truncate: 0.1,
  slow: 0.1,
  'slow-ms': 20,
  operations: ['PutVectors', 'DeleteVectors', 'ListVectors', 'GetVectors', 'QueryVectors'],
};

function* points(from: number, count: number): Generator<VectorRecord> {
  for (let at = from; at < from + count; at += 1) {
    yield { key: `key-${at}`, data: [1, at], metadata: { at, even: at % 2 === 0 } };
  }
}

for (const seed of [1, 2026]) {
  describe(`the vector store under faults of every kind, one request in ten each (seed ${seed})`, () => {
    let dataDir: string;
    let server: S3VectorsLocal;
    let calm: S3VectorsClient;
    let retries = 0;
    let throttled = 0;

    before(async () => {
      dataDir = await mkdtemp(path.join(tmpdir(), 's3-vectors-faults-'));
      server = await startS3VectorsLocal({
        port: 0,
        dataDir,
        region: 'us-east-1',
        accountId: '123456789012',
        faults: { ...FAULTS, seed },
      });
      calm = new S3VectorsClient({ region: 'us-east-1', endpoint: server.url, credentials: CREDENTIALS });
      await calm.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
    });
    after(async () => {
      calm.destroy();
      await server.close();
      await rm(dataDir, { recursive: true });
    });

    async function storeOf(indexName: string, maxAttempts: number): Promise<VectorStore> {
      await calm.send(
        new CreateIndexCommand({
          vectorBucketName: BUCKET,
          indexName,
          dimension: 2,
          distanceMetric: 'cosine',
          dataType: 'float32',
        }),
      );
      return new VectorStore({
        vectorBucketName: BUCKET,
        indexName,
        region: 'us-east-1',
        endpoint: server.url,
        credentials: CREDENTIALS,
        shape: SHAPE,
        writeQuota: { vectorsPerSecond: 1e9, requestsPerSecond: 1e9 },
        retry: { baseDelayMs: 1, throttledDelayMs: 2, maxDelayMs: 10, maxAttempts },
      });
    }

    /** Many puts of few records each, so that many requests are made; answers each with what it began with. */
    async function putInParts(
      store: VectorStore,
    ): Promise<{ readonly from: number; readonly count: number; readonly report: PutReport }[]> {
      const parts: { from: number; count: number; report: PutReport }[] = [];
      const size = Math.max(20, Math.min(500, Math.floor(COUNT / 100)));
      for (let from = 0; from < COUNT; from += size * 4) {
        const round = [0, 1, 2, 3]
          .map((place) => from + place * size)
          .filter((begin) => begin < COUNT)
          .map(async (begin) => {
            const count = Math.min(size, COUNT - begin);
            const report = await store.put(points(begin, count)).catch((thrown: unknown) => {
              if (!(thrown instanceof PutError)) throw thrown;
              return thrown.report;
            });
            parts.push({ from: begin, count, report });
          });
        await Promise.all(round);
      }
      return parts;
    }

    async function listed(store: VectorStore): Promise<Set<string>> {
      const keys = new Set<string>();
      for await (const { key } of store.list({ segments: 3, retry: { maxAttempts: 100 } })) {
        assert.ok(!keys.has(key), `${key} is listed twice`);
        keys.add(key);
      }
      return keys;
    }

    it('writes every record where attempts last', async () => {
      const store = await storeOf('patient', 100);
      for (const { report, count } of await putInParts(store)) {
        assert.deepEqual([report.read, report.written, report.failed], [count, count, []]);
        retries += report.retries;
        throttled += report.throttled;
      }
      assert.ok(retries > 50 && throttled > 5, `${retries} repeated, ${throttled} throttled`);
      assert.equal((await listed(store)).size, COUNT);

      const keys = [...points(0, 300)].map(({ key }) => key);
      assert.deepEqual((await store.get(keys)).missing, []);
      assert.equal((await store.query([1, 1], { topK: 250 })).length, Math.min(250, COUNT));
      const report = await store.deleteWhere({ even: true }, { dryRun: false });
      assert.deepEqual([report.matched, report.deleted], [Math.ceil(COUNT / 2), Math.ceil(COUNT / 2)]);
      assert.equal((await listed(store)).size, Math.floor(COUNT / 2));
      store.close();
    }).timeout(600_000);

    it('reports every record that it gives up, and what it reports as not stored is not', async () => {
      const store = await storeOf('hasty', 2);
      const written = new Set<string>();
      const uncertain = new Set<string>();
      const lost = new Set<string>();
      for (const { report, from, count } of await putInParts(store)) {
        assert.equal(report.read, count);
        assert.equal(report.written + report.failed.length, count);
        const failed = new Map(report.failed.map((failure) => [failure.key, failure]));
        assert.equal(failed.size, report.failed.length);
        for (const { key } of points(from, count)) {
          const failure = failed.get(key);
          (failure === undefined ? written : failure.uncertain === true ? uncertain : lost).add(key);
        }
      }
      assert.equal(written.size + uncertain.size + lost.size, COUNT);
      assert.ok(uncertain.size > 0, 'the plan has faults that nobody can see the outcome of');
      const stored = await listed(store);
      for (const key of written) assert.ok(stored.has(key), `${key} was reported as written`);
      for (const key of lost) assert.ok(!stored.has(key), `${key} was reported as not stored`);
      store.close();
    }).timeout(600_000);
  });
}
