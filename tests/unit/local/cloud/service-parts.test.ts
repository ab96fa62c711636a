import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { candidatePorts, firstFree, isPortFree } from '../../../../local/cloud/ports';
import { parsePs, readProcessTable } from '../../../../local/cloud/process-table';
import { readRunState, runFile, stacksRefreshed, writeRunState } from '../../../../local/cloud/run-file';
import { lastLines, rotate } from '../../../../local/cloud/service-log';
import { describeExit, groupOf } from '../../../../local/cloud/service-process';
import { endedState, overall } from '../../../../local/cloud/status';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('Ports of the local cloud', () => {
  it('are the remembered one, then the usual one, then a fixed series without those of others', () => {
    assert.deepEqual(candidatePorts(4566, 5000, [4576]).slice(0, 4), [5000, 4566, 4586, 4596]);
    assert.equal(candidatePorts(4566, undefined)[0], 4566);
  });

  it('never repeat and stay below the range of outgoing connections when the usual ones are free of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4566, 4570),
        fc.option(fc.integer({ min: 1, max: 65535 })),
        (usual, remembered) => {
          const ports = candidatePorts(usual, remembered ?? undefined);
          assert.equal(new Set(ports).size, ports.length);
          assert.ok(ports.slice(1).every((port) => port < 32768));
        },
      ),
    );
  });

  it('are taken when a program listens on them', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    assert.equal(await isPortFree(port), false);
    assert.equal(await firstFree([port], isPortFree), undefined);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await isPortFree(port), true);
  });
});

describe('The process table', () => {
  it('holds this process with its group and command line', async () => {
    const own = (await readProcessTable()).find(({ pid }) => pid === process.pid);
    assert.match(own?.commandLine ?? '', /mocha/);
    assert.ok((own?.group ?? 0) > 0);
  });

  it('is read from ps where there is no /proc', () => {
    assert.deepEqual(
      parsePs('    1     1 Ss   /sbin/launchd -x\n  512   500 S+   node a b\n  513 500 Z (node)\n\n'),
      [
        { pid: 1, group: 1, commandLine: '/sbin/launchd -x' },
        { pid: 512, group: 500, commandLine: 'node a b' },
      ],
    );
  });
});

describe('A service among the processes', () => {
  const service = { name: 's3vectors', dataDirectory: '/d/s3' } as const;
  const leader = (marker: string) => ({
    pid: 10,
    group: 10,
    commandLine: `/bin/sh -c … ${marker} /run/x node main.ts`,
  });

  it('is the group that is led under its marker, whatever was recorded', () => {
    assert.equal(groupOf([leader('s3v.s3vectors=/d/s3')], service, undefined), 10);
    assert.equal(groupOf([leader('s3v.s3vectors=/d/s3')], service, 99), 10);
  });

  it('of another clone, or whose name only begins the same, is not ours', () => {
    assert.equal(groupOf([leader('s3v.s3vectors=/d/s3-old')], service, 10), undefined);
    assert.equal(groupOf([leader('s3v.ministack=/d/s3')], service, 10), undefined);
  });

  it('is what is left of the recorded group when its leader was killed', () => {
    const left = { pid: 11, group: 10, commandLine: 'node main.ts --port 1 --data-dir /d/s3 --region r' };
    assert.equal(groupOf([left], service, 10), 10);
    assert.equal(groupOf([left], service, 12), undefined);
    assert.equal(groupOf([left], service, undefined), undefined);
  });

  it('is not a stranger who has the recorded process id now', () => {
    assert.equal(groupOf([{ pid: 10, group: 10, commandLine: 'vim /d/s3/notes' }], service, 10), undefined);
  });
});

describe('How a service ended', () => {
  it('is a proper stop with exit code 0, and a crash with any other or none', () => {
    assert.equal(endedState(10, 0), 'stopped');
    assert.equal(endedState(10, 1), 'crashed');
    assert.equal(endedState(10, undefined), 'crashed');
    assert.equal(endedState(undefined, 137), 'stopped');
  });

  it('is told in words', () => {
    assert.equal(describeExit(1), 'exit code 1');
    assert.equal(describeExit(137), 'killed by SIGKILL');
    assert.equal(describeExit(128 + 64), 'killed by signal 64');
    assert.match(describeExit(undefined), /supervisor/);
  });

  it('decides the state of the whole', () => {
    assert.equal(overall(['running', 'running']), 'running');
    assert.equal(overall(['stopped', 'stopped']), 'stopped');
    assert.equal(overall(['running', 'stopped']), 'degraded');
    assert.equal(overall(['running', 'unhealthy']), 'degraded');
  });
});

describe('The log of a service', () => {
  let scratch: ScratchDirectory;
  beforeEach(async () => (scratch = await scratchDirectory()));
  afterEach(async () => scratch.remove());

  it('is rotated at each start, and the oldest goes', async () => {
    const log = path.join(scratch.directory, 'logs/a.log');
    await rotate(log);
    for (const start of [1, 2, 3, 4, 5]) {
      await scratch.write('logs/a.log', `start ${start}`);
      await rotate(log);
    }
    assert.deepEqual((await readdir(path.dirname(log))).sort(), ['a.log.1', 'a.log.2', 'a.log.3']);
    assert.equal(await readFile(`${log}.1`, 'utf8'), 'start 5');
  });

  it('gives its last lines without empty and without half ones', async () => {
    const file = await scratch.write('b.log', 'one\n\ntwo\nthree\n');
    assert.deepEqual(await lastLines(file, 2), ['two', 'three']);
    assert.deepEqual(await lastLines(path.join(scratch.directory, 'none'), 2), []);
    const long = await scratch.write('c.log', Array.from({ length: 5000 }, (_, n) => `line ${n}`).join('\n'));
    const lines = await lastLines(long, 10_000);
    assert.equal(lines.at(-1), 'line 4999');
    assert.match(lines[0] ?? '', /^line \d+$/);
  });
});

describe('The run file', () => {
  let scratch: ScratchDirectory;
  beforeEach(async () => (scratch = await scratchDirectory()));
  afterEach(async () => scratch.remove());
  const state = {
    version: 1,
    accountId: '000000000000',
    region: 'us-east-1',
    services: { ministack: { port: 4566, group: 7 } },
    refreshNeeded: true,
  } as const;

  it('is read as it was written, and is missing before the first start', async () => {
    assert.equal(await readRunState(scratch.paths), undefined);
    await writeRunState(scratch.paths, state);
    assert.deepEqual(await readRunState(scratch.paths), state);
    assert.deepEqual(await readdir(scratch.paths.run), ['cloud.json']);
  });

  it('forgets the needed refresh when it was done', async () => {
    await stacksRefreshed(scratch.paths);
    await writeRunState(scratch.paths, state);
    await stacksRefreshed(scratch.paths);
    assert.equal((await readRunState(scratch.paths))?.refreshNeeded, false);
  });

  for (const [name, content, problem] of [
    ['no JSON', '{', /JSON/],
    [
      'of another form',
      '{"version":1,"accountId":"x","region":"r","services":{"ministack":{"port":0}}}',
      /accountId: .*services\.ministack\.port: .*refreshNeeded/,
    ],
  ] as const) {
    it(`that is ${name} is refused with its name, every problem and what to do`, async () => {
      await scratch.write(path.relative(scratch.directory, runFile(scratch.paths)), content);
      await assert.rejects(readRunState(scratch.paths), (error: Error) => {
        assert.equal(error.name, 'CloudError');
        assert.match(error.message, problem);
        assert.ok(error.message.includes(runFile(scratch.paths)));
        assert.match(error.message, /Delete it: ports are chosen anew, data stays/);
        return true;
      });
    });
  }
});
