import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudError,
  bringDown,
  bringUp,
  describeEnd,
  readCloud,
  readStatus,
  resetCloud,
  stacksRefreshed,
  watchCloud,
} from '../../../../local/cloud';
import type { BroughtUp, ServiceName, ServiceStatus } from '../../../../local/cloud';
import { readProcessTable } from '../../../../local/cloud/process-table';
import type { ServiceDefinition } from '../../../../local/cloud/service-definition';
import type { LocalPaths } from '../../../../local/paths';
import { recordedProgress } from '../../../../local/progress';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

// A service that answers, counts its starts in its data directory, starts a child, and writes "saved" when it is asked
// to end. How it misbehaves is told by its environment.
const SERVICE = `
const fs = require('node:fs'), http = require('node:http'), path = require('node:path');
const { spawn } = require('node:child_process');
const at = (name) => process.argv[process.argv.indexOf(name) + 1];
const data = at('--data-dir');
if (process.env.FAIL) { console.error('cannot start: ' + process.env.FAIL); process.exit(3); }
fs.appendFileSync(path.join(data, 'starts'), 'x');
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', data + '/child'], { stdio: 'ignore' });
http.createServer((request, response) => {
  if (request.url === '/crash') { console.error('something terrible'); process.exit(9); }
  response.statusCode = process.env.SICK ? 500 : 200;
  response.end('{}');
}).listen(Number(at('--port')), '127.0.0.1');
process.on('SIGTERM', () => {
  if (process.env.STUBBORN) return;
  fs.writeFileSync(path.join(data, 'saved'), 'yes');
  process.exit(0);
});
console.log('up');
`;

describe('The supervisor of the local cloud', () => {
  let scratch: ScratchDirectory;
  let paths: LocalPaths;
  let script: string;
  /** Services of these tests start here, so that they meet neither each other nor a real cloud. */
  let basePort: number;

  beforeEach(async () => {
    scratch = await scratchDirectory();
    paths = scratch.paths;
    script = await scratch.write('service.js', SERVICE);
    basePort = await freeRange();
  });
  afterEach(async () => {
    await bringDown({ paths, graceMs: 100 }).catch(() => undefined);
    assert.deepEqual(await ours(), []);
    await scratch.remove();
  });

  const definition = (
    name: ServiceName,
    dataDirectory: string,
    usualPort: number,
    environment: Record<string, string> = {},
  ): ServiceDefinition => ({
    name,
    title: name === 'ministack' ? 'ministack' : 'S3 Vectors Local',
    usualPort,
    dataDirectory,
    healthPath: '/health',
    losesSettingsInCrash: name === 'ministack',
    command: ({ ports }) => [
      process.execPath,
      script,
      '--port',
      String(ports[name]),
      '--data-dir',
      dataDirectory,
    ],
    environment: () => ({ PATH: process.env['PATH'] ?? '', ...environment }),
  });
  const services = (misbehave: Partial<Record<ServiceName, Record<string, string>>> = {}) => ({
    ministack: definition('ministack', paths.ministackData, basePort, misbehave.ministack),
    s3vectors: definition('s3vectors', paths.s3VectorsData, basePort + 5, misbehave.s3vectors),
  });
  const up = async (
    misbehave: Partial<Record<ServiceName, Record<string, string>>> = {},
  ): Promise<BroughtUp> => bringUp({ paths, python: 'unused', services: services(misbehave) });
  const status = async () => readStatus({ paths, services: services() });
  const ours = async () =>
    (await readProcessTable()).filter(
      ({ pid, commandLine }) => pid !== process.pid && commandLine.includes(scratch.directory),
    );
  const killAll = async () => {
    for (const { pid } of await ours()) process.kill(pid, 'SIGKILL');
    await untilGone();
  };
  const untilGone = async () => {
    for (let tries = 0; tries < 200 && (await ours()).length > 0; tries += 1) await sleep(20);
    assert.deepEqual(await ours(), []);
  };
  const starts = async (dataDirectory: string) =>
    (await readFile(path.join(dataDirectory, 'starts'), 'utf8')).length;

  it('starts both services, says where they are, and does nothing the second time', async () => {
    const progress = recordedProgress();
    const first = await bringUp({ paths, python: 'unused', services: services(), report: progress });
    assert.deepEqual(first.started, ['ministack', 's3vectors']);
    assert.deepEqual([first.recoveredFromCrash, first.movedPorts], [false, []]);
    assert.equal(first.cloud.services.ministack.url, `http://127.0.0.1:${basePort}`);
    assert.deepEqual(progress.steps.map(({ title, outcome }) => `${title} ${outcome}`).sort(), [
      'S3 Vectors Local done',
      'ministack done',
    ]);
    const second = await up();
    assert.deepEqual(second.started, []);
    assert.deepEqual(second.cloud, first.cloud);
    assert.deepEqual(await readCloud(paths), first.cloud);
    const { state, services: running } = await status();
    assert.equal(state, 'running');
    assert.deepEqual(
      [running.ministack.state, running.ministack.pid],
      ['running', first.cloud.services.ministack.pid],
    );
    assert.equal(await starts(paths.ministackData), 1);
  });

  it('stops both properly, with their children, and finds ports and data again', async () => {
    const first = await up();
    assert.deepEqual([...(await bringDown({ paths })).stopped].sort(), ['ministack', 's3vectors']);
    assert.deepEqual(await ours(), []);
    assert.ok(existsSync(path.join(paths.ministackData, 'saved')));
    assert.equal((await status()).state, 'stopped');
    const second = await up();
    assert.equal(second.recoveredFromCrash, false);
    assert.equal(second.cloud.services.s3vectors.url, first.cloud.services.s3vectors.url);
    assert.equal(await starts(paths.s3VectorsData), 2);
  });

  it('is fine with stopping what does not run', async () => {
    assert.deepEqual(await bringDown({ paths }), { stopped: [], killed: [] });
  });

  it('kills what does not stop in time, and knows that settings are lost', async () => {
    await up({ ministack: { STUBBORN: '1' } });
    const { stopped, killed } = await bringDown({ paths, graceMs: 300 });
    assert.deepEqual([[...stopped].sort(), killed], [['ministack', 's3vectors'], ['ministack']]);
    assert.deepEqual(await ours(), []);
    assert.equal((await status()).refreshNeeded, true);
    assert.equal((await up()).recoveredFromCrash, true);
  });

  it('names a crash with exit code and last words, and tells whoever watches', async () => {
    const { cloud } = await up();
    const ended: ServiceStatus[] = [];
    const watch = watchCloud((service) => ended.push(service), { paths, services: services(), everyMs: 30 });
    await fetch(`${cloud.services.s3vectors.url}/crash`).catch(() => undefined);
    for (let tries = 0; tries < 200 && ended.length === 0; tries += 1) await sleep(20);
    watch.stop();
    assert.deepEqual(
      ended.map(({ name, state, exit }) => [name, state, exit]),
      [['s3vectors', 'crashed', 'exit code 9']],
    );
    assert.match(
      describeEnd(ended[0]!),
      /s3vectors ended \(exit code 9\)[^]*something terrible[^]*npm run local -- up/,
    );
    const now = await status();
    assert.deepEqual([now.state, now.services.ministack.state], ['degraded', 'running']);
    // What the crashed service had started is gone with it.
    assert.equal((await ours()).filter(({ commandLine }) => commandLine.includes('/child')).length, 1);
    const again = await up();
    assert.deepEqual(again.started, ['s3vectors']);
    // S3 Vectors Local keeps everything on disk: no refresh.
    assert.equal(again.recoveredFromCrash, false);
  });

  it('recovers from kill -9 of everything, and asks for a refresh until it was done', async () => {
    await up();
    await killAll();
    const crashed = await status();
    assert.deepEqual([crashed.state, crashed.refreshNeeded], ['degraded', true]);
    assert.equal(crashed.services.ministack.state, 'crashed');
    assert.equal((await up()).recoveredFromCrash, true);
    assert.equal((await up()).recoveredFromCrash, true);
    await bringDown({ paths });
    assert.equal((await up()).recoveredFromCrash, true);
    await stacksRefreshed(paths);
    assert.equal((await up()).recoveredFromCrash, false);
  });

  it('still knows the crash when `down` comes before the next `up`', async () => {
    await up();
    await killAll();
    assert.deepEqual(await bringDown({ paths }), { stopped: [], killed: [] });
    assert.equal((await up()).recoveredFromCrash, true);
  });

  it('finds a service whose leader alone was killed, and stops it', async () => {
    const { cloud } = await up();
    process.kill(cloud.services.s3vectors.pid, 'SIGKILL');
    await sleep(50);
    assert.equal((await status()).services.s3vectors.state, 'running');
    assert.deepEqual((await up()).started, []);
    await bringDown({ paths });
    assert.deepEqual(await ours(), []);
  });

  it('takes another port when a stranger has its own, and says so', async () => {
    await up();
    await bringDown({ paths });
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(basePort, '127.0.0.1', resolve));
    const { movedPorts, cloud } = await up();
    assert.deepEqual(movedPorts, [{ name: 'ministack', from: basePort, to: basePort + 10 }]);
    assert.equal(cloud.services.ministack.port, basePort + 10);
    await new Promise((resolve) => stranger.close(resolve));
    // It stays where it is now, although its usual port is free again.
    await bringDown({ paths });
    assert.equal((await up()).cloud.services.ministack.port, basePort + 10);
  });

  it('that cannot start one service says how it ended and stops the other', async () => {
    await assert.rejects(up({ s3vectors: { FAIL: 'disk on fire' } }), (error: unknown) => {
      assert.ok(error instanceof CloudError);
      assert.match(error.message, /S3 Vectors Local ended while starting \(exit code 3\)/);
      assert.match(error.message, /cannot start: disk on fire/);
      assert.ok(error.message.includes(path.join(paths.logs, 's3vectors.log')));
      return true;
    });
    await untilGone();
    assert.deepEqual((await up()).started, ['ministack', 's3vectors']);
  });

  it('gives up on a service that never answers', async () => {
    await assert.rejects(
      bringUp({
        paths,
        python: 'unused',
        services: services({ ministack: { SICK: '1' } }),
        readyWithinMs: 400,
      }),
      /ministack does not answer 0\.4 s after its start[^]*up/,
    );
    await untilGone();
  });

  it('starts each service once when two commands come at the same time', async () => {
    const [a, b] = await Promise.all([up(), up()]);
    assert.deepEqual([...a.started, ...b.started].sort(), ['ministack', 's3vectors']);
    assert.equal(await starts(paths.ministackData), 1);
  });

  it('gives ports of their own to the clouds of two clones that start at the same time', async () => {
    const other = await scratchDirectory();
    const theirs = { ...other.paths, cache: paths.cache };
    try {
      const clouds = await Promise.all([
        up(),
        bringUp({
          paths: theirs,
          python: 'unused',
          services: {
            ministack: definition('ministack', theirs.ministackData, basePort),
            s3vectors: definition('s3vectors', theirs.s3VectorsData, basePort + 5),
          },
        }),
      ]);
      const ports = clouds.flatMap(({ cloud: { services } }) => [
        services.ministack.port,
        services.s3vectors.port,
      ]);
      assert.deepEqual(
        [...ports].sort((one, two) => one - two),
        [basePort, basePort + 5, basePort + 10, basePort + 15],
      );
    } finally {
      await bringDown({ paths: theirs, graceMs: 100 });
      await other.remove();
    }
  });

  it('starts anew when the run file is gone but the services are not', async () => {
    await up();
    await rm(path.join(paths.run, 'cloud.json'));
    assert.deepEqual((await up()).started, ['ministack', 's3vectors']);
    assert.equal((await ours()).filter(({ commandLine }) => commandLine.includes('/child')).length, 2);
  });

  it('is reset to nothing, even with a spoilt run file', async () => {
    await up();
    await scratch.write(path.join('local', 'run', 'cloud.json'), '{');
    await resetCloud({ paths });
    await untilGone();
    assert.deepEqual(await readdir(path.join(paths.local, 'data')), []);
    assert.deepEqual((await readdir(paths.local)).sort(), ['data']);
    assert.equal((await status()).state, 'stopped');
  });

  it('keeps the exit record, logs and data apart for each clone', async () => {
    await up();
    assert.deepEqual((await readdir(paths.logs)).sort(), ['ministack.log', 's3vectors.log']);
    assert.equal(await readFile(path.join(paths.logs, 'ministack.log'), 'utf8'), 'up\n');
  });
});

/** A free port with the next twenty free as well, from outside the range of outgoing connections. */
async function freeRange(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const servers = await Promise.all(
      [0, 5, 10, 15].map(
        async (offset) =>
          new Promise<ReturnType<typeof createServer> | undefined>((resolve) => {
            const server = createServer();
            server.once('error', () => resolve(undefined));
            server.listen(base + offset, '127.0.0.1', () => resolve(server));
          }),
      ),
    );
    await Promise.all(
      servers.map(
        async (server) => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))),
      ),
    );
    if (servers.every((server) => server !== undefined)) return base;
  }
}
