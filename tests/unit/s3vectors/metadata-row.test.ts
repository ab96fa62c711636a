import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseFilter, type Filter } from '../../../contract/vectors/filter';
import { compileFilter } from '../../../contract/vectors/filter-predicate';
import type { Metadata } from '../../../contract/vectors/metadata';
import { encodeRow, keyOf, rowBytes } from '../../../local/s3vectors/search/metadata-row';
import { compileRowPredicate } from '../../../local/s3vectors/search/row-predicate';
import { offsetOf, RowStore } from '../../../local/s3vectors/search/row-store';

// Few names and values, so that filters hit; well-formed strings, as the service lets no others in.
const name = fc.constantFrom('a', 'b', 'ab', '', 'é', '__proto__', 'toString');
const text = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'é', '1', 'true', '𝄞', '𝄞x'),
  fc.string({ unit: 'grapheme' }),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1.5),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const metadata: fc.Arbitrary<Metadata> = fc
  .array(
    fc.tuple(name, fc.oneof(text, number, fc.boolean(), fc.array(fc.oneof(text, number), { maxLength: 4 }))),
    { maxLength: 5 },
  )
  .map((entries) => Object.fromEntries(entries) as Metadata);

const value = fc.oneof(text, number, fc.boolean());
const condition = fc.oneof(
  fc.tuple(name, value).map(([key, operand]) => ({ [key]: operand })),
  fc
    .tuple(
      name,
      fc.oneof(
        fc.tuple(fc.constantFrom('$eq', '$ne'), value),
        fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), number),
        fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(value, { minLength: 1, maxLength: 4 })),
        fc.tuple(fc.constant('$exists'), fc.boolean()),
        fc.tuple(fc.constant('$startsWith'), text),
      ),
    )
    .map(([key, [operator, operand]]) => ({ [key]: { [operator]: operand } })),
);
const { filter: filterInput } = fc.letrec((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    condition,
    fc
      .tuple(fc.constantFrom('$and', '$or'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 }))
      .map(([operator, parts]) => ({ [operator]: parts })),
  ),
}));
const filters: fc.Arbitrary<Filter> = filterInput
  .map((input) => parseFilter(input, { nonFilterableKeys: [], mode: 'ENHANCED' }).filter)
  .filter((filter) => filter !== undefined);

describe('packed rows', () => {
  it('pass a filter exactly when the metadata do, whatever stands around them', () => {
    let passed = 0;
    fc.assert(
      fc.property(metadata, filters, fc.nat(40), (of, filter, before) => {
        const row = encodeRow('key', of, []);
        const bytes = new Uint8Array(before + row.length + 40).fill(0xa7);
        bytes.set(row, before);
        const verdict = compileRowPredicate(filter)(bytes, new DataView(bytes.buffer), before);
        if (verdict) passed += 1;
        assert.equal(verdict, compileFilter(filter)(of), JSON.stringify({ of, filter }));
      }),
      { numRuns: 5_000 },
    );
    assert.ok(passed > 200, `only ${passed} passed: the property says little`);
  });

  it('hold the key, and leave out what filters may not see', () => {
    fc.assert(
      fc.property(text, metadata, (key, of) => {
        const row = encodeRow(key, of, ['a']);
        assert.equal(keyOf(row, 0), key);
        assert.equal(rowBytes(row, 0), row.length);
        const exists = compileRowPredicate({ kind: 'exists', key: 'a', exists: true });
        assert.equal(exists(row, new DataView(row.buffer, row.byteOffset), 0), false);
      }),
    );
  });

  it('refuse a text that does not fit, instead of cutting it', () => {
    assert.throws(() => encodeRow('key', { long: 'x'.repeat(65_536) }, []), RangeError);
    assert.throws(() => encodeRow('x'.repeat(65_536), undefined, []), RangeError);
  });

  it('are kept apart in a store that uses freed room again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 })), { maxLength: 200 }),
        (steps) => {
          const store = new RowStore();
          const kept: { reference: number; key: string; bytes: number }[] = [];
          steps.forEach(([add, size], step) => {
            if (add || kept.length === 0) {
              const key = `${step}-${'x'.repeat(size)}`;
              const row = encodeRow(key, undefined, []);
              kept.push({ reference: store.add(row), key, bytes: row.length });
            } else {
              const [gone] = kept.splice(size % kept.length, 1);
              store.free(gone!.reference, gone!.bytes);
            }
            for (const { reference, key } of kept) assert.equal(store.reader.key(reference), key);
          });
          assert.ok(kept.every(({ reference }) => reference > 0 && offsetOf(reference) >= 0));
        },
      ),
      { numRuns: 30 },
    );
  });
});
