import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BuiltFilter } from '../../../../contract/vectors/filter-builder';
import type { Metadata } from '../../../../contract/vectors/metadata';
import { and, filterOf, or, where } from '../../../../runtime';
import { filterForQuery, predicateOf } from '../../../../runtime/vector-store/query-filter';

const ENHANCED = { nonFilterableKeys: [], mode: 'ENHANCED' } as const;

interface Episode {
  readonly genre: 'comedy' | 'drama';
  readonly year?: number;
  readonly tags: readonly string[];
  readonly seen: boolean;
}

/** A filter as the builder makes it, and what it means, said without it. */
interface Meant {
  readonly filter: BuiltFilter;
  readonly means: (metadata: Metadata) => boolean;
}

const key = fc.constantFrom('a', 'b', '__proto__');
const value = fc.oneof(fc.constantFrom('x', 'xy', ''), fc.integer({ min: -2, max: 2 }), fc.boolean());
const held = (metadata: Metadata, name: string) =>
  Object.hasOwn(metadata, name) ? [metadata[name] as string].flat() : [];

const leaf: fc.Arbitrary<Meant> = fc
  .tuple(key, value, fc.array(value, { minLength: 1, maxLength: 3 }), fc.integer({ min: -2, max: 2 }))
  .chain(([name, one, some, bound]) => {
    const about = where(name);
    const any = (test: (element: unknown) => boolean) => (metadata: Metadata) =>
      held(metadata, name).some(test);
    const none = (test: (element: unknown) => boolean) => (metadata: Metadata) => !any(test)(metadata);
    const number = (test: (element: number) => boolean) =>
      any((element) => typeof element === 'number' && test(element));
    return fc.constantFrom<Meant>(
      { filter: about.eq(one), means: any((element) => element === one) },
      { filter: about.ne(one), means: none((element) => element === one) },
      { filter: about.in(some), means: any((element) => (some as unknown[]).includes(element)) },
      { filter: about.nin(some), means: none((element) => (some as unknown[]).includes(element)) },
      { filter: about.gt(bound), means: number((element) => element > bound) },
      { filter: about.gte(bound), means: number((element) => element >= bound) },
      { filter: about.lt(bound), means: number((element) => element < bound) },
      { filter: about.lte(bound), means: number((element) => element <= bound) },
      { filter: about.startsWith('x'), means: any((element) => String(element).startsWith('x')) },
      { filter: about.exists(), means: (metadata) => Object.hasOwn(metadata, name) },
      { filter: about.exists(false), means: (metadata) => !Object.hasOwn(metadata, name) },
    );
  });

const parts = fc.array(leaf, { minLength: 1, maxLength: 3 });
const group: fc.Arbitrary<Meant> = fc.tuple(fc.boolean(), parts).map(([all, [first, ...others]]) => ({
  filter: (all ? and : or)(first!.filter, ...others.map(({ filter }) => filter)),
  means: (metadata) =>
    all
      ? [first!, ...others].every(({ means }) => means(metadata))
      : [first!, ...others].some(({ means }) => means(metadata)),
}));
const metadata = fc.dictionary(
  key,
  fc.oneof(value, fc.array(fc.oneof(fc.constantFrom('x', 'xy'), fc.integer({ min: -2, max: 2 })))),
  { noNullPrototype: true },
) as fc.Arbitrary<Metadata>;

describe('a filter that the builder makes', () => {
  it('is accepted by the check, sent as it is, and means what it says', () => {
    fc.assert(
      fc.property(fc.oneof(leaf, group), metadata, ({ filter, means }, of) => {
        assert.deepEqual(filterForQuery(filter, ENHANCED), filter);
        assert.equal(predicateOf(filter, ENHANCED)(of), means(of));
      }),
      { numRuns: 500 },
    );
  });

  it('is the plain object that one would write, and never changes', () => {
    const episode = filterOf<Episode>();
    const filter = or(
      and(episode('genre').eq('drama'), episode('year').gte(1990)),
      episode('tags').in(['new']),
    );
    assert.deepEqual(filter, {
      $or: [{ $and: [{ genre: { $eq: 'drama' } }, { year: { $gte: 1990 } }] }, { tags: { $in: ['new'] } }],
    });
    assert.throws(() => {
      (filter['$or'] as unknown[]).push({});
    }, TypeError);
    const values = ['a'];
    const kept = where('a').in(values);
    values.push('b');
    assert.deepEqual(kept, { a: { $in: ['a'] } });
  });

  it('does not compile with a key or a value that the metadata have not', () => {
    const episode = filterOf<Episode>();
    // @ts-expect-error no such key
    episode('gerne');
    // @ts-expect-error no such genre
    episode('genre').eq('horror');
    // @ts-expect-error a text has no order
    episode('genre').gt(5);
    // @ts-expect-error a number has no beginning
    episode('year').startsWith('19');
    // @ts-expect-error elements are compared, not lists
    episode('tags').eq(['new']);
    assert.deepEqual(episode('seen').ne(true), { seen: { $ne: true } });
  });
});
