import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { DistanceMetric } from '../../../contract/index-shape';
import { distance } from '../../../contract/vectors/distance';
import { nearest } from '../../../local/s3vectors/search/nearest';
import { VectorBlocks } from '../../../local/s3vectors/search/vector-blocks';

interface Case {
  readonly dimension: number;
  readonly metric: DistanceMetric;
  readonly vectors: readonly (readonly number[])[];
  readonly dead: readonly boolean[];
  readonly passes: readonly boolean[];
  readonly query: readonly number[];
  readonly count: number;
}

// Few distinct components make many ties, which is where an order goes wrong.
const component = fc.oneof(fc.constantFrom(-1, 0, 1, 2), fc.float({ noNaN: true, min: -4, max: 4 }));
const cases: fc.Arbitrary<Case> = fc
  .record({ dimension: fc.integer({ min: 1, max: 9 }), size: fc.integer({ min: 0, max: 40 }) })
  .chain(({ dimension, size }) => {
    const vector = fc
      .array(component, { minLength: dimension, maxLength: dimension })
      .filter((components) => components.some((one) => Math.abs(one) > 1e-3));
    const flags = fc.array(fc.boolean(), { minLength: size, maxLength: size });
    return fc.record({
      dimension: fc.constant(dimension),
      metric: fc.constantFrom<DistanceMetric>('cosine', 'euclidean'),
      vectors: fc.array(vector, { minLength: size, maxLength: size }),
      dead: flags,
      passes: flags,
      query: vector,
      count: fc.integer({ min: 1, max: 50 }),
    });
  });

describe('the search for the nearest vectors', () => {
  it('finds what a plain scan finds, in the same order up to rounding, with filter, gaps and ties', () => {
    fc.assert(
      fc.property(cases, ({ dimension, metric, vectors, dead, passes, query, count }) => {
        const blocks = new VectorBlocks(dimension);
        vectors.forEach((components, slot) => {
          blocks.write(slot, Float32Array.from(components));
          blocks.setLive(slot, dead[slot] !== true);
        });
        const found = nearest({
          vectors: blocks,
          metric,
          query: Float32Array.from(query),
          count,
          accepts: (slot) => passes[slot] === true,
          compareTied: (a, b) => a - b,
        });
        const expected = vectors
          .map((components, slot) => ({
            slot,
            distance: distance(metric, Float32Array.from(components), Float32Array.from(query)),
          }))
          .filter(({ slot }) => dead[slot] !== true && passes[slot] === true)
          .sort((a, b) => a.distance - b.distance || a.slot - b.slot)
          .slice(0, count);
        assert.equal(found.length, expected.length);
        found.forEach((neighbour, at) => {
          assert.ok(Math.abs(neighbour.distance - expected[at]!.distance) < 1e-9);
          const before = found[at - 1];
          if (before?.distance === neighbour.distance) assert.ok(before.slot < neighbour.slot);
          assert.ok(before === undefined || before.distance <= neighbour.distance);
        });
        assert.equal(new Set(found.map(({ slot }) => slot)).size, found.length);
      }),
      { numRuns: 500 },
    );
  });

  it('goes through more than one block', () => {
    const blocks = new VectorBlocks(1);
    const size = blocks.slotsPerBlock * 2 + 3;
    for (let slot = 0; slot < size; slot += 1) {
      blocks.write(slot, Float32Array.of(slot));
      blocks.setLive(slot, true);
    }
    const search = (query: number, count: number) =>
      nearest({
        vectors: blocks,
        metric: 'euclidean',
        query: Float32Array.of(query),
        count,
        compareTied: (a, b) => a - b,
      }).map(({ slot }) => slot);
    assert.deepEqual(search(size, 3), [size - 1, size - 2, size - 3]);
    const middle = blocks.slotsPerBlock;
    assert.deepEqual(search(middle, 3), [middle, middle - 1, middle + 1]);
  });

  it('keeps block and slot apart for the largest dimension', () => {
    const blocks = new VectorBlocks(4096);
    const slots = [0, 1, blocks.slotsPerBlock - 1, blocks.slotsPerBlock];
    for (const slot of slots) blocks.write(slot, new Float32Array(4096).fill(slot + 1));
    for (const slot of slots) assert.deepEqual(new Set(blocks.components(slot)), new Set([slot + 1]));
    assert.throws(() => blocks.components(blocks.capacity), RangeError);
  });
});
