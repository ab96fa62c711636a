import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecentKeys } from '../../../runtime/vector-store/recent-keys';

describe('the keys that a put remembers', () => {
  it('are recognised whenever they come again within half the window, and new ones always are new', () => {
    const keys = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 2, max: 40 }), (given, window) => {
        const recent = new RecentKeys(window);
        const added: number[] = [];
        for (const key of given) {
          const isNew = recent.add(`key-${key}`);
          if (!added.includes(key)) assert.ok(isNew, 'a key never seen is new');
          if (added.slice(-Math.floor(window / 2)).includes(key)) assert.ok(!isNew, 'a recent key is known');
          if (isNew) added.push(key);
        }
      }),
    );
  });

  it('are told apart among many', () => {
    const recent = new RecentKeys(100_000);
    for (let at = 0; at < 40_000; at += 1) assert.ok(recent.add(`key-${at}`));
    for (let at = 0; at < 40_000; at += 1) assert.ok(!recent.add(`key-${at}`));
  });
});
