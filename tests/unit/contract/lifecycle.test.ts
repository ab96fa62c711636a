import assert from 'node:assert/strict';
import { DEFAULT_LIFECYCLE_DAYS, lifecycleProblems } from '../../../contract/lifecycle';

describe('the days of a lifecycle', () => {
  it('are right by default, and are judged as far as they are there', () => {
    assert.deepEqual(lifecycleProblems(DEFAULT_LIFECYCLE_DAYS), []);
    assert.deepEqual(lifecycleProblems({ expireAfterDays: 1 }), []);
  });

  it('refuse what would be gone before it is moved, every time', () => {
    const problems = lifecycleProblems({
      archiveAfterDays: 90,
      expireAfterDays: 90,
      intelligentTieringAfterDays: 30,
      deleteAfterDays: 30,
    });
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? '', /expireAfterDays 90 must be more than archiveAfterDays 90/);
    assert.match(problems[1] ?? '', /deleteAfterDays 30 must be more than intelligentTieringAfterDays 30/);
  });
});
