// The command `s3-vectors migrate`, killed with SIGKILL at seeded random moments and run again: nothing is lost, nothing
// is there that should not be, and every failure is written down exactly once.
// MIGRATION_KILLS=50 runs it at length; MIGRATION_SEED chooses the moments.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { checkpointFile, checkpointObject } from '../../runtime/migration/checkpoint-file';
import type { CheckpointStore } from '../../runtime/migration/checkpoint';
import { REGION } from './running-service';
import { S3_CREDENTIALS, START_WITHIN, startLocalBucket } from '../unit/runtime/surroundings/local-archive';
import type { LocalBucket } from '../unit/runtime/surroundings/local-archive';
import { shapeOf, startLocalIndex, VECTOR_BUCKET } from '../unit/runtime/surroundings/local-index';
import type { LocalIndex } from '../unit/runtime/surroundings/local-index';

const KILLS = Number(process.env['MIGRATION_KILLS'] ?? 4);
const SEED = Number(process.env['MIGRATION_SEED'] ?? 20_261_121);
const COMMAND = path.join(__dirname, '../../runtime/cli/bin.cjs');
const DIMENSION = 4;
/** At 2,450 vectors a second a run lasts two seconds, of which the first batch is acknowledged at once. */
const LINES = 5_000;
const FILES = 4_000;
/** Read at some hundred a second from the local S3: two batches and a rest. */
const OBJECTS = 1_200;
/** One record in so many cannot be stored. */
const BAD = 97;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Source {
  readonly from: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
  /** Where the checkpoint of a migration into this index is kept. */
  checkpoint(indexName: string): CheckpointStore;
}

describe(`a migration that is killed at ${KILLS} random moments`, () => {
  let service: LocalIndex;
  let folder: string;
  let bucket: LocalBucket;
  const sources: Source[] = [];

  before(async function () {
    this.timeout(START_WITHIN);
    service = await startLocalIndex();
    bucket = await startLocalBucket('acme-kill-vector-embeddings');
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-kill-'));
    sources.push(
      writeLines(path.join(folder, 'records.jsonl')),
      await writeObjects(),
      writeFiles(path.join(folder, 'embeddings')),
    );
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const record = (at: number) => ({
    embedding: [1, at, Math.fround(at / 7), 0.5],
    metadata: at % BAD === 0 ? { nested: { at } } : { at },
    model: 'some-model',
  });
  const split = (count: number, keyOf: (at: number) => string) => {
    const places = Array.from({ length: count }, (_, at) => at);
    return {
      good: places.filter((at) => at % BAD !== 0).map(keyOf),
      bad: places.filter((at) => at % BAD === 0).map(keyOf),
    };
  };
  function writeLines(from: string): Source {
    const lines = Array.from({ length: LINES }, (_, at) =>
      JSON.stringify({ key: `line-${at}`, ...record(at) }),
    );
    writeFileSync(from, `${lines.join('\n')}\n`);
    return { from, ...split(LINES, (at) => `line-${at}`), checkpoint: inFolder };
  }
  function writeFiles(from: string): Source {
    for (let at = 0; at < FILES; at += 1) {
      const directory = path.join(from, `part-${at % 20}`);
      mkdirSync(directory, { recursive: true });
      const text = JSON.stringify(record(at));
      if (at % 2 === 0) writeFileSync(path.join(directory, `${at}.json`), text);
      else writeFileSync(path.join(directory, `${at}.json.gz`), gzipSync(text));
    }
    return { from, ...split(FILES, (at) => `part-${at % 20}/${at}`), checkpoint: inFolder };
  }
  /** The layout of the older buckets; the checkpoint is an object too, as where disks do not last. */
  async function writeObjects(): Promise<Source> {
    const places = Array.from({ length: OBJECTS }, (_, at) => at);
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let at = places.pop(); at !== undefined; at = places.pop()) {
          await bucket.put(`embeddings/object-${at}.json`, JSON.stringify(record(at)));
        }
      }),
    );
    return {
      from: `s3://${bucket.bucketName}`,
      ...split(OBJECTS, (at) => `object-${at}`),
      checkpoint: (indexName) =>
        checkpointObject(bucket.bucketName, `checkpoints/${indexName}.json`, bucket.connection),
    };
  }
  const inFolder = (indexName: string) => checkpointFile(path.join(folder, `${indexName}.json`));

  const failuresOf = (indexName: string) => path.join(folder, `${indexName}.failed.jsonl`);

  function run(source: Source, indexName: string, { name }: CheckpointStore): ChildProcess {
    const args = ['migrate', '--from', source.from, '--bucket', VECTOR_BUCKET, '--index', indexName];
    const rest = ['--model', 'some-model', '--no-embed', '--checkpoint', name, '--quiet', '--json'];
    const failures = ['--failed', failuresOf(indexName)];
    return spawn(process.execPath, [COMMAND, ...args, ...rest, ...failures], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: service.url,
        AWS_ENDPOINT_URL_S3: bucket.connection.endpoint,
        AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
      },
    });
  }

  /** Waits until the checkpoint has been saved for the first time, or the process has ended. */
  async function firstSave(child: ChildProcess, checkpoint: CheckpointStore): Promise<void> {
    while (child.exitCode === null && (await checkpoint.load(undefined)) === undefined) await sleep(5);
  }

  it('ends complete, whatever the moment', async () => {
    const random = randomOf(SEED);
    let [early, inTheMiddle, tooLate] = [0, 0, 0];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const source = sources[kill % sources.length] as Source;
      const indexName = `killed-${kill}`;
      await service.create(indexName, shapeOf(DIMENSION));
      const checkpoint = source.checkpoint(indexName);

      const victim = run(source, indexName, checkpoint);
      const exit = once(victim, 'exit');
      // The first with the first checkpoint; of the others one in five at any moment of the start, four after it.
      if (kill > 0 && random() < 0.2) await Promise.race([sleep(random() * 2_000), exit]);
      else {
        await firstSave(victim, checkpoint);
        if (kill > 0) await Promise.race([sleep(random() * 1_400), exit]);
      }
      victim.kill('SIGKILL');
      await exit;
      const taken = await takenOf(checkpoint);
      if (victim.exitCode !== null) tooLate += 1;
      else if (taken === 0) early += 1;
      else inTheMiddle += 1;

      const second = run(source, indexName, checkpoint);
      const output: Buffer[] = [];
      const complaints: Buffer[] = [];
      second.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
      second.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk));
      const [code] = (await once(second, 'close')) as [number];
      const said = Buffer.concat(output).toString();
      assert.equal(code, 3, `${said}${Buffer.concat(complaints).toString()}`);
      assert.equal(Buffer.concat(complaints).toString(), '', 'quiet, and nothing of Node or the SDK either');
      const report = JSON.parse(said) as Record<string, unknown>;
      const { good, bad } = source;
      assert.deepEqual(await service.keys(indexName), [...good].sort());
      assert.deepEqual(
        [report['finished'], report['taken'], report['kept'], report['failed'], report['resumedAfter']],
        [true, good.length + bad.length, good.length, bad.length, taken],
      );
      const failed = readFileSync(failuresOf(indexName), 'utf8').trimEnd().split('\n');
      assert.deepEqual(
        failed.map((line) => (JSON.parse(line) as { key: string }).key).sort(),
        [...bad].sort(),
      );
    }
    if (KILLS >= 10) {
      console.log(
        `      killed: ${inTheMiddle} in the middle, ${early} before a batch was acknowledged, ${tooLate} after the end`,
      );
    }
    // Of few kills a slow machine may put every one before or after: of many none does.
    assert.ok(KILLS < 10 || inTheMiddle > 0, 'no kill fell between the first and the last checkpoint');
  }).timeout(60_000 + KILLS * 60_000);

  async function takenOf(checkpoint: CheckpointStore): Promise<number> {
    const text = await checkpoint.load(undefined);
    // A checkpoint is whole or not there.
    return text === undefined ? 0 : (JSON.parse(text) as { counts: { taken: number } }).counts.taken;
  }
});
