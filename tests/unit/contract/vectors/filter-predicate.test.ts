import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseFilter } from '../../../../contract/vectors/filter';
import { compileFilter } from '../../../../contract/vectors/filter-predicate';
import type { Metadata } from '../../../../contract/vectors/metadata';

const matches = (filter: unknown, metadata: Metadata): boolean => {
  const parsed = parseFilter(filter, { nonFilterableKeys: [], mode: 'ENHANCED' });
  assert.deepEqual(parsed.problems, []);
  return compileFilter(parsed.filter!)(metadata);
};

describe('a compiled filter', () => {
  it('takes a bare value as $eq', () => {
    assert.equal(matches({ genre: 'drama' }, { genre: 'drama' }), true);
    assert.equal(matches({ genre: 'drama' }, { genre: 'comedy' }), false);
  });

  it('matches a list by any of its elements (user guide, s3-vectors-metadata-filtering)', () => {
    assert.equal(
      matches({ category: { $eq: 'documentary' } }, { category: ['documentary', 'romance'] }),
      true,
    );
    assert.equal(
      matches({ category: { $ne: 'documentary' } }, { category: ['documentary', 'romance'] }),
      false,
    );
    assert.equal(matches({ n: { $gt: 5 } }, { n: [1, 9] }), true);
    assert.equal(matches({ n: { $in: [9] } }, { n: [1, 9] }), true);
    assert.equal(matches({ s: { $startsWith: 'ro' } }, { s: ['documentary', 'romance'] }), true);
    assert.equal(matches({ s: 'x' }, { s: [] }), false);
  });

  it('never converts types (filter-validation.md, T3-12)', () => {
    assert.equal(matches({ popular: { $eq: 'true' } }, { popular: true }), false);
    assert.equal(matches({ n: '1' }, { n: 1 }), false);
    assert.equal(matches({ n: { $gte: 0 } }, { n: '1' }), false);
  });

  it('matches nothing positive on an absent key, and every negation', () => {
    assert.equal(matches({ nope: 'x' }, { a: 1 }), false);
    assert.equal(matches({ nope: { $ne: 'x' } }, { a: 1 }), true);
    assert.equal(matches({ nope: { $nin: ['x'] } }, { a: 1 }), true);
    assert.equal(matches({ nope: { $exists: false } }, { a: 1 }), true);
    assert.equal(matches({ nope: { $exists: true } }, { a: 1 }), false);
  });

  it('takes a dotted key as a key and not as a path (filter-validation.md, T3-25)', () => {
    assert.equal(matches({ 'loc.page': { $gte: 5 } }, { 'loc.page': 7 }), true);
  });

  it('sees no keys that an object merely inherits', () => {
    assert.equal(matches({ constructor: { $exists: true } }, {}), false);
    assert.equal(matches({ toString: { $exists: true } }, {}), false);
    assert.equal(matches({ ['__proto__']: { $exists: false } }, {}), true);
  });

  it('agrees with a naive evaluator on any filter and metadata', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const scalar = fc.oneof(
      fc.constantFrom('', 'x', 'xy', 'y'),
      fc.constantFrom(-1, -0, 0, 1, 1.5, 2),
      fc.boolean(),
    );
    const element = fc.oneof(fc.constantFrom('', 'x', 'xy'), fc.constantFrom(-1, -0, 0, 1, 2));
    const metadata = fc.dictionary(key, fc.oneof(scalar, fc.array(element, { maxLength: 3 })), {
      maxKeys: 3,
    });
    const number = fc.constantFrom(-1, -0, 0, 1, 1.5);
    const operator = fc.oneof(
      fc.record({ $eq: scalar }),
      fc.record({ $ne: scalar }),
      fc.record({ $gt: number }),
      fc.record({ $gte: number }),
      fc.record({ $lt: number }),
      fc.record({ $lte: number }),
      fc.record({ $in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ $nin: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ $exists: fc.boolean() }),
      fc.record({ $startsWith: fc.constantFrom('', 'x', 'xy') }),
      fc.record({ $gte: number, $lte: number, $ne: scalar }),
      scalar,
    );
    const condition = fc.tuple(key, operator).map(([name, value]) => ({ [name]: value }));
    const { filter } = fc.letrec<{ filter: unknown; list: unknown }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        condition,
        fc.record({ $and: tie('list') }),
        fc.record({ $or: tie('list') }),
      ),
      list: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }));
    fc.assert(
      fc.property(filter, metadata, (input, data) => {
        assert.equal(matches(input, data), naive(input as Naive, data));
      }),
      { numRuns: 3000 },
    );
  });
});

type Naive = Readonly<Record<string, unknown>>;

/** The filter's meaning, written down a second time in the plainest way: straight from the raw filter. */
function naive(filter: Naive, metadata: Metadata): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === '$and') return (condition as Naive[]).every((part) => naive(part, metadata));
    if (name === '$or') return (condition as Naive[]).some((part) => naive(part, metadata));
    const stored: unknown = metadata[name];
    const candidates = stored === undefined ? [] : Array.isArray(stored) ? (stored as unknown[]) : [stored];
    const any = (test: (candidate: unknown) => boolean): boolean => candidates.filter(test).length > 0;
    const operators = typeof condition === 'object' ? (condition as Naive) : { $eq: condition };
    return Object.entries(operators).every(([operator, operand]) => {
      const list = operand as unknown[];
      const bound = operand as number;
      const number = (test: (value: number) => boolean) =>
        any((value) => typeof value === 'number' && test(value));
      switch (operator) {
        case '$eq':
          return any((value) => value === operand);
        case '$ne':
          return !any((value) => value === operand);
        case '$gt':
          return number((value) => value > bound);
        case '$gte':
          return number((value) => value >= bound);
        case '$lt':
          return number((value) => value < bound);
        case '$lte':
          return number((value) => value <= bound);
        case '$in':
          return any((value) => list.includes(value));
        case '$nin':
          return !any((value) => list.includes(value));
        case '$exists':
          return (stored !== undefined) === operand;
        case '$startsWith':
          return any((value) => typeof value === 'string' && value.indexOf(operand as string) === 0);
        default:
          throw new Error(operator);
      }
    });
  });
}
