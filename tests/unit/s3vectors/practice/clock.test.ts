import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OptionError } from '../../../../local/s3vectors/option-error';
import { makeClock } from '../../../../local/s3vectors/practice/clock';

const NEW_YEAR = Date.parse('2026-01-01T00:00:00Z');

describe('the clock of the service', () => {
  it('follows the system, ahead by as much as it was put forward', () => {
    let system = 1_000;
    const clock = makeClock('system', () => system);
    clock.advance(60_000);
    system += 5;
    assert.deepEqual([clock.now(), clock.fixed], [61_005, false]);
  });

  it('stands still where it was set, and goes on only by hand', () => {
    let system = 1_000;
    const clock = makeClock('fixed:2026-01-01T00:00:00Z', () => system);
    system += 5_000;
    assert.deepEqual([clock.now(), clock.fixed], [NEW_YEAR, true]);
    clock.advance(1);
    assert.equal(clock.now(), NEW_YEAR + 1);
  });

  it('runs from a time that was given', () => {
    let system = 1_000;
    const clock = makeClock('from:2026-01-01T00:00:00Z', () => system);
    system += 5_000;
    assert.equal(clock.now(), NEW_YEAR + 5_000);
  });

  it('does not go back, nor beyond the last date that can be written', () => {
    const clock = makeClock('fixed:2026-01-01T00:00:00Z', () => 0);
    for (const milliseconds of [-1, Number.NaN, 1e300]) {
      assert.throws(() => clock.advance(milliseconds), RangeError);
    }
    assert.equal(clock.now(), NEW_YEAR);
  });

  it('is refused for a setting that is none', () => {
    for (const setting of ['', 'fixed', 'fixed:', 'fixed:soon', 'slow:2026-01-01', 'from:1900-01-01']) {
      assert.throws(() => makeClock(setting, () => 0), OptionError, setting);
    }
  });
});
