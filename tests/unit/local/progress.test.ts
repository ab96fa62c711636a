import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { lineProgress, recordedProgress } from '../../../local/progress';

describe('Progress as lines', () => {
  it('writes a line at the end of a step and details no more often than asked', () => {
    let clock = 0;
    const out = new PassThrough();
    const step = lineProgress(out, { detailEveryMs: 1000, now: () => clock }).step('Pulumi CLI');
    for (const [time, text] of [
      [0, 'a'],
      [999, 'b'],
      [1000, 'c'],
      [1500, 'd'],
      [2100, 'e'],
    ] as const) {
      clock = time;
      step.detail(text);
    }
    clock = 2500;
    step.done('3.259.0');
    assert.equal(
      String(out.read()),
      '  Pulumi CLI: c (1.0 s)\n  Pulumi CLI: e (2.1 s)\n✔ Pulumi CLI: 3.259.0 (2.5 s)\n',
    );
  });

  it('says that a step failed, and leaves the reason to the error that is thrown', () => {
    const out = new PassThrough();
    lineProgress(out, { now: () => 0 })
      .step('ministack')
      .fail('no Python');
    assert.equal(String(out.read()), '✖ ministack (0.0 s)\n');
  });
});

describe('Recorded progress', () => {
  it('keeps overlapping steps apart', () => {
    const progress = recordedProgress();
    const [one, two] = [progress.step('one'), progress.step('two')];
    two.detail('x');
    one.fail('bad');
    assert.deepEqual(progress.steps, [
      { title: 'one', details: [], outcome: 'failed', text: 'bad' },
      { title: 'two', details: ['x'], outcome: 'running', text: undefined },
    ]);
  });
});
