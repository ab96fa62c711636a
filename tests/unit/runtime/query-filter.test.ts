import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import { filterForQuery } from '../../../runtime/vector-store/query-filter';

const ENHANCED = { nonFilterableKeys: ['why_it_worked'], mode: 'ENHANCED' } as const;

describe('a filter for a query', () => {
  it('of one condition is sent as it is', () => {
    assert.deepEqual(filterForQuery({ year: { $gte: 1990, $lt: 2000 } }, ENHANCED), {
      year: { $gte: 1990, $lt: 2000 },
    });
  });

  it('of several conditions in one object means all of them, at every depth', () => {
    assert.deepEqual(filterForQuery({ genre: 'drama', $or: [{ a: 1, b: 2 }, { c: true }] }, ENHANCED), {
      $and: [{ genre: 'drama' }, { $or: [{ $and: [{ a: 1 }, { b: 2 }] }, { c: true }] }],
    });
  });

  it('is refused with everything that the service would call "Invalid filter"', () => {
    assert.throws(
      () => filterForQuery({ year: { $above: 1 }, why_it_worked: 'x', tags: { $in: [] } }, ENHANCED),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.equal(error.problems.length, 3);
        assert.match(error.message, /\$above/);
        assert.match(error.message, /why_it_worked/);
        assert.match(error.message, /\$in/);
        return true;
      },
    );
  });

  it('that is empty is refused, as it would be by the service', () => {
    assert.throws(() => filterForQuery({}, ENHANCED), InvalidInputError);
  });

  it('may use $startsWith only where the index is in ENHANCED mode', () => {
    const filter = { path: { $startsWith: 'docs/' } };
    assert.deepEqual(filterForQuery(filter, ENHANCED), filter);
    assert.throws(() => filterForQuery(filter, { ...ENHANCED, mode: 'CLASSIC' }), InvalidInputError);
  });
});
