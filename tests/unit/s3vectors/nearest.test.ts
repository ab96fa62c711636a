import assert from 'node:assert/strict';
import fc from 'fast-check';
import { after, describe, it } from 'mocha';
import type { DistanceMetric, IndexShape } from '../../../contract/index-shape';
import { distance } from '../../../contract/vectors/distance';
import { compileFilter } from '../../../contract/vectors/filter-predicate';
import { parseFilter } from '../../../contract/vectors/filter';
import { slotsPerBlock } from '../../../local/s3vectors/search/block-size';
import { SearchEngine } from '../../../local/s3vectors/search/search-engine';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { VectorIndex, type FoundVector } from '../../../local/s3vectors/storage/vector-index';
import { Random } from './random';
import { temporaryDirectory } from './temporary-directory';

/** The ways in which a search can run; all must find the same. */
const engines = {
  'on the main thread': new SearchEngine({ threads: 1 }),
  'on two threads': new SearchEngine({ threads: 2, mainThreadBytes: 0 }),
  'from the file, with no memory': new SearchEngine({ threads: 2, mainThreadBytes: 0, memoryBudget: 0 }),
  'on the main thread, from the file': new SearchEngine({ threads: 1, memoryBudget: 0 }),
};

interface Case {
  readonly dimension: number;
  readonly metric: DistanceMetric;
  readonly vectors: readonly (readonly number[])[];
  readonly genres: readonly string[];
  readonly deleted: readonly boolean[];
  readonly replaced: readonly boolean[];
  readonly filtered: boolean;
  readonly query: readonly number[];
  readonly count: number;
}

// Few distinct components make many ties, which is where an order goes wrong; huge and tiny ones leave the range in
// which float32 sums mean anything.
const component = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(-1, 0, 1, 2) },
  { weight: 6, arbitrary: fc.float({ noNaN: true, min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(1e30, -3e38, 1e-30, 1e-38) },
);
const cases: fc.Arbitrary<Case> = fc
  .record({
    dimension: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(31, 33, 64, 100)),
    size: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 40, max: 150 })),
  })
  .chain(({ dimension, size }) => {
    const spread = fc
      .array(component, { minLength: dimension, maxLength: dimension })
      .filter((components) => components.some((one) => Math.abs(one) > 1e-3));
    const flags = fc.array(fc.boolean(), { minLength: size, maxLength: size });
    // Vectors about a few centres, so near to each other that their codes are the same or nearly so: only measuring
    // exactly tells which is nearer.
    const clustered = fc
      .record({
        centres: fc.array(spread, { minLength: 1, maxLength: 3 }),
        width: fc.constantFrom(0, 1e-6, 1e-4, 0.02),
      })
      .map(({ centres, width }) =>
        fc
          .tuple(
            fc.constantFrom(...centres),
            fc.array(fc.integer({ min: -3, max: 3 }), { minLength: dimension, maxLength: dimension }),
          )
          .map(([centre, steps]) => centre.map((one, at) => one * (1 + width * (steps[at] ?? 0)))),
      );
    return fc.oneof(fc.constant(spread), clustered).chain((vector) =>
      fc.record({
        dimension: fc.constant(dimension),
        metric: fc.constantFrom<DistanceMetric>('cosine', 'euclidean'),
        vectors: fc.array(vector, { minLength: size, maxLength: size }),
        genres: fc.array(fc.constantFrom('drama', 'comedy'), { minLength: size, maxLength: size }),
        deleted: flags,
        replaced: flags,
        filtered: fc.boolean(),
        query: vector,
        count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 })),
      }),
    );
  });

const filter = parseFilter({ genre: 'drama' }, { nonFilterableKeys: [], mode: 'ENHANCED' }).filter;
assert.ok(filter);

function shapeOf(dimension: number, distanceMetric: DistanceMetric): IndexShape {
  return { dimension, distanceMetric, dataType: 'float32', nonFilterableMetadataKeys: [] };
}

const keyAt = (at: number): string => `key-${String(at).padStart(3, '0')}`;

/** What the definition finds: every vector measured in double precision, ties in the order of keys. */
function expected(one: Case): FoundVector[] {
  const passes = compileFilter(filter!);
  return one.vectors
    .map((components, at) => ({
      key: keyAt(at),
      distance: distance(one.metric, Float32Array.from(components), Float32Array.from(one.query)),
      metadata: { genre: one.genres[at]! },
    }))
    .filter(({ metadata }, at) => one.deleted[at] !== true && (!one.filtered || passes(metadata)))
    .sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1))
    .slice(0, one.count);
}

function assertSame(found: readonly FoundVector[], wanted: readonly FoundVector[]): void {
  assert.equal(found.length, wanted.length);
  found.forEach((neighbour, at) => {
    const error = Math.abs(neighbour.distance - wanted[at]!.distance);
    assert.ok(error <= 1e-9 * Math.max(1, wanted[at]!.distance), `${neighbour.distance}`);
    const before = found[at - 1];
    if (before === undefined) return;
    assert.ok(before.distance <= neighbour.distance);
    if (before.distance === neighbour.distance) assert.ok(before.key < neighbour.key);
  });
  assert.equal(new Set(found.map(({ key }) => key)).size, found.length);
}

describe('the search for the nearest vectors', () => {
  after(async () => {
    for (const engine of Object.values(engines)) await engine.close();
  });

  it('finds what a scan in double precision finds, in the same order, whichever way it runs', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const directory = temporaryDirectory();
        const database = openDatabase(directory);
        const shape = shapeOf(one.dimension, one.metric);
        const writing = await VectorIndex.open(directory, database, 1, shape);
        const record = (at: number, components: readonly number[]) => ({
          key: keyAt(at),
          data: Float32Array.from(components),
          metadata: { genre: one.genres[at]! },
        });
        // Overwriting and deleting after everything was put leaves gaps and slots out of order.
        const before = one.vectors.map((components, at) =>
          record(at, one.replaced[at] === true ? one.query : components),
        );
        if (before.length > 0) await writing.put(before);
        const after = one.vectors.flatMap((components, at) =>
          one.replaced[at] === true ? [record(at, components)] : [],
        );
        if (after.length > 0) await writing.put(after);
        const deleted = one.vectors.flatMap((_, at) => (one.deleted[at] === true ? [keyAt(at)] : []));
        if (deleted.length > 0) await writing.delete(deleted);

        const query = Float32Array.from(one.query);
        const options = { filter: one.filtered ? filter : undefined, metadata: true };
        const wanted = expected(one);
        const first = await writing.search(query, one.count, options);
        assertSame(first, wanted);
        for (const { key, metadata } of first)
          assert.equal(metadata?.genre, one.genres[Number(key.slice(4))]);
        await writing.close();
        for (const engine of Object.values(engines)) {
          const index = await VectorIndex.open(directory, database, 1, shape, engine);
          for (const repeated of [1, 2]) {
            const found = await index.search(query, one.count, options);
            assert.deepEqual(found, first, `search ${repeated}`);
          }
          await index.close();
        }
        await database.close();
      }),
      { numRuns: Number(process.env.SEARCH_RUNS ?? 60) },
    );
  });

  it('finds the nearest of thousands, few of which it measures exactly, with many wanted and few', async function () {
    this.timeout(60_000);
    const dimension = 64;
    const bits = new Random(7);
    const random = (): number => bits.bits() / 2 ** 32;
    const vectorOf = () => Float32Array.from({ length: dimension }, () => random() - 0.5);
    const centres = Array.from({ length: 20 }, vectorOf);
    const vectors = Array.from({ length: 12_000 }, (_, at) =>
      centres[at % 20]!.map((one) => one + (random() - 0.5) / (at % 3 === 0 ? 1 : 1000)),
    );
    const query = centres[3]!.map((one) => one + random() / 100);
    for (const metric of ['cosine', 'euclidean'] as const) {
      const directory = temporaryDirectory();
      const database = openDatabase(directory);
      const writing = await VectorIndex.open(directory, database, 1, shapeOf(dimension, metric));
      for (let from = 0; from < vectors.length; from += 1000) {
        const part = vectors.slice(from, from + 1000);
        await writing.put(part.map((data, at) => ({ key: String(from + at), data, metadata: undefined })));
      }
      await writing.close();
      const wanted = vectors
        .map((data, at) => ({ key: String(at), distance: distance(metric, data, query) }))
        .sort((a, b) => a.distance - b.distance);
      for (const engine of Object.values(engines)) {
        const index = await VectorIndex.open(directory, database, 1, shapeOf(dimension, metric), engine);
        for (const count of [1, 10, 10_000]) {
          const found = await index.search(query, count);
          assertSame(found, wanted.slice(0, count));
        }
        await index.close();
      }
      await database.close();
    }
  });

  it('keeps blocks and slots apart for the largest dimension', async function () {
    this.timeout(30_000);
    const dimension = 4096;
    const inBlock = slotsPerBlock(dimension);
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const shape = shapeOf(dimension, 'euclidean');
    const writing = await VectorIndex.open(directory, database, 1, shape);
    const of = (n: number): Float32Array => new Float32Array(dimension).fill(n + 1);
    await writing.put(
      Array.from({ length: inBlock + 2 }, (_, n) => ({ key: String(n), data: of(n), metadata: undefined })),
    );
    await writing.close();
    for (const engine of Object.values(engines)) {
      const index = await VectorIndex.open(directory, database, 1, shape, engine);
      for (const n of [0, 1, inBlock - 1, inBlock, inBlock + 1]) {
        assert.deepEqual(await index.search(of(n), 1), [{ key: String(n), distance: 0 }]);
        assert.deepEqual(index.get(String(n), { data: true, metadata: false })?.data, of(n));
      }
      await index.close();
    }
    await database.close();
  });

  it('answers searches of several blocks at once, each with its own count and filter', async function () {
    this.timeout(60_000);
    const dimension = 16;
    const size = slotsPerBlock(dimension) * 2 + 3;
    const directory = temporaryDirectory();
    const database = openDatabase(directory);
    const writing = await VectorIndex.open(directory, database, 1, shapeOf(dimension, 'euclidean'));
    for (let from = 0; from < size; from += 1000) {
      await writing.put(
        Array.from({ length: Math.min(1000, size - from) }, (_, at) => ({
          key: String(from + at),
          data: new Float32Array(dimension).fill(from + at),
          metadata: { even: (from + at) % 2 === 0 },
        })),
      );
    }
    await writing.close();
    const even = parseFilter({ even: true }, { nonFilterableKeys: [], mode: 'ENHANCED' }).filter;
    for (const [name, engine] of Object.entries(engines)) {
      const index = await VectorIndex.open(directory, database, 1, shapeOf(dimension, 'euclidean'), engine);
      const all = await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const around = Math.floor((size * at) / 20);
          const query = new Float32Array(dimension).fill(around + 0.25);
          const options = at % 2 === 0 ? {} : { filter: even };
          const found = await index.search(query, 2, options);
          return { around, keys: found.map(({ key }) => Number(key)) };
        }),
      );
      all.forEach(({ around, keys }, at) => {
        const candidates = Array.from({ length: 9 }, (_, near) => around - 4 + near)
          .filter((one) => one >= 0 && one < size && (at % 2 === 0 || one % 2 === 0))
          .sort((a, b) => Math.abs(a - around - 0.25) - Math.abs(b - around - 0.25));
        assert.deepEqual(keys, candidates.slice(0, 2), name);
      });
      await index.close();
    }
    await database.close();
  });
});
