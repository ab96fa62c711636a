// The commands `migrate` and `export` as processes, against S3 Vectors Local.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REGION } from './running-service';
import {
  CREDENTIALS,
  shapeOf,
  startLocalIndex,
  VECTOR_BUCKET,
} from '../unit/runtime/surroundings/local-index';
import type { LocalIndex } from '../unit/runtime/surroundings/local-index';

const COMMAND = path.join(__dirname, '../../runtime/cli/bin.cjs');

describe('the commands migrate and export', () => {
  let service: LocalIndex;
  let folder: string;

  before(async () => {
    service = await startLocalIndex();
    await service.create('episodes', shapeOf(2, ['text']));
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-command-'));
    mkdirSync(path.join(folder, 'old'));
    for (let at = 0; at < 12; at += 1) {
      const body = { embedding: at === 7 ? [1] : [1, at], text: `text ${at}`, model: 'm', metadata: { at } };
      writeFileSync(path.join(folder, 'old', `${at}.json`), JSON.stringify(body));
    }
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: service.url,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        S3_VECTOR_BUCKET_NAME: VECTOR_BUCKET,
        S3_VECTOR_INDEX_NAME: 'episodes',
        ...env,
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, err };
  }

  it('move a folder: dry run, migration with verification, another try of what failed, and back out', async () => {
    const plan = ['migrate', '--from', 'old', '--model', 'm', '--no-embed'];
    const dry = await run([...plan, '--dry-run', '--failed', 'dry.jsonl']);
    assert.ok(!existsSync(path.join(folder, 'dry.jsonl')));
    assert.equal(dry.code, 3, dry.err);
    assert.match(dry.out, /12 records[^]*11 kept, 0 to be made anew, 1 cannot be stored/);
    assert.match(dry.out, /OTHER_DIMENSION[^]*7\.json: Its vector has 1 numbers and the index holds 2/);
    assert.match(dry.out, /Cost: \$[^]*Nothing was written\./);
    assert.deepEqual(await service.keys('episodes'), []);

    const moved = await run([...plan, '--checkpoint', 'move.json', '--verify']);
    assert.equal(moved.code, 3, moved.err);
    assert.match(moved.err, /11 stored in episodes; 1 not stored, named in move\.json\.failed\.jsonl/);
    assert.match(moved.out, /^Verified: 11 of 11 keys/);
    const again = await run([...plan, '--checkpoint', 'move.json']);
    assert.match(again.err, /was finished before/);

    writeFileSync(path.join(folder, 'old', '7.json'), JSON.stringify({ embedding: [1, 7], model: 'm' }));
    const failed = 'move.json.failed.jsonl';
    const tried = await run([...plan, '--retry-failed', failed, '--dry-run']);
    assert.match(tried.out, /^1 records/);
    const retried = await run([...plan, '--retry-failed', failed, '--json', '--quiet']);
    assert.equal(retried.code, 0, retried.err);
    assert.equal((JSON.parse(retried.out) as { kept: number }).kept, 1);
    const checked = await run([...plan, '--dry-run', '--verify']);
    assert.equal(checked.code, 0, checked.out);

    const exported = await run(['export', 'all.jsonl']);
    assert.equal(exported.code, 0, exported.err);
    assert.equal(readFileSync(path.join(folder, 'all.jsonl'), 'utf8').trimEnd().split('\n').length, 12);
    const refused = await run(['export', 'all.jsonl']);
    assert.deepEqual(
      [refused.code, refused.err.trim()],
      [2, 'all.jsonl exists already; name another file, or add --force.'],
    );
  }).timeout(120_000);

  it('refuse what cannot be with exit code 2, saying how to write it, and write nothing', async () => {
    const { vectorBucketName, indexName } = service.connection('episodes');
    const kept = JSON.stringify({ key: 'kept', vector: [1, 1] });
    writeFileSync(path.join(folder, 'kept.jsonl'), kept);
    for (const [args, said] of [
      [['migrate', '--from', 'nowhere', '--model', 'm'], /--from nowhere cannot be read/],
      [['migrate', '--from', 'old'], /nobody says which model/],
      [['migrate', '--from', 'old', '--model', 'm'], /"m" is not known; known are amazon/],
      [['migrate', '--from', 'old', '--since', 'yesterday'], /It must be a date/],
      [['migrate', '--from', 'old', '--trust-vectors', '--checkpoint', 's3://b'], /names no object/],
      [
        ['migrate', '--from', 'old', '--trust-vectors', '--failed', 'x', '--retry-failed', 'x'],
        /--failed x is the same file as --retry-failed x/,
      ],
      [
        ['migrate', '--from', 'kept.jsonl', '--trust-vectors', '--failed', './kept.jsonl'],
        /--failed \.\/kept\.jsonl is the same file as --from kept\.jsonl/,
      ],
      [
        ['migrate', '--from', 'kept.jsonl', '--trust-vectors', '--failed', 'kept.jsonl', '--dry-run'],
        /is the same file as --from/,
      ],
      [
        ['migrate', '--from', 'old', '--trust-vectors', '--failed', 'kept.jsonl'],
        /kept\.jsonl holds something else than failures/,
      ],
      [['export', 'x.bin', '--format', 'csv'], /must be jsonl or parquet/],
      [['export', 'x.bin'], /does not say its format/],
      [['export', 'x.parquet.gz', '--format', 'parquet'], /leave \.gz out/],
      [['export', '-'], /list --data --metadata --json/],
      [['export', 'old', '--format', 'jsonl', '--force'], /old is a folder/],
    ] as const) {
      const { code, err } = await run([...args, '--bucket', vectorBucketName, '--index', indexName]);
      assert.equal(code, 2, `${args.join(' ')}: ${err}`);
      assert.match(err, said);
    }
    assert.ok(!existsSync(path.join(folder, 'x.bin')));
    assert.equal(readFileSync(path.join(folder, 'kept.jsonl'), 'utf8'), kept);
  }).timeout(120_000);

  it('explain themselves within 80 columns', async () => {
    for (const command of ['migrate', 'export']) {
      const { code, out } = await run([command, '--help']);
      assert.equal(code, 0);
      assert.match(out, /Examples:/);
      for (const line of out.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
    }
  }).timeout(60_000);
});
