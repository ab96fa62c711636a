// One ministack for a whole test run: started by the first test that asks for it, on a free port of loopback with its
// state in a folder of its own, gone when the run is. The Python is the tool chain's; `S3V_PYTHON` names another.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localPaths } from '../../local/paths';
import { silentProgress } from '../../local/progress';
import { ensureMinistack } from '../../local/toolchain';

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;
const SERVICES = 's3,kms,iam,sts,lambda';

let running: Promise<string> | undefined;

/** The URL of the run's ministack. The first call may install it, which takes a minute: give it the time. */
export function ministack(): Promise<string> {
  running ??= start();
  return running;
}

async function start(): Promise<string> {
  const python = process.env['S3V_PYTHON'] ?? (await toolchainPython());
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'ministack-'));
  const log = path.join(folder, 'log');
  const output = openSync(log, 'a');
  // The shell ends ministack when its own input closes, which happens however this process ends, and cleans up.
  const guard = '"$0" -m ministack & child=$!; cat > /dev/null; kill -9 $child; wait; rm -rf "$1"';
  const child = spawn('/bin/sh', ['-c', guard, python, folder], {
    cwd: folder,
    stdio: ['pipe', output, output],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      SERVICES,
      STATE_DIR: path.join(folder, 'state'),
      LAMBDA_EXECUTOR: 'local',
      DOCKER_HOST: `unix://${path.join(folder, 'no-docker.sock')}`,
    },
  });
  closeSync(output);
  // Neither the process nor its pipe keeps the tests from ending.
  child.unref();
  (child.stdin as Socket).unref();
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (await answers(`${url}/_ministack/health`)) return url;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error(`ministack did not start with ${python}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

async function toolchainPython(): Promise<string> {
  const context = { paths: localPaths(), report: silentProgress, environment: process.env };
  return (await ensureMinistack(context)).python;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
