import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import manifest from '../../../../package.json';
import {
  s3VectorsLocalProgram,
  withoutServe,
  type SnapshotSource,
} from '../../../../local/s3vectors/command';
import { startS3VectorsLocal, type S3VectorsLocalOptions } from '../../../../local/s3vectors/server';
import { temporaryDirectory } from '../temporary-directory';

/** Each start of a process takes a second, and several on a busy machine. */
const SLOW = 90_000;
const BIN = path.join(__dirname, '../../../../local/s3vectors/bin.cjs');

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts the command through a link, as npm makes one, in another directory; `whenReady` gets its address. */
async function run(
  cwd: string,
  args: readonly string[],
  whenReady?: (url: string, output: () => string) => Promise<void>,
): Promise<Ended> {
  const bin = path.join(cwd, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  const link = path.join(bin, `s3-vectors-local-${String(Math.random()).slice(2)}`);
  symlinkSync(BIN, link);
  const child = spawn(process.execPath, [link, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  const ready = new Promise<string | undefined>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /ready at (http:\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => resolve(undefined));
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const url = await ready;
  try {
    if (url !== undefined) await whenReady?.(url, () => output);
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = await closed;
  return { code, output, errors };
}

type Call =
  | readonly ['serve', S3VectorsLocalOptions, boolean]
  | readonly ['snapshot', string, SnapshotSource]
  | readonly ['restore', string, string];

/** What a command line asks for. @throws CommanderError for one that is not understood */
async function called(...args: string[]): Promise<Call> {
  const calls: Call[] = [];
  const note = (call: Call): Promise<void> => {
    calls.push(call);
    return Promise.resolve();
  };
  const program = s3VectorsLocalProgram({
    serve: (options, quiet) => note(['serve', options, quiet]),
    snapshot: (directory, source) => note(['snapshot', directory, source]),
    restore: (directory, dataDir) => note(['restore', directory, dataDir]),
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(withoutServe(args), { from: 'user' });
  const [call] = calls;
  assert.ok(call !== undefined && calls.length === 1);
  return call;
}

async function parsed(...args: string[]): Promise<[S3VectorsLocalOptions, boolean]> {
  const [name, options, quiet] = await called(...args);
  assert.ok(name === 'serve');
  return [options, quiet];
}

describe('the command s3-vectors-local', () => {
  it('serves without a word, and with `serve`', async () => {
    const [options, quiet] = await parsed();
    assert.deepEqual(await parsed('serve'), [options, quiet]);
    assert.deepEqual(
      [options.port, options.host, options.dataDir, options.region, options.accountId, options.clock, quiet],
      [9050, '127.0.0.1', '.s3-vectors-local', 'us-east-1', '000000000000', 'system', false],
    );
    assert.deepEqual(
      [options.enforceQuotas, options.faults, options.latency, options.iam],
      [undefined, undefined, undefined, 'off'],
    );
  });

  it('hands every switch on', async () => {
    const [options, quiet] = await parsed(
      ...['--port', '0', '--quiet', '--enforce-quotas', '--faults', '429=0.1', '--latency', '80'],
      ...['--clock', 'fixed:2026-01-01T00:00:00Z'],
    );
    assert.deepEqual(
      [options.port, quiet, options.enforceQuotas, options.faults, options.latency, options.clock],
      [0, true, true, '429=0.1', '80', 'fixed:2026-01-01T00:00:00Z'],
    );
    assert.equal((await parsed('--enforce-quotas', 'writes=5'))[0].enforceQuotas, 'writes=5');
    assert.equal((await parsed('--memory', '2GB'))[0].memory, '2GB');
  });

  it('has a help that fits a terminal of 80 columns, with every option and examples', () => {
    let help = '';
    const done = () => Promise.resolve();
    const program = s3VectorsLocalProgram({ serve: done, snapshot: done, restore: done });
    for (const command of [program, ...program.commands]) {
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
    }
    for (const line of help.split('\n')) assert.ok(line.length <= 80, line);
    for (const option of program.options) assert.ok(help.includes(option.long!), option.long);
    assert.match(help, /Examples:/);
    assert.match(help, /Exit codes:/);
  });

  it('runs from any directory, whatever compiler settings lie there, and keeps its data over SIGTERM', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'tsconfig.json'), '{ broken');
    const args = ['serve', '--port', '0', '--data-dir', 'vectors', '--quiet'];
    const bucket = '{"vectorBucketName":"kept-bucket"}';
    const first = await run(cwd, args, async (url) => {
      const made = await fetch(`${url}/CreateVectorBucket`, { method: 'POST', body: bucket });
      assert.equal(made.status, 200);
    });
    assert.deepEqual([first.code, first.errors], [0, '']);
    const second = await run(cwd, args, async (url) => {
      const found = await fetch(`${url}/GetVectorBucket`, { method: 'POST', body: bucket });
      assert.equal(found.status, 200);
      const health = (await (await fetch(`${url}/_local/health`)).json()) as { dataDir: string };
      assert.equal(path.basename(health.dataDir), 'vectors');
    });
    assert.equal(second.code, 0);
  }).timeout(SLOW);

  it('ends with exit code 3 where the port or the data directory is in use, and takes snapshots of who uses it', async () => {
    const cwd = temporaryDirectory();
    const dataDir = path.join(cwd, 'vectors');
    const place = { region: 'us-east-1', accountId: '123456789012' };
    const server = await startS3VectorsLocal({ port: 0, dataDir, ...place });
    try {
      const sameDirectory = await run(cwd, ['--port', '0', '--data-dir', 'vectors']);
      assert.equal(sameDirectory.code, 3);
      assert.match(sameDirectory.errors, /in use by process \d+/);
      const samePort = await run(cwd, ['--port', String(server.port), '--data-dir', 'others']);
      assert.equal(samePort.code, 3);
      assert.match(samePort.errors, /port is in use; choose another --port/);
      const taken = await run(cwd, ['snapshot', 'copy', '--endpoint', server.url]);
      assert.deepEqual([taken.code, taken.errors], [0, '']);
      assert.match(taken.output, /Snapshot of 0 vector buckets and 0 indexes/);
    } finally {
      await server.close();
    }
    const restored = await run(cwd, ['restore', 'copy', '--data-dir', 'restored']);
    assert.deepEqual([restored.code, restored.errors], [0, '']);
    const again = await run(cwd, ['restore', 'copy', '--data-dir', 'restored']);
    assert.equal(again.code, 3);
    assert.match(again.errors, /is not empty/);
  }).timeout(SLOW);

  it('refuses options that make no sense with exit code 2, every problem in words, and makes no directory', async () => {
    const cwd = temporaryDirectory();
    const wrong = await run(cwd, [
      ...['--data-dir', 'untouched', '--faults', '429=2,oops=1', '--latency', 'put=x', '--clock', 'noon'],
      ...['--enforce-quotas', 'reads=0'],
    ]);
    assert.equal(wrong.code, 2);
    for (const part of ['429: "2"', 'oops', 'put: "x"', '"noon" is no clock', 'reads: "0"']) {
      assert.ok(wrong.errors.includes(part), `${part} in ${wrong.errors}`);
    }
    assert.doesNotMatch(wrong.errors, /\n\s+at /);
    assert.throws(() => mkdirSync(path.join(cwd, 'untouched', 'x')), { code: 'ENOENT' });
  }).timeout(SLOW);

  it('refuses a command line that it does not understand', async () => {
    for (const [line, expected] of [
      ['--port 65536', /65536 is no port/],
      ['--oops', /unknown option '--oops'/],
      ['sreve', /too many arguments|unknown command/],
      ['--iam maybe', /off, enforce/],
      ['snapshot', /missing required argument 'directory'/],
      ['restore a b', /too many arguments/],
      [
        '--data-dir here snapshot there',
        /--data-dir in front of snapshot: put the options of snapshot behind/,
      ],
    ] as const) {
      await assert.rejects(called(...line.split(' ')), expected, line);
    }
  });

  it('takes and restores snapshots, of a directory or of a running service', async () => {
    assert.deepEqual(await called('snapshot', 'copy', '--data-dir', 'data'), [
      'snapshot',
      'copy',
      { dataDir: 'data' },
    ]);
    assert.deepEqual(await called('snapshot', 'copy', '--endpoint', 'http://127.0.0.1:9050'), [
      'snapshot',
      'copy',
      { dataDir: '.s3-vectors-local', endpoint: 'http://127.0.0.1:9050' },
    ]);
    assert.deepEqual(await called('restore', 'copy', '--data-dir', 'data'), ['restore', 'copy', 'data']);
  });

  it('tells its version', async () => {
    const { code, output } = await run(temporaryDirectory(), ['--version']);
    assert.deepEqual([code, output.trim()], [0, manifest.version]);
  }).timeout(SLOW);
});
