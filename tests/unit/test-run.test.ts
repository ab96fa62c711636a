import assert from 'node:assert/strict';
import { mochaOutcome } from '../run/outcome';

const totals =
  (passes: number, failures: number, pending = 0) =>
  () =>
    JSON.stringify({ passes, failures, pending });

describe('the outcome of a test run', () => {
  it('is what mocha counted', () => {
    assert.deepEqual(mochaOutcome(0, totals(5, 0)), { passed: 5, failed: 0, problems: [] });
    assert.equal(mochaOutcome(2, totals(5, 2)).failed, 2);
  });

  it('is a failure when no test ran, when one was skipped, and when the run died', () => {
    assert.equal(mochaOutcome(0, totals(0, 0)).failed, 1);
    assert.equal(mochaOutcome(0, totals(3, 0, 1)).failed, 1);
    assert.equal(mochaOutcome(3, totals(3, 0)).failed, 1);
    const died = mochaOutcome(137, () => {
      throw new Error('no such file');
    });
    assert.deepEqual([died.passed, died.failed], [0, 1]);
  });
});
