import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  GetVectorsCommand,
  ListVectorsCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { describe, it } from 'mocha';
import { temporaryDirectory } from './temporary-directory';

const MAIN = path.join(__dirname, '../../../local/s3vectors/main.ts');
const DIMENSION = 64;
const PER_PUT = 20;
const at = { vectorBucketName: 'durable-bucket', indexName: 'index' };

interface Running {
  readonly process: ChildProcess;
  readonly client: S3VectorsClient;
  readonly output: () => string;
}

async function start(dataDir: string): Promise<Running> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', MAIN, '--port', '0', '--data-dir', dataDir, '--account-id', '123456789012'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /ready at (http:\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}: ${output}`)));
  });
  const client = new S3VectorsClient({
    region: 'us-east-1',
    endpoint: await ready,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return { process: child, client, output: () => output };
}

async function end(
  running: Running,
  signal: NodeJS.Signals,
): Promise<[code: number | null, signal: string | null]> {
  const exited = once(running.process, 'exit') as Promise<[number | null, string | null]>;
  running.process.kill(signal);
  running.client.destroy();
  return exited;
}

/** All components of a vector hold its round, so that a mixture of two writes shows. */
function batch(writer: number, round: number) {
  return Array.from({ length: PER_PUT }, (_, n) => ({
    key: `w${writer}-k${n}`,
    data: { float32: new Array<number>(DIMENSION).fill(round) },
    metadata: { round, note: 'x'.repeat(500) },
  }));
}

describe('S3 Vectors Local, killed', () => {
  it('has after kill -9 under load every acknowledged write, and no half one', async function () {
    this.timeout(120_000);
    const dataDir = temporaryDirectory();
    const acknowledged = new Map<number, number>();
    const attempted = new Map<number, number>();
    for (let life = 0; life < 4; life += 1) {
      const running = await start(dataDir);
      if (life === 0) {
        await running.client.send(new CreateVectorBucketCommand({ vectorBucketName: at.vectorBucketName }));
        await running.client.send(
          new CreateIndexCommand({
            ...at,
            dataType: 'float32',
            dimension: DIMENSION,
            distanceMetric: 'euclidean',
          }),
        );
      }
      for (const [writer, round] of acknowledged) {
        const keys = batch(writer, 0).map(({ key }) => key);
        const { vectors } = await running.client.send(
          new GetVectorsCommand({ ...at, keys, returnData: true, returnMetadata: true }),
        );
        assert.equal(vectors?.length, PER_PUT);
        const rounds = new Set(vectors.flatMap(({ data }) => data!.float32!));
        assert.equal(rounds.size, 1, 'a batch is there as a whole');
        const [found = -1] = rounds;
        assert.ok(found >= round && found <= attempted.get(writer)!, `${round} <= ${found}`);
        for (const { metadata } of vectors) assert.equal((metadata as { round: number }).round, found);
        const query = { ...at, topK: 1, queryVector: { float32: new Array<number>(DIMENSION).fill(found) } };
        const { vectors: nearest } = await running.client.send(
          new QueryVectorsCommand({ ...query, returnDistance: true }),
        );
        assert.equal(nearest?.[0]?.distance, 0);
      }
      const enough = new Promise<void>((resolve) => {
        const write = async (writer: number): Promise<void> => {
          for (;;) {
            const round = (attempted.get(writer) ?? 0) + 1;
            attempted.set(writer, round);
            await running.client.send(new PutVectorsCommand({ ...at, vectors: batch(writer, round) }));
            acknowledged.set(writer, round);
            if ([...acknowledged.values()].reduce((sum, one) => sum + one, 0) >= 25 * (life + 1)) resolve();
          }
        };
        for (const writer of [1, 2, 3]) write(writer).catch(() => undefined); // ends with the process
      });
      await enough;
      assert.deepEqual(await end(running, 'SIGKILL'), [null, 'SIGKILL']);
    }
    const last = await start(dataDir);
    const { vectors } = await last.client.send(new ListVectorsCommand({ ...at, maxResults: 1000 }));
    assert.equal(vectors?.length, acknowledged.size * PER_PUT);
    await end(last, 'SIGTERM');
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends on ${signal} with exit code 0, and gives the data directory up`, async function () {
      this.timeout(60_000);
      const dataDir = temporaryDirectory();
      const running = await start(dataDir);
      await running.client.send(new CreateVectorBucketCommand({ vectorBucketName: 'a-bucket' }));
      assert.deepEqual(await end(running, signal), [0, null]);
    });
  }

  it('says which process has the data directory, and what an option may be, with exit code 1', async function () {
    this.timeout(60_000);
    const dataDir = temporaryDirectory();
    const running = await start(dataDir);
    await assert.rejects(start(dataDir), new RegExp(`in use by process ${running.process.pid}`));
    await end(running, 'SIGTERM');
  });
});
