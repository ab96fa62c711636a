import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { distance, squaredEuclideanDistance } from '../../../contract/vectors/distance';
import { distanceKernels, sharedMemory } from '../../../local/s3vectors/search/distance-kernels';
import { compileKernel } from '../../../local/s3vectors/search/kernels/build';
import { encodeQuery } from '../../../local/s3vectors/search/query-codes';
import { encodeRecord } from '../../../local/s3vectors/search/record-encoder';
import { codesOf, LARGEST_QUERY_CODE, recordBytes } from '../../../local/s3vectors/search/record-format';

const DIRECTORY = path.join(__dirname, '../../../local/s3vectors/search/kernels');
const QUERY = 128 * 1024;
const BASE = 256 * 1024;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, component, at) => sum + component * b[at]!, 0);
}

/** Components of every size that float32 has, evenly spread, few distinct ones, and one that outweighs the rest. */
function componentsFrom(seed: number, dimension: number): Float32Array {
  let state = seed | 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const kind = Math.abs(seed) % 5;
  const scale = [1, 1e-30, 1e30, 1e-44, 3e38][Math.floor(Math.abs(seed) / 5) % 5]!;
  return Float32Array.from({ length: dimension }, (_, at) => {
    const value = next();
    if (kind === 0) return scale * Math.sign(value) * (Math.abs(value) > 0.3 ? 1 : 0);
    if (kind === 1) return scale * (at === 0 ? 1 : value / 1000);
    if (kind === 2) return scale * (0.9 + value / 1e4);
    return scale * value;
  });
}

describe('the distance kernels', () => {
  it('that are checked in are those of the source', async () => {
    const checkedIn = readFileSync(path.join(DIRECTORY, 'distance.wasm'));
    assert.deepEqual(Buffer.from(await compileKernel(path.join(DIRECTORY, 'distance.wat'))), checkedIn);
  });

  const memory = sharedMemory(1024 * 1024);
  const kernels = distanceKernels(memory);
  const dimensions = fc.oneof(fc.integer({ min: 1, max: 140 }), fc.constantFrom(384, 1023, 3072, 4096));
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

  it('are right for every dimension in double precision, to the last digits', () => {
    fc.assert(
      fc.property(dimensions, seeds, seeds, (dimension, one, other) => {
        const a = componentsFrom(one, dimension);
        const b = componentsFrom(other, dimension);
        new Float32Array(memory.buffer, QUERY, dimension).set(a);
        new Float32Array(memory.buffer, BASE, dimension).set(b);
        const square = squaredEuclideanDistance(a, b);
        assert.ok(Math.abs(kernels.exact_square(BASE, QUERY, dimension) - square) <= 1e-12 * square);
        const norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
        assert.ok(Math.abs(kernels.exact_dot(BASE, QUERY, dimension) - dot(a, b)) <= 1e-12 * norms);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });

  it('tell bounds between which every distance lies, close to each other', () => {
    fc.assert(
      fc.property(
        dimensions,
        seeds,
        fc.array(fc.tuple(seeds, fc.constantFrom('any', 'near', 'same', 'opposite')), { maxLength: 6 }),
        fc.constantFrom('cosine' as const, 'euclidean' as const),
        fc.gen(),
        (dimension, seed, made, metric, gen) => {
          const query = componentsFrom(seed, dimension);
          if (query.every((component) => component === 0)) query[0] = 1;
          const vectors = made.map(([own, kind]) => {
            const other = componentsFrom(own, dimension);
            const vector =
              kind === 'any'
                ? other
                : query.map((component, at) =>
                    kind === 'opposite'
                      ? -component
                      : component * (kind === 'near' ? 1 + ((own + at) % 7) / 1e5 : 1),
                  );
            return vector.every((component) => component === 0) ? vector.fill(1) : vector;
          });
          const bytes = recordBytes(dimension);
          vectors.forEach((vector, at) =>
            new Uint8Array(memory.buffer, BASE + at * bytes, bytes).set(encodeRecord(vector)),
          );
          const list = gen(() => fc.shuffledSubarray(vectors.map((_, at) => at)));
          new Uint32Array(memory.buffer, 0, list.length).set(list);
          const { codes, inverse, norm, sine, cosine } = encodeQuery(query);
          new Int16Array(memory.buffer, QUERY, codes.length).set(codes);
          const euclidean = metric === 'euclidean' ? 1 : 0;
          kernels.bounds(
            ...([0, list.length, BASE, bytes, QUERY, inverse, norm, sine, cosine, euclidean] as const),
            64,
            128,
          );
          const lowers = new Float64Array(memory.buffer, 64, list.length);
          const uppers = new Float64Array(memory.buffer, 128, list.length);
          list.forEach((number, at) => {
            const vector = vectors[number]!;
            const exact = distance(metric, vector, query);
            assert.ok(lowers[at]! <= exact && exact <= uppers[at]!, `${lowers[at]} ${exact} ${uppers[at]}`);
            const vectorNorm = Math.sqrt(dot(vector, vector));
            // Steps between numbers below this are no floats.
            if (vector.every((component) => Math.abs(component) < 1e-36)) return;
            // The angle between a vector and its codes: half a step a component, at most.
            const angle = Math.min(Math.PI, Math.sqrt(dimension) / 254 / 0.9 + 1e-3);
            const spread = 4 * angle * (metric === 'cosine' ? 1 : 2 * norm * vectorNorm);
            const rounding = 1e-8 * (1 + exact + norm * norm + vectorNorm * vectorNorm);
            assert.ok(uppers[at]! - lowers[at]! <= spread + rounding, 'no closer than they must be');
          });
        },
      ),
      { numRuns: Number(process.env.SEARCH_RUNS ?? 300), endOnFailure: true },
    );
  });

  it('know a vector of zeros, and a query of zeros', () => {
    const zeros = new Float32Array(5);
    const some = Float32Array.of(3, 0, 0, 4, 0);
    const bytes = recordBytes(5);
    for (const [vector, query, square] of [
      [zeros, some, 25],
      [some, zeros, 25],
      [zeros, zeros, 0],
    ] as const) {
      new Uint8Array(memory.buffer, BASE, bytes).set(encodeRecord(vector));
      new Uint32Array(memory.buffer, 0, 1)[0] = 0;
      const { codes, inverse, norm, sine, cosine } = encodeQuery(query);
      new Int16Array(memory.buffer, QUERY, codes.length).set(codes);
      kernels.bounds(0, 1, BASE, bytes, QUERY, inverse, norm, sine, cosine, 1, 64, 128);
      const [lower] = new Float64Array(memory.buffer, 64, 1);
      const [upper] = new Float64Array(memory.buffer, 128, 1);
      assert.ok(lower! <= square && square <= upper! && upper! - lower! <= 1e-6);
    }
  });

  it('cannot leave 32 bits, even with the largest codes in every place of the largest dimension', () => {
    const dimension = 4096;
    assert.equal(codesOf(dimension), dimension);
    assert.ok((dimension / 4) * 127 * LARGEST_QUERY_CODE < 2 ** 31);
    const bytes = recordBytes(dimension);
    const ones = new Float32Array(dimension).fill(1);
    const { codes, inverse, norm, sine, cosine } = encodeQuery(ones);
    assert.deepEqual(new Set(codes), new Set([LARGEST_QUERY_CODE]));
    new Int16Array(memory.buffer, QUERY, codes.length).set(codes);
    for (const [sign, expected] of [
      [1, 0],
      [-1, 2],
    ] as const) {
      new Uint8Array(memory.buffer, BASE, bytes).set(encodeRecord(ones.map(() => sign)));
      new Uint32Array(memory.buffer, 0, 1)[0] = 0;
      kernels.bounds(0, 1, BASE, bytes, QUERY, inverse, norm, sine, cosine, 0, 64, 128);
      assert.ok(Math.abs(new Float64Array(memory.buffer, 64, 1)[0]! - expected) < 1e-5);
      assert.ok(Math.abs(new Float64Array(memory.buffer, 128, 1)[0]! - expected) < 1e-5);
    }
  });
});
