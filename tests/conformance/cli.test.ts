// The real command, as a process, against S3 Vectors Local: what it prints where, and with which exit code it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateVectorBucketCommand } from '@aws-sdk/client-s3vectors';
import { closedEndpoint } from '../unit/runtime/surroundings/closed-endpoint';
import { ACCOUNT_ID, makeIndex, REGION, startService } from './running-service';
import type { RunningService } from './running-service';

const BIN = path.resolve(__dirname, '../../runtime/cli/bin.cjs');
const BUCKET = 'acme-dev-vector-episodes';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface HowToRun {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** What to do with the running process; standard input stays open. */
  readonly meanwhile?: (child: ReturnType<typeof spawn>) => void;
}

describe('s3-vectors', function () {
  this.timeout(60_000);
  let service: RunningService;
  let folder: string;
  let index: string;
  let other: string;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
    ({ indexName: index } = await makeIndex(service, BUCKET, 4, 'cosine', ['text']));
    ({ indexName: other } = await makeIndex(service, BUCKET, 4));
    folder = mkdtempSync(path.join(tmpdir(), 's3v-cli-'));
    mkdirSync(path.join(folder, 'tmp'));
    env = {
      PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      TMPDIR: path.join(folder, 'tmp'),
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_S3VECTORS: service.server.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: service.server.url,
      S3_VECTOR_BUCKET_NAME: BUCKET,
      S3_VECTOR_INDEX_NAME: index,
      NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
    };
    file('records.jsonl', [
      { key: 'a', vector: [0.1, 0.2, 0.3, 0.4], metadata: { genre: 'drama', text: 'long' } },
      { id: 'b', embedding: [0.4, 0.3, 0.2, 0.1], metadata: { genre: 'comedy' } },
      { key: 'c', data: { float32: [1, 0, 0, 0] } },
    ]);
  });
  after(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, lines: readonly unknown[]): string {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    writeFileSync(path.join(folder, name), `${text}\n`);
    return name;
  }

  function run(args: readonly string[], how: HowToRun = {}): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env: { ...env, ...how.env } });
      const parts: Record<'out' | 'err', string> = { out: '', err: '' };
      child.stdout.on('data', (data: Buffer) => (parts.out += data.toString()));
      child.stderr.on('data', (data: Buffer) => (parts.err += data.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...parts }));
      if (how.meanwhile === undefined) child.stdin.end(how.input ?? '');
      else how.meanwhile(child);
    });
  }

  /** What it ended with, in full words where it is not what was expected. */
  function ended({ code, out, err }: Ran, expected: number, words: RegExp = /^/): void {
    assert.equal(code, expected, `exit code ${String(code)}\n${out}\n${err}`);
    assert.match(err, words);
    assert.doesNotMatch(err, /\n\s+at /, 'a stack is no message');
  }

  const json = ({ out }: Ran): unknown => JSON.parse(out);

  it('stores a file, and shows, finds, lists and counts what is in it', async () => {
    const put = await run(['put', 'records.jsonl']);
    ended(put, 0, /^3 stored in \S+ in 1 s\.\n$/);
    assert.equal(put.out, '');
    const [got, found, listed, counted] = await Promise.all([
      run(['get', 'c', 'a', 'nope', '--json']),
      run(['query', '--key', 'a', '-k', '2', '--filter', '{"genre":{"$exists":true}}']),
      run(['list', '--data', '--metadata']),
      run(['list', '--count', '--where', '{"genre":"drama"}', '--json']),
    ]);
    ended(got, 4, /^Not there: nope\n$/);
    // As they were given: 0.1, and not the 0.10000000149011612 that the service keeps.
    assert.deepEqual(json(got), {
      vectors: [
        { key: 'c', vector: [1, 0, 0, 0], metadata: {} },
        { key: 'a', vector: [0.1, 0.2, 0.3, 0.4], metadata: { genre: 'drama', text: 'long' } },
      ],
      missing: ['nope'],
    });
    ended(found, 0);
    assert.deepEqual(found.out.split('\n'), [
      'KEY  DISTANCE  SIMILARITY  METADATA',
      'a    0.000000    1.000000  {"genre":"drama","text":"long"}',
      'b    0.333333    0.666667  {"genre":"comedy"}',
      '',
    ]);
    ended(listed, 0);
    assert.deepEqual(listed.out.trim().split('\n').sort(), [
      '{"key":"a","vector":[0.1,0.2,0.3,0.4],"metadata":{"genre":"drama","text":"long"}}',
      '{"key":"b","vector":[0.4,0.3,0.2,0.1],"metadata":{"genre":"comedy"}}',
      '{"key":"c","vector":[1,0,0,0],"metadata":{}}',
    ]);
    assert.deepEqual(json(counted), { count: 1 });
  });

  it('searches several indexes as if they were one, and says which holds a match', async () => {
    const put = await run(['put', '-', '--index', other, '--json'], {
      input: '{"key":"z","vector":[1,0.1,0,0]}',
    });
    ended(put, 0);
    assert.equal((json(put) as { written: number }).written, 1);
    const found = await run([
      'query',
      '--vector',
      '[1,0,0,0]',
      '-k',
      '2',
      '--index',
      index,
      '--index',
      other,
      '--json',
    ]);
    ended(found, 0);
    const { matches } = json(found) as { matches: { key: string; index: string; distance: number }[] };
    assert.deepEqual(
      matches.map(({ key, index: of }) => [key, of]),
      [
        ['c', index],
        ['z', other],
      ],
    );
    assert.deepEqual(Object.keys(matches[1] ?? {}), ['key', 'index', 'distance', 'similarity', 'metadata']);
  });

  it('stores nothing of a file with bad lines, and names each by file and line; --skip-bad stores the others', async () => {
    const bad = file('bad.jsonl', [
      { key: 'bad-1', vector: [1, 2, 3, 4] },
      { key: 'bad-2', vector: [1, 2] },
      'no JSON',
      { key: 'bad-1', vector: [1, 2, 3, 4] },
      { key: 'bad-3', vector: [1, 2, 3, 4], metadata: { nested: {} } },
    ]);
    const refused = await run(['put', bad]);
    ended(refused, 2, /4 of 5 lines are bad\. Nothing was stored/);
    assert.match(refused.err, /^bad\.jsonl:2: .*length 4/m);
    assert.match(refused.err, /^bad\.jsonl:3: it is no JSON/m);
    assert.match(refused.err, /^bad\.jsonl:4: key "bad-1" is in line 1 already\./m);
    assert.match(refused.err, /^bad\.jsonl:5: .*nested/m);
    assert.equal(refused.out, '');

    const some = await run(['put', bad, '--skip-bad', '--failed', 'failed.jsonl', '--json', '--quiet']);
    ended(some, 3, /^$/);
    const report = json(some) as { written: number; notStored: number; failures: { line: number }[] };
    assert.deepEqual([report.written, report.notStored], [1, 4]);
    assert.deepEqual(
      report.failures.map(({ line }) => line),
      [2, 3, 4, 5],
    );
    const failed = readFileSync(path.join(folder, 'failed.jsonl'), 'utf8').trim().split('\n');
    assert.deepEqual(
      failed.map((line) => JSON.parse(line) as unknown),
      report.failures,
    );

    const same = await run(['put', bad, '--failed', `./${bad}`]);
    ended(same, 2, /is the input itself/);
    assert.match(readFileSync(path.join(folder, bad), 'utf8'), /bad-3/);
    ended(await run(['delete', 'bad-1']), 0, /^1 deleted from /);
  });

  it('reads compressed files, says where one is damaged, and keeps --failed until the index is known', async () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, at) => `{"key":"gz-${at}","vector":[1,${Math.sqrt(at)},0,0]}\n`,
    );
    const bytes = gzipSync(lines.join(''));
    writeFileSync(path.join(folder, 'whole.jsonl.gz'), bytes);
    writeFileSync(path.join(folder, 'cut.jsonl.gz'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(path.join(folder, 'keep.txt'), 'keep');
    const { indexName } = await makeIndex(service, BUCKET, 4);
    const [whole, cut, nowhere] = await Promise.all([
      run(['put', 'whole.jsonl.gz', '--index', indexName]),
      run(['put', 'cut.jsonl.gz', '--index', indexName]),
      run(['put', 'whole.jsonl.gz', '--index', 'no-such-index', '--failed', 'keep.txt']),
    ]);
    ended(whole, 0, /^2,000 stored/);
    ended(cut, 2, /^cut\.jsonl\.gz cannot be read.*damaged or was cut off/);
    ended(nowhere, 4);
    assert.equal(readFileSync(path.join(folder, 'keep.txt'), 'utf8'), 'keep');
  });

  it('makes vectors of texts, to store and to search', async () => {
    const { indexName } = await makeIndex(service, BUCKET, 256);
    const model = ['--index', indexName, '--model', 'amazon.titan-embed-text-v2:0'];
    const texts = file('texts.jsonl', [
      { key: 'keys', text: 'how to rotate an encryption key', metadata: { topic: 'keys' } },
      { key: 'cats', text: 'the cat sleeps on the sofa' },
    ]);
    ended(await run(['put', texts, ...model]), 0, /^2 stored/);
    const found = await run(['query', '--text', 'rotate a key', '-k', '1', '--json', ...model]);
    ended(found, 0);
    const [match] = (json(found) as { matches: { key: string; metadata: object }[] }).matches;
    assert.deepEqual(
      [match?.key, match?.metadata],
      ['keys', { topic: 'keys', text: 'how to rotate an encryption key' }],
    );
  });

  it('deletes what a filter matches only when it is said twice', async () => {
    ended(await run(['put', '-'], { input: '{"key":"d","vector":[1,1,1,1],"metadata":{"tenant":"x"}}' }), 0);
    const dry = await run(['delete', '--where', '{"tenant":"x"}']);
    ended(dry, 0, /^1 would be deleted from \S+\. Nothing was: repeat with --yes\.\n$/);
    assert.equal(dry.out, 'd\n');
    const wet = await run(['delete', '--where', '{"tenant":"x"}', '--yes', '--json']);
    ended(wet, 0, /^$/);
    const { seconds, ...report } = json(wet) as { seconds: number };
    assert.ok(seconds >= 0);
    assert.deepEqual(report, { dryRun: false, matched: 1, sample: ['d'], deleted: 1, failed: [] });
  });

  it('reads the outputs of the selected stack without configuration, by the pulumi on PATH', async () => {
    const account = `arn:aws:iam::${ACCOUNT_ID}:policy`;
    const arn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${BUCKET}`;
    const outputs = {
      vectorBucketName: BUCKET,
      vectorBucketArn: arn,
      episodeIndexName: index,
      episodeIndexArn: `${arn}/index/${index}`,
      episodeIndex: {
        dimension: 4,
        distanceMetric: 'cosine',
        dataType: 'float32',
        nonFilterableMetadataKeys: ['text'],
      },
      vectorAccessPolicyArn: `${account}/acme-dev-vector-access`,
      vectorReadPolicyArn: `${account}/acme-dev-vector-read`,
      embeddingBuckets: {},
      region: REGION,
      project: 'acme',
      environment: 'dev',
    };
    const pulumi = path.join(folder, 'pulumi');
    file('outputs.json', [outputs]);
    writeFileSync(pulumi, `#!/bin/sh\necho "$@" >> '${folder}/asked'\ncat '${folder}/outputs.json'\n`);
    chmodSync(pulumi, 0o755);
    const none = { S3_VECTOR_BUCKET_NAME: '', S3_VECTOR_INDEX_NAME: '' };
    const [listed, variables, health] = await Promise.all([
      run(['list', '--count'], { env: none }),
      run(['outputs', '--env', '--stack', 'dev'], { env: none }),
      run(['health', '--outputs', 'outputs.json', '--probe-writes', '--json'], { env: none }),
    ]);
    ended(listed, 0);
    assert.equal(listed.out, '3\n');
    assert.match(variables.out, new RegExp(`^export S3_VECTOR_INDEX_NAME='${index}'$`, 'm'));
    assert.deepEqual(readFileSync(path.join(folder, 'asked'), 'utf8').trim().split('\n').sort(), [
      'stack output --json --non-interactive',
      'stack output --json --non-interactive --stack dev',
    ]);
    ended(health, 0);
    const report = json(health) as { healthy: boolean; findings: { check: string; severity: string }[] };
    assert.equal(report.healthy, true);
    assert.deepEqual(
      report.findings.map(({ check }) => check),
      ['clock', 'reachable', 'shape', 'encryption', 'get', 'query', 'write', 'delete'],
    );
    rmSync(pulumi);
  });

  it('tells what is not healthy, with its fix, and ends with 1', async () => {
    const [missing, misfit] = await Promise.all([
      run(['health', '--index', 'no-such-index']),
      run(['health', '--model', 'amazon.titan-embed-text-v2:0', '--invoke-model']),
    ]);
    ended(missing, 1);
    assert.match(missing.out, /^error +reachable[\s\S]*Fix: Check name, Region and account/m);
    assert.match(missing.out, /^Not healthy: 1 error, 1 ok\.$/m);
    ended(misfit, 1);
    assert.match(misfit.out, /It makes vectors of 1024 dimensions and the index holds 4\./);
    assert.match(misfit.out, /^ok +invoke/m);
  });

  it('estimates from an index that it counts, from numbers and from an example', async () => {
    const [counted, example] = await Promise.all([
      run(['cost', '--count', '--queries', '1,000,000', '--json']),
      run(['cost', '--example', 'titan-v2']),
    ]);
    ended(counted, 0);
    const { monthlyUsd, rows } = json(counted) as {
      monthlyUsd: number;
      rows: { item: string; usd: number }[];
    };
    assert.equal(monthlyUsd.toFixed(2), '2.50');
    assert.ok(rows.some(({ item }) => item === 'storage'));
    ended(example, 0, /\$2\.00/);
    assert.match(example.out, /\$2\.00 once/);
  });

  it('does nothing on bad input, says so on standard error alone and ends with 2', async () => {
    const before = service.logged.length;
    const [unreadable, unknown, noStack] = await Promise.all([
      run(['put', 'nowhere.jsonl']),
      run(['list', '--no-such-option']),
      run(['list'], { env: { S3_VECTOR_BUCKET_NAME: '', PATH: folder } }),
    ]);
    ended(unreadable, 2, /^nowhere\.jsonl cannot be read \(ENOENT/);
    ended(unknown, 2, /unknown option '--no-such-option'/);
    ended(noStack, 2, /"pulumi" was not found[\s\S]*Neither --bucket and --index nor/);
    assert.equal(unreadable.out + unknown.out + noStack.out, '');
    assert.equal(service.logged.length, before, 'nobody was asked');
  });

  it('refuses what the index refuses, and tells what is not there or not reachable', async () => {
    const closed = await closedEndpoint();
    const [filter, key, noIndex, unreachable] = await Promise.all([
      run(['query', '--key', 'a', '--filter', '{"text":"x"}']),
      run(['query', '--key', 'nope']),
      run(['list', '--index', 'no-such-index']),
      run(['get', 'a', '--endpoint', closed]),
    ]);
    ended(filter, 2, /"text" is a non-filterable metadata key/);
    ended(key, 4, /^There is no vector "nope"/);
    ended(noIndex, 4, /The specified index could not be found/);
    ended(unreachable, 1, /Check the Region, AWS_ENDPOINT_URL_S3VECTORS/);
  });

  it('ends with 130 on SIGINT and SIGTERM, stores nothing unchecked and leaves no temporary file', async () => {
    const count = service.logged.length;
    // Its copy of standard input exists: the command is waiting for the rest. Once both wait, for both at once: the
    // folder of the one is gone before the other looks again.
    const waiting = new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        const copies = readdirSync(path.join(folder, 'tmp')).filter((name) => name.startsWith('s3-vectors-'));
        if (copies.length < 2) return;
        clearInterval(watch);
        resolve();
      }, 20);
    });
    const ends = await Promise.all(
      (['SIGINT', 'SIGTERM'] as const).map((signal) =>
        run(['put', '-'], {
          meanwhile: (child) => {
            child.stdin?.write('{"key":"interrupted","vector":[1,2,3,4]}\n');
            void waiting.then(() => child.kill(signal));
          },
        }),
      ),
    );
    for (const end of ends) ended(end, 130, /^Interrupted\.\n$/);
    assert.deepEqual(
      readdirSync(path.join(folder, 'tmp')).filter((name) => name.startsWith('s3-vectors-')),
      [],
    );
    assert.equal(service.logged.length, count);
  });

  it('keeps what was acknowledged when a put is interrupted, and says how much that is', async () => {
    const { indexName } = await makeIndex(service, BUCKET, 4);
    const lines = Array.from({ length: 15_000 }, (_, at) => ({ key: `key-${at}`, vector: [1, at, 0, 0] }));
    const seen = service.logged.length;
    const put = await run(['put', file('long.jsonl', lines), '--index', indexName, '--json'], {
      meanwhile: (child) => {
        const watch = setInterval(() => {
          if (!service.logged.slice(seen).some((line) => line.includes('PutVectors'))) return;
          clearInterval(watch);
          child.kill('SIGINT');
        }, 5);
      },
    });
    ended(put, 130, /the put was aborted/);
    const report = json(put) as { written: number; notStored: number };
    assert.equal(report.written + report.notStored, lines.length);
    assert.ok(report.written < lines.length);
    const counted = await run(['list', '--count', '--index', indexName]);
    // A batch that was under way may have arrived without its answer.
    assert.ok(Number(counted.out) >= report.written && Number(counted.out) < lines.length, counted.out);
  });

  it('ends with SIGINT while it waits for outputs, for an answer, or for the reader of its own', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const many = Array.from({ length: 3_000 }, (_, at) => ({
      key: `many-${at}-${'k'.repeat(100)}`,
      vector: [1, at, 0, 0],
    }));
    ended(await run(['put', file('many.jsonl', many), '--index', other]), 0, /^3,000 stored/);
    const place = ['--bucket', BUCKET, '--index', index, '--endpoint', endpoint];
    const interrupted = async (args: readonly string[], meanwhile: HowToRun['meanwhile']) =>
      ended(await run(args, { meanwhile }), 130);
    // Blanks are taken from the pipe as soon as somebody waits for more of it.
    const atItsInput: HowToRun['meanwhile'] = (child) =>
      void child.stdin?.write(' '.repeat(1_000_000), () => child.kill('SIGINT'));
    try {
      await Promise.all([
        interrupted(['export', 'x.jsonl', '--outputs', '-'], atItsInput),
        interrupted(['migrate', '--outputs', '-', '--from', 'records.jsonl', '--trust-vectors'], atItsInput),
        interrupted(['get', 'a', '--outputs', '-'], atItsInput),
        interrupted(['put', 'records.jsonl', ...place], (child) =>
          silent.once('request', () => child.kill('SIGINT')),
        ),
        interrupted(['list', '--json', '--index', other], (child) => {
          child.stdout?.once('data', () => {
            child.stdout?.pause();
            // More than the pipe takes is listed meanwhile.
            setTimeout(() => child.kill('SIGINT'), 1_000);
          });
          child.once('exit', () => child.stdout?.resume());
        }),
      ]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('tells that its output cannot be written, and hides no failure from a reader that has gone', async () => {
    // The pipe of a process that has ended: written to, it answers EPIPE.
    const bad = file('some-bad.jsonl', [{ key: 'some-good', vector: [1, 2, 3, 4] }, 'no JSON']);
    const gone = await run(['put', bad, '--skip-bad', '--json'], {
      meanwhile: (child) => child.stdout?.destroy(),
    });
    ended(gone, 3);
    ended(await run(['delete', 'some-good']), 0);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => ({
      key: `many-${at}-${'k'.repeat(100)}`,
      vector: [1, at, 0, 0],
    }));
    ended(await run(['put', file('many.jsonl', many), '--index', other]), 0, /^3,000 stored/);
    const cut = await run(['list', '--index', other], {
      meanwhile: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    });
    ended(cut, 0, /^$/);
  });

  it('completes commands, options and values, and prints nothing else', async () => {
    const [script, commands, values, files, unknown] = await Promise.all([
      run(['complete', 'bash']),
      run(['complete', '--', 'he']),
      run(['complete', '--', 'cost', '--example', '']),
      run(['complete', '--', 'put', '']),
      run(['complete', 'tcsh']),
    ]);
    ended(script, 0, /^$/);
    assert.match(script.out, /s3-vectors complete --/);
    assert.match(commands.out, /^health\t.*\n(help\t.*\n)?:4\n$/);
    assert.match(values.out, /^titan-v2\t$/m);
    assert.equal(files.out, ':0\n');
    ended(unknown, 2, /zsh, bash, fish/);
  });

  it('hands policy and local on, with their exit codes', async () => {
    const [local, policy] = await Promise.all([
      run(['local', 'status', '--json'], { env: { S3V_LOCAL_DIR: path.join(folder, 'cloud') } }),
      run(['policy', 'explain', 'nowhere.json']),
    ]);
    assert.equal(local.code, 3, local.err);
    assert.equal((json(local) as { state: string }).state, 'stopped');
    assert.equal(policy.code, 2, policy.err);
    assert.ok(existsSync(folder));
  });
});
