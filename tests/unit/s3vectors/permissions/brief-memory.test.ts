// A second of memory: old answers end, failures are not kept, equal questions are one.
import assert from 'node:assert/strict';
import { BriefMemory } from '../../../../local/s3vectors/permissions/brief-memory';

describe('what is remembered of callers and policies', () => {
  it('is asked for once within its lifetime, and anew after it', async () => {
    let time = 0;
    let asked = 0;
    const memory = new BriefMemory<number>(1000, () => time);
    const ask = () => Promise.resolve(++asked);
    assert.equal(await memory.get('a', ask), 1);
    time = 999;
    assert.equal(await memory.get('a', ask), 1);
    time = 1000;
    assert.equal(await memory.get('a', ask), 2);
    memory.forget();
    assert.equal(await memory.get('a', ask), 3);
  });

  it('counts its age from the question and not from the answer', async () => {
    let time = 0;
    const memory = new BriefMemory<string>(1000, () => time);
    await memory.get('a', () => {
      time = 900;
      return Promise.resolve('old');
    });
    time = 1000;
    assert.equal(await memory.get('a', () => Promise.resolve('new')), 'new');
  });

  it('is never a failure, and no old answer stands in for one', async () => {
    let time = 0;
    const memory = new BriefMemory<string>(1000, () => time);
    await assert.rejects(
      memory.get('a', () => Promise.reject(new Error('down'))),
      /down/,
    );
    assert.equal(await memory.get('a', () => Promise.resolve('up')), 'up');
    time = 1000;
    await assert.rejects(
      memory.get('a', () => Promise.reject(new Error('down again'))),
      /down again/,
    );
  });

  it('asks one question for many that come at the same time', async () => {
    let asked = 0;
    const memory = new BriefMemory<number>(1000);
    const ask = () => new Promise<number>((resolve) => setImmediate(() => resolve(++asked)));
    assert.deepEqual(await Promise.all([memory.get('a', ask), memory.get('a', ask)]), [1, 1]);
  });
});
