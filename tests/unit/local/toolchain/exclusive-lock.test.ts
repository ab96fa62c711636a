import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../../local/toolchain/exclusive-lock';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('The lock between processes', () => {
  let scratch: ScratchDirectory;
  let file: string;
  beforeEach(async () => {
    scratch = await scratchDirectory();
    file = path.join(scratch.directory, 'deep', 'lock');
  });
  afterEach(async () => scratch.remove());

  it('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () =>
        withLock(
          file,
          async () => {
            most = Math.max(most, (inside += 1));
            await sleep(5);
            inside -= 1;
          },
          { pollMs: 3 },
        ),
      ),
    );
    assert.equal(most, 1);
    assert.deepEqual(await readdir(path.dirname(file)), []);
  });

  it('is given back when the work fails', async () => {
    await assert.rejects(
      withLock(file, async () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await withLock(file, async () => Promise.resolve('next')), 'next');
  });

  it('is taken over from a holder that was killed, by exactly one of those who wait', async () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    await scratch.write('deep/lock', `${holder.pid ?? 0} token\n`);
    const order: string[] = [];
    const waitFor: (number | undefined)[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) =>
      withLock(
        file,
        async () => {
          order.push(`${name} in`);
          await sleep(5);
          order.push(`${name} out`);
        },
        { pollMs: 5, onWait: (pid) => waitFor.push(pid) },
      ),
    );
    while (waitFor.length < 3) await sleep(5);
    await sleep(30);
    assert.deepEqual(waitFor, [holder.pid, holder.pid, holder.pid]);
    assert.equal(order.length, 0);
    holder.kill('SIGKILL');
    await gone;
    await Promise.all(waiting);
    assert.equal(order.length, 6);
    for (let index = 0; index < order.length; index += 2) {
      assert.equal(order[index]?.slice(0, 1), order[index + 1]?.slice(0, 1));
    }
  });

  it('is taken over when its holder has not refreshed it, whoever has its process id now', async () => {
    await scratch.write('deep/keep', '');
    await writeFile(file, `${process.pid} token of an earlier life\n`);
    const old = new Date(Date.now() - 60_000);
    await utimes(file, old, old);
    assert.equal(await withLock(file, async () => Promise.resolve(1), { pollMs: 5 }), 1);
  });

  it('can be given up waiting for', async () => {
    await scratch.write('deep/lock', `${process.pid} held\n`);
    const stop = new AbortController();
    const waiting = withLock(file, async () => Promise.resolve(), { pollMs: 5, signal: stop.signal });
    stop.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
