import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { metadataProblems, metadataSize, type Metadata } from '../../../../contract/vectors/metadata';

const x = (count: number, text = 'x') => text.repeat(count);
const keys = (count: number, name: (at: number) => string, value: Metadata[string]): Metadata =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at), value]));
const two = (at: number) => String(at).padStart(2, '0');

// Every shape of docs/evidence/metadata-limits.md (FarukAda/aws-langchain-s3-vector-ts): the largest n that the
// service accepts. One more must be refused.
const filterable: [name: string, largest: number, shape: (n: number) => Metadata][] = [
  ['one string', 2035, (n) => ({ f: x(n) })],
  ['one string under a key of ten characters', 2026, (n) => ({ ffffffffff: x(n) })],
  ['two-byte characters', 1017, (n) => ({ f: x(n, 'é') })],
  ['19 more keys', 1807, (n) => ({ f: x(n), ...keys(19, (at) => `k${two(at)}`, 'y') })],
  ['10 long numbers', 1895, (n) => ({ f: x(n), ...keys(10, (at) => `n${at}`, 0.1234567890123456) })],
  ['10 numbers with exponents', 1895, (n) => ({ f: x(n), ...keys(10, (at) => `e${at}`, 1e21) })],
  ['10 short numbers', 1895, (n) => ({ f: x(n), ...keys(10, (at) => `i${at}`, 7) })],
  ['10 booleans', 1935, (n) => ({ f: x(n), ...keys(10, (at) => `b${at}`, true) })],
  ['a list of 50 numbers', 1626, (n) => ({ f: x(n), a: new Array<number>(50).fill(1.5) })],
  ['a list of 50 strings', 1726, (n) => ({ f: x(n), s: new Array<string>(50).fill('ab') })],
  ['line ends', 2035, (n) => ({ f: x(n, '\n') })],
  ['quotes', 2035, (n) => ({ f: x(n, '"') })],
  ['backslashes', 2035, (n) => ({ f: x(n, '\\') })],
  ['control characters', 2035, (n) => ({ f: x(n, '\u0001') })],
  ['three-byte characters', 678, (n) => ({ f: x(n, '中') })],
  ['40 booleans', 1595, (n) => ({ f: x(n), ...keys(40, (at) => `b${two(at)}`, false) })],
  ['keys of three-byte characters', 2012, (n) => ({ 中中中: x(n), 日本: 'v' })],
  [
    '5 lists of 10 numbers',
    1585,
    (n) => ({
      f: x(n),
      ...keys(
        5,
        (at) => `a${at}`,
        Array.from({ length: 10 }, (_, at) => at * 1e300),
      ),
    }),
  ],
  ['a list of three-byte strings', 1826, (n) => ({ f: x(n), a: new Array<string>(20).fill('中中') })],
  ['48 more keys', 1315, (n) => ({ f: x(n), ...keys(48, (at) => `key${two(at)}`, 'ab') })],
];
const total: [name: string, largest: number, shape: (n: number) => Metadata][] = [
  ['one string', 40946, (n) => ({ nf: x(n) })],
  ['line ends', 40946, (n) => ({ nf: x(n, '\n') })],
  ['three-byte characters', 13648, (n) => ({ nf: x(n, '中') })],
  ['30 filterable keys beside', 40586, (n) => ({ nf: x(n), ...keys(30, (at) => `k${two(at)}`, 'v') })],
];

describe('the size of metadata', () => {
  for (const [name, largest, shape] of filterable) {
    it(`reaches the filterable limit exactly where the service does: ${name}`, () => {
      assert.deepEqual(metadataProblems(shape(largest), ['nf']), []);
      assert.deepEqual(
        metadataProblems(shape(largest + 1), ['nf']).map(({ serviceMessage }) => serviceMessage),
        ['Filterable metadata must have at most 2048 bytes'],
      );
    });
  }
  for (const [name, largest, shape] of total) {
    it(`reaches the total limit exactly where the service does: ${name}`, () => {
      assert.deepEqual(metadataProblems(shape(largest), ['nf']), []);
      assert.deepEqual(
        metadataProblems(shape(largest + 1), ['nf']).map(({ serviceMessage }) => serviceMessage),
        ['Metadata object must have at most 40960 bytes'],
      );
    });
  }

  it('counts the keys, and only what is filterable as filterable', () => {
    assert.deepEqual(metadataSize({ a: 'xy', nf: 'long' }, ['nf']), {
      total: 4 + 11 + 14,
      filterable: 4 + 11,
      keys: 2,
    });
    assert.deepEqual(metadataSize({}, []), { total: 4, filterable: 4, keys: 0 });
  });

  it('of two disjoint parts is that of the whole, less one object', () => {
    const value = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.array(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (metadata) => {
        const entries = Object.entries(metadata);
        const half = entries.length >> 1;
        const [a, b] = [Object.fromEntries(entries.slice(0, half)), Object.fromEntries(entries.slice(half))];
        assert.equal(
          metadataSize(metadata, []).total,
          metadataSize(a, []).total + metadataSize(b, []).total - 4,
        );
      }),
    );
  });
});

describe('metadata', () => {
  it('may have 50 keys and not 51', () => {
    assert.deepEqual(
      metadataProblems(
        keys(50, (at) => `k${at}`, true),
        [],
      ),
      [],
    );
    assert.equal(
      metadataProblems(
        keys(51, (at) => `k${at}`, true),
        [],
      )[0]?.serviceMessage,
      'Metadata object must have at most 50 keys',
    );
  });

  it('holds strings, numbers, booleans and lists of strings and numbers', () => {
    assert.deepEqual(metadataProblems({ a: 's', b: -0.5, c: false, d: ['x', 1], e: [], f: '' }, []), []);
  });

  it('is refused with every value of another type named', () => {
    const problems = metadataProblems(
      { ok: 1, obj: { a: 1 }, nil: null, list: [1, { a: 1 }, true, null], no: NaN },
      [],
    );
    assert.deepEqual(
      problems.map(({ path, serviceMessage }) => [path, serviceMessage]),
      [
        ['obj', 'Metadata values must be strings, numbers, booleans, or arrays'],
        ['nil', 'Metadata values must be strings, numbers, booleans, or arrays'],
        ['list[1]', 'Metadata array values must be strings or numbers'],
        ['list[2]', 'Metadata array values must be strings or numbers'],
        ['list[3]', 'Metadata array values must be strings or numbers'],
        ['no', undefined],
      ],
    );
    assert.match(problems[5]!.message, /NaN/);
  });

  it('is refused when it is no object', () => {
    for (const value of [null, [], 'text', 1]) assert.equal(metadataProblems(value, []).length, 1);
  });

  it('is refused with half of a surrogate pair in a key, a value or a list', () => {
    const problems = metadataProblems({ 'k\ud800': 1, v: 'x\ud800', l: ['\udc00'] }, []);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['k\ud800', 'v', 'l[0]'],
    );
  });

  it('is told 20 of its problems and that there are more, at the cost of those', () => {
    const many = metadataProblems(
      { [`k${'x'.repeat(100_000)}`]: new Array(1_000_000).fill([]), b: null },
      [],
    );
    assert.equal(many.length, 21);
    assert.ok(JSON.stringify(many).length < 5_000);
    assert.deepEqual(many.at(-1), { path: '', message: 'has further problems; the first 20 are listed' });
    assert.equal(metadataProblems({ list: new Array(20).fill([]) }, []).length, 20);
  });
});
