import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isRunning } from '../../../local/process-liveness';

describe('a process', () => {
  it('runs while it does, and not afterwards', async () => {
    assert.equal(isRunning(process.pid), true);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    assert.equal(isRunning(child.pid ?? 0), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isRunning(child.pid ?? 0), false);
    assert.equal(isRunning(2 ** 22 + 1), false, 'beyond the largest process id');
  });

  it('that was killed and that nobody has waited for does not run, although it takes signals', async () => {
    // The shell starts a child and becomes a program that never waits for it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    assert.equal(isRunning(pid), true);
    process.kill(pid, 'SIGKILL');
    const patience = Date.now() + 5000;
    while (isRunning(pid) && Date.now() < patience) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.doesNotThrow(() => process.kill(pid, 0), 'it is still there for the system');
    assert.equal(isRunning(pid), false);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});
