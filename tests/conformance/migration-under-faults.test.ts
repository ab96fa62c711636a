// A migration against a service that fails on purpose, by a seeded plan: every record ends written or reported.
// MIGRATION_FAULTS_VECTORS=100000 runs it at length.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateIndexCommand, CreateVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { startS3VectorsLocal, type S3VectorsLocal } from '../../local/s3vectors/server';
import { checkpointFile } from '../../runtime/migration/checkpoint-file';
import { readFailures } from '../../runtime/migration/failure-file';
import { jsonlSource } from '../../runtime/migration/jsonl-source';
import { migrate } from '../../runtime/migration/migrate';
import { MigrationError } from '../../runtime/migration/migration-error';
import { verifyMigration } from '../../runtime/migration/verify';
import { VectorStore } from '../../runtime/vector-store/vector-store';
import { CREDENTIALS } from './running-service';

const COUNT = Number(process.env['MIGRATION_FAULTS_VECTORS'] ?? 6_000);
const BUCKET = 'acme-test-vector-migration-faults';
const BAD = 250;
const FAULTS = {
  '429': 0.1,
  '500': 0.1,
  '503': 0.1,
  '408': 0.1,
  reset: 0.1,
  truncate: 0.1,
  slow: 0.1,
  'slow-ms': 20,
  operations: ['PutVectors', 'ListVectors', 'GetVectors', 'QueryVectors'],
  seed: 2026,
};

describe('a migration under faults of every kind, one request in ten each', () => {
  let folder: string;
  let server: S3VectorsLocal;
  let client: S3VectorsClient;
  let file: string;
  let good: string[];
  let bad: string[];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-migration-faults-'));
    server = await startS3VectorsLocal({
      port: 0,
      dataDir: path.join(folder, 'data'),
      region: 'us-east-1',
      accountId: '123456789012',
      faults: FAULTS,
    });
    client = new S3VectorsClient({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: CREDENTIALS,
      maxAttempts: 20,
    });
    await client.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
    file = path.join(folder, 'records.jsonl');
    const lines = Array.from({ length: COUNT }, (_, at) =>
      JSON.stringify({
        key: `key-${at}`,
        vector: at % BAD === 0 ? [1] : [1, at],
        model: 'm',
        metadata: { at },
      }),
    );
    writeFileSync(file, lines.join('\n'));
    const places = Array.from({ length: COUNT }, (_, at) => at);
    good = places.filter((at) => at % BAD !== 0).map((at) => `key-${at}`);
    bad = places.filter((at) => at % BAD === 0).map((at) => `key-${at}`);
  });
  after(async () => {
    client.destroy();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function storeOf(indexName: string, maxAttempts: number): Promise<VectorStore> {
    await client.send(
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
      writeQuota: { vectorsPerSecond: 1e9, requestsPerSecond: 1e9 },
      retry: { baseDelayMs: 1, throttledDelayMs: 2, maxDelayMs: 10, maxAttempts },
    });
  }
  async function keysOf(store: VectorStore): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list({ retry: { ...quick, maxAttempts: 100 } })) keys.push(key);
    return keys.sort();
  }
  const quick = { baseDelayMs: 1, throttledDelayMs: 2, maxDelayMs: 10 };

  it('writes every record that can be, reports the others, and verifies', async () => {
    const store = await storeOf('patient', 100);
    const failures = path.join(folder, 'patient.failed.jsonl');
    const plan = { source: jsonlSource(file), store, model: 'm' };
    const report = await migrate({ ...plan, failures, retry: quick });
    assert.deepEqual([report.finished, report.kept, report.failed], [true, good.length, bad.length]);
    assert.deepEqual(await keysOf(store), [...good].sort());
    const failed = await readFailures(failures);
    assert.deepEqual(
      failed.map(({ key }) => key),
      bad,
    );
    const verified = await verifyMigration({ ...plan, failed: new Set(failed.map(({ cursor }) => cursor)) });
    assert.deepEqual([verified.good, verified.expected, verified.missing], [true, good.length, 0]);
  }).timeout(300_000);

  it('ends complete through many runs where each gives up soon', async () => {
    const store = await storeOf('hasty', 100);
    const failures = path.join(folder, 'hasty.failed.jsonl');
    const checkpoint = checkpointFile(path.join(folder, 'hasty.json'));
    const plan = { source: jsonlSource(file), store, model: 'm' };
    const options = { ...plan, checkpoint, failures };
    let runs = 0;
    let report;
    while (report === undefined) {
      runs += 1;
      assert.ok(runs < 200, 'it does not come to an end');
      try {
        report = await migrate({ ...options, retry: { ...quick, maxAttempts: 2 } });
      } catch (error) {
        if (!(error instanceof MigrationError)) throw error;
      }
    }
    // What a run gave up is reported, and tried again by name.
    const lines = await readFailures(failures);
    assert.equal(report.kept + report.failed, COUNT);
    assert.equal(lines.length, report.failed);
    const stored = new Set(await keysOf(store));
    const named = new Set(lines.map(({ key }) => key));
    for (const key of good)
      assert.ok(stored.has(key) || named.has(key), `${key} is neither stored nor reported`);
    const again = path.join(folder, 'again.jsonl');
    await migrate({
      ...plan,
      failures: again,
      only: new Set(lines.map(({ cursor }) => cursor)),
      retry: quick,
    });
    assert.deepEqual(await keysOf(store), [...good].sort());
    assert.deepEqual(
      readFileSync(again, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { key: string }).key),
      bad,
    );
  }).timeout(300_000);
});
