import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentScript } from '../../../../local/cli/environment-script';
import { followLogs, printLogs } from '../../../../local/cli/follow-logs';
import { statusTable } from '../../../../local/cli/status-table';
import type { CloudStatus, ServiceStatus } from '../../../../local/cloud';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

const MAIN = path.resolve(__dirname, '../../../../local/cli/main.ts');

describe('npm run local', () => {
  let scratch: ScratchDirectory;
  before(async () => (scratch = await scratchDirectory()));
  after(async () => scratch.remove());

  const local = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      env: {
        ...process.env,
        S3V_LOCAL_DIR: path.join(scratch.directory, 'local'),
        S3V_CACHE_DIR: path.join(scratch.directory, 'cache'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes) => (stdout += String(bytes)));
    child.stderr.on('data', (bytes) => (stderr += String(bytes)));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  };

  it('status of a cloud that was never started exits with 3', async () => {
    const { code, stdout } = await local('status');
    assert.equal(code, 3);
    assert.match(stdout, /^ministack +stopped\nS3 Vectors Local +stopped\n$/);
    const json = await local('status', '--json');
    assert.equal((JSON.parse(json.stdout) as CloudStatus).state, 'stopped');
  });

  it('down has nothing to do then, and that is no failure', async () => {
    assert.deepEqual(await local('down'), { code: 0, stdout: 'Nothing was running.\n', stderr: '' });
  });

  for (const args of [['env'], ['exec', '--', 'true'], ['pulumi', '--', 'version']]) {
    it(`${args.join(' ')} needs the running cloud, exits with 3 and says how to start it`, async () => {
      const { code, stdout, stderr } = await local(...args);
      assert.deepEqual([code, stdout], [3, '']);
      assert.equal(stderr, 'The local cloud is stopped: start it with `npm run local -- up`.\n');
    });
  }

  it('serve hands on to S3 Vectors Local, with its options and exit codes', async () => {
    const [help, wrong] = await Promise.all([local('serve', '--help'), local('serve', '--port', 'x')]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: s3-vectors-local \[serve\] \[options\][^]*--data-dir/);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /x is no port/);
  });

  it('serve runs in the foreground until it is asked to end', async () => {
    const dataDir = path.join(scratch.directory, 'vectors');
    const args = ['--import', 'tsx', MAIN, 'serve', '--port', '0', '--data-dir', dataDir, '--quiet'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let output = '';
    for await (const bytes of child.stdout) {
      output += String(bytes);
      const url = /ready at (\S+)/.exec(output)?.[1];
      if (url === undefined) continue;
      assert.equal((await fetch(`${url}/_local/health`)).status, 200);
      child.kill('SIGTERM');
      break;
    }
    assert.match(output, /ready at/);
    assert.equal(await ended, 0);
  });

  it('reset does not go ahead without being asked or told so', async () => {
    const { code, stderr } = await local('reset');
    assert.deepEqual(
      [code, stderr],
      [2, 'reset deletes all local data and there is no terminal to ask on: add --yes.\n'],
    );
    assert.equal((await local('reset', '--yes')).code, 0);
  });

  for (const [args, message] of [
    [['bogus'], /unknown command 'bogus'/],
    [['logs', 'x'], /There are ministack and s3vectors/],
    [['logs', '-n', '0'], /whole number from 1/],
  ] as const) {
    it(`${args.join(' ')} is a usage error with exit code 2`, async () => {
      const { code, stderr } = await local(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  it('names a run file that it cannot read, and exits with 1', async () => {
    const file = await scratch.write('local/run/cloud.json', '[]');
    const { code, stderr } = await local('status');
    assert.equal(code, 1);
    assert.ok(stderr.includes(file));
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.equal((await local('reset', '--yes')).code, 0);
  });

  it('explains itself within 80 columns', async () => {
    const { code, stdout } = await local('--help');
    assert.equal(code, 0);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    for (const command of ['up', 'down', 'status', 'logs', 'reset', 'env', 'pulumi', 'exec']) {
      assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
    }
  });
});

describe('The environment for a shell', () => {
  it('removes what leads elsewhere, sets what leads here, and leaves the shell its own', () => {
    const script = environmentScript(
      { AWS_REGION: 'us-east-1', HOME: '/clone/home', PATH: `/it's` },
      { AWS_PROFILE: 'p', PULUMI_ACCESS_TOKEN: 't', AWS_REGION: 'x', EDITOR: 'vi' },
    );
    assert.equal(
      script,
      `unset AWS_PROFILE\nunset PULUMI_ACCESS_TOKEN\nexport AWS_REGION='us-east-1'\nexport PATH='/it'\\''s'\n`,
    );
  });
});

describe('The status table', () => {
  const service = (name: 'ministack' | 's3vectors', more: Partial<ServiceStatus>): ServiceStatus => ({
    name,
    state: 'running',
    pid: 12,
    port: 4566,
    url: 'http://127.0.0.1:4566',
    log: `/clone/.local/logs/${name}.log`,
    exit: undefined,
    lastLogLines: [],
    ...more,
  });

  it('names what crashed with exit and last lines, within 80 columns', () => {
    const table = statusTable({
      state: 'degraded',
      refreshNeeded: true,
      services: {
        ministack: service('ministack', {
          state: 'crashed',
          exit: 'killed by SIGKILL',
          lastLogLines: ['x'.repeat(200)],
        }),
        s3vectors: service('s3vectors', {}),
      },
    });
    assert.match(table, /^ministack +crashed +killed by SIGKILL\n {2}log \/clone/);
    assert.match(table, /S3 Vectors Local +running +http:\/\/127\.0\.0\.1:4566 {2}pid 12/);
    assert.match(table, /pulumi up --refresh/);
    for (const line of table.split('\n')) assert.ok(line.length <= 80, line);
  });
});

describe('Logs', () => {
  let scratch: ScratchDirectory;
  before(async () => (scratch = await scratchDirectory()));
  after(async () => scratch.remove());

  it('are printed with a head when there are several, and an empty one is named', async () => {
    const one = { name: 'one', log: await scratch.write('one.log', 'a\nb\nc\n') };
    const two = { name: 'two', log: path.join(scratch.directory, 'two.log') };
    let text = '';
    await printLogs([one, two], 2, (piece) => (text += piece));
    assert.equal(text, `==> one: ${one.log}\nb\nc\n==> two: ${two.log}\n(nothing logged)\n`);
  });

  it('are followed over new lines and over the new file of a new start', async () => {
    const log = await scratch.write('three.log', 'old\n');
    const stop = new AbortController();
    let text = '';
    const until = async (expected: string) => {
      for (let tries = 0; tries < 300 && text !== expected; tries += 1) await sleep(10);
      assert.equal(text, expected);
    };
    const following = followLogs([{ name: 'three', log }], (piece) => (text += piece), {
      signal: stop.signal,
      everyMs: 5,
    });
    await sleep(20);
    await appendFile(log, 'new\n');
    await until('new\n');
    await writeFile(log, 'x\n');
    await until('new\nx\n');
    stop.abort();
    await following;
  });
});
