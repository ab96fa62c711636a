import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { inParallel } from '../../../runtime/concurrency/in-parallel';
import { Slots } from '../../../runtime/concurrency/slots';

describe('calls in parallel', () => {
  it('never run more at once than allowed, and keep the order of the list', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([...Array(20).keys()], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = item % 4; turns >= 0; turns -= 1) await setImmediate();
      running -= 1;
      return item * 2;
    });
    assert.equal(most, 3);
    assert.deepEqual(
      results,
      [...Array(20).keys()].map((item) => item * 2),
    );
  });

  it('begin nothing more after one has failed, and end what had begun', async () => {
    const begun: number[] = [];
    let ended = 0;
    await assert.rejects(
      inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
        begun.push(item);
        await setImmediate();
        ended += 1;
        if (item === 0) throw new Error('the first fails');
      }),
      /the first fails/,
    );
    assert.equal(ended, begun.length);
    assert.ok(begun.length < 6);
  });

  it('need at least one slot', () => {
    for (const count of [0, -1, 1.5, Number.NaN]) assert.throws(() => new Slots(count), RangeError);
  });

  it('give up a place in the queue when the signal aborts', async () => {
    const slots = new Slots(1);
    const release = await slots.take();
    const abort = new AbortController();
    const waiting = slots.take(abort.signal);
    const next = slots.take();
    abort.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    release();
    (await next)();
  });
});
