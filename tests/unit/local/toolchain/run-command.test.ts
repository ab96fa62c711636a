import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../../local/toolchain/run-command';
import { readProcessTable } from '../../../../local/cloud/process-table';

const environment = { PATH: process.env['PATH'] };

describe('A command of the tool chain', () => {
  it('is followed line by line and gives its exit code', async () => {
    const lines: string[] = [];
    const result = await runCommand('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], {
      environment,
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    });
    assert.deepEqual(lines.sort(), ['stderr: err', 'stdout: out']);
    assert.deepEqual([result.code, result.stdout], [3, 'out']);
    assert.deepEqual([...result.lastLines].sort(), ['err', 'out']);
  });

  it('that does not exist is a result and no exception', async () => {
    const result = await runCommand('/nowhere/go', [], { environment });
    assert.equal(result.code, 127);
    assert.match(result.lastLines.join(), /ENOENT/);
  });

  it('is killed with its children when its time is over', async () => {
    const marker = `s3v-test-${process.pid}-${Date.now()}`;
    const result = await runCommand('/bin/sh', ['-c', `sh -c 'sleep 60 # ${marker}'; echo done`], {
      environment,
      timeoutMs: 200,
    });
    assert.deepEqual([result.timedOut, result.code], [true, 137]);
    assert.ok(!(await readProcessTable()).some(({ commandLine }) => commandLine.includes(marker)));
  });

  it('ends with the abort of its signal', async () => {
    const stop = new AbortController();
    const running = runCommand('/bin/sh', ['-c', 'sleep 60'], { environment, signal: stop.signal });
    stop.abort(new Error('no longer wanted'));
    await assert.rejects(running, /no longer wanted/);
  });

  it('ends when this process is told to end', async () => {
    const marker = `s3v-test-signal-${process.pid}-${Date.now()}`;
    const file = require.resolve('../../../../local/toolchain/run-command');
    const parent = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '-e',
        `const { runCommand } = require(${JSON.stringify(file)});
         runCommand('/bin/sh', ['-c', 'echo up; sleep 60; : ${marker}'], { environment: process.env, onLine: console.log });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const ended = new Promise<string | null>((resolve) =>
      parent.once('exit', (_, signal) => resolve(signal)),
    );
    parent.kill('SIGTERM');
    assert.equal(await ended, 'SIGTERM');
    const remains = async () =>
      (await readProcessTable()).some(({ commandLine }) => commandLine.includes(marker));
    for (let tries = 0; tries < 50 && (await remains()); tries += 1) await sleep(20);
    assert.equal(await remains(), false);
  });
});
