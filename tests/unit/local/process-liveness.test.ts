import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isRunning } from '../../../local/process-liveness';

describe('a process', () => {
  const started: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(child);
    return child;
  };
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it('runs while it does, and not afterwards', async () => {
    assert.equal(isRunning(process.pid), true);
    const child = start(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    assert.equal(isRunning(child.pid ?? 0), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(child.pid ?? 0), false);
    assert.equal(isRunning(2 ** 22 + 1), false, 'beyond the largest process id');
  });

  it('that was killed and that nobody has waited for does not run, although it takes signals', async () => {
    // The shell starts a child and becomes a program that never waits for it. The shell itself would wait.
    const parent = start('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const pid = Number(line.toString());
    assert.equal(isRunning(pid), true);
    assert.equal(await within5Seconds(() => programOf(parent.pid ?? 0) === 'sleep'), true);
    process.kill(pid, 'SIGKILL');
    assert.equal(await within5Seconds(() => !isRunning(pid)), true);
    assert.doesNotThrow(() => process.kill(pid, 0), 'it is still there for the system');
  });

  it('runs at every moment of becoming another program', () => {
    const shell = start('sh', ['-c', 'exec sh -c "exec sh -c \\"exec sleep 60\\""']);
    const pid = shell.pid ?? 0;
    let looks = 0;
    while (programOf(pid) !== 'sleep') {
      looks += 1;
      assert.equal(isRunning(pid), true, `at look ${looks}`);
    }
  });
});

/** The name of the program that a process runs. */
function programOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  return basename(spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());
}

/** True as soon as the condition holds; false if it does not within five seconds. */
async function within5Seconds(condition: () => boolean): Promise<boolean> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
