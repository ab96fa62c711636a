// The command `s3-vectors migrate`, killed with SIGKILL at seeded random moments and run again: nothing is lost, nothing
// is there that should not be, and every failure is written down exactly once.
// MIGRATION_KILLS=50 runs it at length; MIGRATION_SEED chooses the moments.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { CREDENTIALS, REGION } from './running-service';
import { shapeOf, startLocalIndex, VECTOR_BUCKET } from '../unit/runtime/surroundings/local-index';
import type { LocalIndex } from '../unit/runtime/surroundings/local-index';

const KILLS = Number(process.env['MIGRATION_KILLS'] ?? 4);
const SEED = Number(process.env['MIGRATION_SEED'] ?? 20_261_121);
const COMMAND = path.join(__dirname, '../../runtime/cli/bin.cjs');
const DIMENSION = 4;
/** At 2,450 vectors a second a run lasts two seconds, of which the first batch is acknowledged at once. */
const LINES = 5_000;
const FILES = 4_000;
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
}

describe(`a migration that is killed at ${KILLS} random moments`, () => {
  let service: LocalIndex;
  let folder: string;
  const sources: Source[] = [];

  before(async () => {
    service = await startLocalIndex();
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-kill-'));
    sources.push(writeLines(path.join(folder, 'records.jsonl')), writeFiles(path.join(folder, 'embeddings')));
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
    return { from, ...split(LINES, (at) => `line-${at}`) };
  }
  function writeFiles(from: string): Source {
    for (let at = 0; at < FILES; at += 1) {
      const directory = path.join(from, `part-${at % 20}`);
      mkdirSync(directory, { recursive: true });
      const text = JSON.stringify(record(at));
      if (at % 2 === 0) writeFileSync(path.join(directory, `${at}.json`), text);
      else writeFileSync(path.join(directory, `${at}.json.gz`), gzipSync(text));
    }
    return { from, ...split(FILES, (at) => `part-${at % 20}/${at}`) };
  }

  function run(source: Source, indexName: string, checkpoint: string): ChildProcess {
    const args = ['migrate', '--from', source.from, '--bucket', VECTOR_BUCKET, '--index', indexName];
    const rest = ['--model', 'some-model', '--no-embed', '--checkpoint', checkpoint, '--quiet', '--json'];
    return spawn(process.execPath, [COMMAND, ...args, ...rest], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: service.url,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      },
    });
  }

  /** Waits until the checkpoint has been saved anew, or the process has ended. */
  async function firstSave(child: ChildProcess, checkpoint: string, before: number): Promise<void> {
    while (child.exitCode === null && savedAt(checkpoint) === before) await sleep(5);
  }
  function savedAt(checkpoint: string): number {
    try {
      return statSync(checkpoint).mtimeMs;
    } catch {
      return 0;
    }
  }

  it('ends complete, whatever the moment', async () => {
    const random = randomOf(SEED);
    let [early, inTheMiddle, tooLate] = [0, 0, 0];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const source = sources[kill % sources.length] as Source;
      const indexName = `killed-${kill}`;
      await service.create(indexName, shapeOf(DIMENSION));
      const checkpoint = path.join(folder, `${indexName}.json`);

      const victim = run(source, indexName, checkpoint);
      const exit = once(victim, 'exit');
      // The first with the first checkpoint; of the others one in five at any moment of the start, four after it.
      if (kill > 0 && random() < 0.2) await Promise.race([sleep(random() * 2_000), exit]);
      else {
        await firstSave(victim, checkpoint, 0);
        if (kill > 0) await Promise.race([sleep(random() * 1_400), exit]);
      }
      victim.kill('SIGKILL');
      await exit;
      const taken = takenOf(checkpoint);
      if (victim.exitCode !== null) tooLate += 1;
      else if (taken === 0) early += 1;
      else inTheMiddle += 1;

      const second = run(source, indexName, checkpoint);
      const output: Buffer[] = [];
      second.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
      second.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
      const [code] = (await once(second, 'close')) as [number];
      const said = Buffer.concat(output).toString();
      assert.equal(code, 3, said);
      const report = JSON.parse(said) as Record<string, unknown>;
      const { good, bad } = source;
      assert.deepEqual(await service.keys(indexName), [...good].sort());
      assert.deepEqual(
        [report['finished'], report['taken'], report['kept'], report['failed'], report['resumedAfter']],
        [true, good.length + bad.length, good.length, bad.length, taken],
      );
      const failed = readFileSync(`${checkpoint}.failed.jsonl`, 'utf8').trimEnd().split('\n');
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

  function takenOf(checkpoint: string): number {
    try {
      return (JSON.parse(readFileSync(checkpoint, 'utf8')) as { counts: { taken: number } }).counts.taken;
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT', 'a checkpoint is whole or not there');
      return 0;
    }
  }
});
