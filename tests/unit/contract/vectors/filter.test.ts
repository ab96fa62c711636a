import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { countConstraints, parseFilter, type IndexMode } from '../../../../contract/vectors/filter';

const parse = (input: unknown, mode: IndexMode = 'ENHANCED') =>
  parseFilter(input, { nonFilterableKeys: ['nf'], mode });
const problemsOf = (input: unknown, mode?: IndexMode) =>
  parse(input, mode).problems.map(({ path, message }) => `${path}: ${message}`);

// Rows of docs/evidence/filter-validation.md (FarukAda/aws-langchain-s3-vector-ts), measured against the service.
const accepted: unknown[] = [
  { s: 'a' },
  { n: 1 },
  { b: true },
  { s: { $eq: 'a' } },
  { s: { $ne: false } },
  { n: { $gt: 1.5 } },
  { n: { $gte: 0, $lte: 5 } },
  { s: { $eq: 'a', $ne: 'b' } },
  { s: { $in: ['a', 1, true] } },
  { s: { $nin: ['a'] } },
  { s: { $exists: true } },
  { s: { $exists: false } },
  { $and: [{ s: 'a' }, { n: 1 }] },
  { $or: [{ $and: [{ s: 'a' }, { n: 1 }] }] },
  { '': 'x' },
  { 'loc.pageNumber': { $gte: 5 } },
];
const refused: unknown[] = [
  {},
  null,
  'text',
  [],
  [{ s: 'a' }],
  { g: { $eg: 'a' } },
  { g: { $schema: 'https://example.com' } },
  { $not: [{ s: 'a' }] },
  { $eq: 'a' },
  { s: null },
  { s: ['a'] },
  { s: [] },
  { s: {} },
  { s: { x: 1 } },
  { s: { $eq: 'a', x: 1 } },
  { s: { $and: [{ s: 'a' }] } },
  { s: { $eq: null } },
  { s: { $eq: ['a'] } },
  { s: { $eq: {} } },
  ...['$gt', '$gte', '$lt', '$lte'].flatMap((operator) =>
    ['1', true, null, [1], {}, NaN, Infinity].map((operand) => ({ n: { [operator]: operand } })),
  ),
  ...['$in', '$nin'].flatMap((operator) =>
    [[null], [{}], [['a']], 'a', []].map((operand) => ({ s: { [operator]: operand } })),
  ),
  ...['yes', 'true', 1, null].map((operand) => ({ s: { $exists: operand } })),
  { s: 'a', b: true },
  { s: { $eq: 'a' }, n: { $eq: 1 } },
  { $and: [{ s: 'a', n: 1 }] },
  { $and: [{ s: 'a' }], s: 'a' },
  { $and: [{ s: 'a' }], $or: [{ n: 1 }] },
  { $and: [{}] },
  { $and: ['x'] },
  { $and: [] },
  { $or: {} },
];

describe('a metadata filter', () => {
  for (const filter of accepted) {
    it(`is accepted: ${JSON.stringify(filter)}`, () => {
      assert.deepEqual(problemsOf(filter), []);
    });
  }
  for (const filter of refused) {
    it(`is refused with the service's words: ${JSON.stringify(filter)}`, () => {
      const { problems, filter: parsed } = parse(filter);
      assert.equal(parsed, undefined);
      assert.ok(problems.length > 0);
      assert.deepEqual(
        new Set(problems.map(({ serviceMessage }) => serviceMessage)),
        new Set(['Invalid filter']),
      );
    });
  }

  it('is refused for a non-filterable key, wherever it stands, in words of its own', () => {
    for (const filter of [{ nf: 'x' }, { $and: [{ s: 'a' }, { nf: { $exists: true } }] }]) {
      const { problems } = parse(filter);
      assert.equal(problems[0]?.serviceMessage, 'Invalid use of non-filterable metadata in filter');
    }
  });

  it('may use $startsWith in ENHANCED mode only', () => {
    assert.deepEqual(problemsOf({ s: { $startsWith: 'ab' } }), []);
    assert.match(problemsOf({ s: { $startsWith: 'ab' } }, 'CLASSIC').join(), /ENHANCED/);
    assert.match(problemsOf({ s: { $startsWith: 1 } }).join(), /takes a string/);
  });

  it('may have 100 constraints in ENHANCED mode, each value of a list counting', () => {
    const values = (count: number) => Array.from({ length: count }, (_, at) => at);
    const filter = (count: number) => ({ $and: [{ a: { $in: values(count) } }, { b: { $gt: 1, $lt: 2 } }] });
    assert.deepEqual(problemsOf(filter(98)), []);
    assert.match(problemsOf(filter(99)).join(), /101 constraints/);
    assert.deepEqual(problemsOf(filter(500), 'CLASSIC'), []);
    assert.equal(countConstraints(parse(filter(3)).filter!), 5);
  });

  it('is not looked at behind the constraint that is one too many', () => {
    let looked = 0;
    const condition = () =>
      Object.defineProperty({}, 'a', { enumerable: true, get: () => ((looked += 1), 1) });
    const filter = { $or: Array.from({ length: 5_000 }, condition) };
    assert.match(problemsOf(filter).join(), /has 101 constraints or more/);
    assert.equal(looked, 101);
    assert.match(
      problemsOf({ a: { $in: new Array(5_000).fill([]) } }).join(),
      /has 5000 constraints or more/,
    );
  });

  it('is told 20 of its problems and that there are more', () => {
    for (const filter of [
      { $or: new Array(200_000).fill({}) },
      { a: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`$${n}`, 1])) },
    ]) {
      const { problems } = parseFilter(filter, { nonFilterableKeys: [], mode: 'ENHANCED' });
      assert.equal(problems.length, 21);
      assert.match(problems.at(-1)!.message, /further problems/);
    }
  });

  it('is told few of the values and conditions that are wrong', () => {
    const wrong = problemsOf({ a: { $in: new Array(100_000).fill(null) } }, 'CLASSIC').join();
    assert.match(wrong, /\[9\] is null; …; \$in takes/);
    const conditions = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1]));
    assert.match(problemsOf(conditions).join(), /has 5000 conditions \("k0", .*"k9", …\)/);
  });

  it('is refused when it is nested beyond any use, and does not overflow the stack', () => {
    let filter: unknown = { a: 1 };
    for (let depth = 0; depth < 100_000; depth += 1) filter = { $and: [filter] };
    assert.match(problemsOf(filter).join(), /nested more than 100 levels/);
  });

  it('has every problem listed with its path and what to write instead', () => {
    assert.deepEqual(problemsOf({ $and: [{ n: { $gt: '1' } }, { a: 1, b: 2 }, { s: { $eg: 1 } }] }), [
      '$and[0].n.$gt: is the string "1"; $gt takes a finite number',
      '$and[1]: has 2 conditions ("a", "b") where one is allowed; combine them: { $and: [{ a: … }, { b: … }] }',
      '$and[2].s.$eg: is no operator; known are $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $startsWith',
    ]);
    assert.match(problemsOf({ $gt: 1 }).join(), /write \{ key: \{ \$gt: … \} \}/);
    assert.match(problemsOf({ d: new Date(0) }).join(), /Date/);
    assert.match(problemsOf({ s: 'cut \ud800' }).join(), /surrogate/);
    assert.match(problemsOf({ 'k\ud800': 1 }).join(), /surrogate/);
  });

  it('is never the cause of an exception, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withDate: true, withBigInt: true, withMap: true }),
        (input) => {
          const { filter, problems } = parse(input);
          assert.equal(filter === undefined, problems.length > 0);
        },
      ),
    );
  });
});
