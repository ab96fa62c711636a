// How fast puts go against S3 Vectors Local with the service's quotas enforced: one process alone, which should come
// close to 2,500 vectors a second without a single 429, and several processes on one index, which know nothing of each
// other and should share the quota without losing a record. The service and every writer are processes of their own.
// Run: npx tsx tests/bench/runtime-quota.ts [vectors, default 100000] [writers, default 4] [dimension, default 1024]
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateIndexCommand, CreateVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import type { VectorRecord } from '../../contract/vectors/record';
import { startS3VectorsLocal } from '../../local/s3vectors/server';
import { PutError } from '../../runtime/vector-store/put-error';
import { VectorStore } from '../../runtime/vector-store/vector-store';

const BUCKET = 'acme-bench-vector-quota';
const CREDENTIALS = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench' };

interface WriterTask {
  readonly url: string;
  readonly indexName: string;
  readonly prefix: string;
  readonly count: number;
  readonly dimension: number;
}

interface WriterResult {
  readonly read: number;
  readonly written: number;
  readonly failed: number;
  readonly batches: number;
  readonly retries: number;
  readonly throttled: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly error?: string;
}

const connection = (url: string, indexName: string) => ({
  vectorBucketName: BUCKET,
  indexName,
  region: 'us-east-1',
  endpoint: url,
  credentials: CREDENTIALS,
});

async function serve(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 's3-vectors-bench-'));
  const server = await startS3VectorsLocal({
    port: 0,
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    enforceQuotas: true,
  });
  process.once('message', () => {
    const { user, system } = process.cpuUsage();
    void server.close().then(() => {
      rmSync(dataDir, { recursive: true });
      process.send?.((user + system) / 1e6);
      process.disconnect();
    });
  });
  process.send?.(server.url);
}

function* vectors({ prefix, count, dimension }: WriterTask): Generator<VectorRecord> {
  // Few different vectors: this measures the way to the service, not the making of random numbers.
  const some = Array.from({ length: 64 }, (_, which) =>
    Float32Array.from({ length: dimension }, (__, at) => Math.sin(which * dimension + at + 1) / 32),
  );
  for (let at = 0; at < count; at += 1) yield { key: `${prefix}-${at}`, data: some[at % 64] ?? [] };
}

async function write(task: WriterTask): Promise<void> {
  const store = new VectorStore(connection(task.url, task.indexName));
  const began = process.cpuUsage();
  let error: string | undefined;
  const report = await store.put(vectors(task)).catch((thrown: unknown) => {
    if (!(thrown instanceof PutError)) throw thrown;
    error = thrown.message;
    return thrown.report;
  });
  const { user, system } = process.cpuUsage(began);
  process.send?.({ ...report, failed: report.failed.length, cpuSeconds: (user + system) / 1e6, error });
  store.close();
  process.disconnect();
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

async function stored(url: string, indexName: string): Promise<number> {
  const store = new VectorStore(connection(url, indexName));
  const keys = new Set<string>();
  for await (const { key } of store.list()) keys.add(key);
  store.close();
  return keys.size;
}

async function measure(
  url: string,
  client: S3VectorsClient,
  writers: number,
  count: number,
  dimension: number,
) {
  const indexName = `writers-${writers}`;
  await client.send(
    new CreateIndexCommand({
      vectorBucketName: BUCKET,
      indexName,
      dimension,
      distanceMetric: 'cosine',
      dataType: 'float32',
    }),
  );
  const began = performance.now();
  const results = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const child = fork(__filename, ['--writer']);
      const task: WriterTask = {
        url,
        indexName,
        prefix: `writer-${writer}`,
        count: Math.ceil(count / writers),
        dimension,
      };
      child.send(task);
      return answerOf<WriterResult>(child);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (result: WriterResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const slowest = Math.max(...results.map((result) => result.seconds));
  console.log(
    `${writers} process${writers === 1 ? '' : 'es'}: ${sum(({ written }) => written)} of ${sum(({ read }) => read)} vectors of ${dimension} dimensions ` +
      `written, ${sum(({ failed }) => failed)} failed, ${await stored(url, indexName)} listed afterwards`,
  );
  console.log(
    `  ${(sum(({ written }) => written) / slowest).toFixed(0)} vectors/s over ${slowest.toFixed(1)} s (${seconds.toFixed(1)} s with starting), ` +
      `${sum(({ batches }) => batches)} requests, ${sum(({ throttled }) => throttled)} answers 429, ${sum(({ retries }) => retries)} repeated, ` +
      `${sum(({ cpuSeconds }) => cpuSeconds).toFixed(1)} s of CPU in the writers`,
  );
  for (const [writer, result] of results.entries()) {
    if (writers === 1 && result.error === undefined) continue;
    console.log(
      `  writer ${writer}: ${(result.written / result.seconds).toFixed(0)} vectors/s, ${result.throttled} answers 429, ` +
        `${result.seconds.toFixed(1)} s${result.error === undefined ? '' : `, ${result.error}`}`,
    );
  }
}

async function main(): Promise<void> {
  const [count, writers, dimension] = [2, 3, 4].map((at) => Number(process.argv[at] ?? Number.NaN));
  const server = fork(__filename, ['--serve']);
  const url = await answerOf<string>(server);
  const client = new S3VectorsClient({ region: 'us-east-1', endpoint: url, credentials: CREDENTIALS });
  await client.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
  for (const processes of [1, writers || 4]) {
    await measure(url, client, processes, count || 100_000, dimension || 1_024);
  }
  client.destroy();
  server.send('stop');
  console.log(`service: ${(await answerOf<number>(server)).toFixed(1)} s of CPU`);
}

if (process.argv[2] === '--serve') void serve();
else if (process.argv[2] === '--writer') process.once('message', (task) => void write(task as WriterTask));
else void main();
