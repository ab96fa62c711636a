import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { squaredEuclideanDistance } from '../../../contract/vectors/distance';
import { distanceKernels, sharedMemory } from '../../../local/s3vectors/search/distance-kernels';
import { compileKernel } from '../../../local/s3vectors/search/kernels/build';
import { roundingBound } from '../../../local/s3vectors/search/rounding-bound';

const DIRECTORY = path.join(__dirname, '../../../local/s3vectors/search/kernels');
const VECTORS = 5;
const QUERY = 128 * 1024;
const BASE = 256 * 1024;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, component, at) => sum + component * b[at]!, 0);
}

describe('the distance kernels', () => {
  it('that are checked in are those of the source', async () => {
    const checkedIn = readFileSync(path.join(DIRECTORY, 'distance.wasm'));
    assert.deepEqual(Buffer.from(await compileKernel(path.join(DIRECTORY, 'distance.wat'))), checkedIn);
  });

  it('are right for every dimension: within the bound in float32, and to the last digits in float64', () => {
    const memory = sharedMemory(1024 * 1024);
    const kernels = distanceKernels(memory);
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 140 }), fc.constantFrom(384, 1023, 3072, 4096)),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4]),
        (dimension, seed, list) => {
          let state = seed | 1;
          const next = (): number => {
            state = Math.imul(state, 1664525) + 1013904223;
            return state / 2 ** 29;
          };
          const query = Float32Array.from({ length: dimension }, next);
          new Float32Array(memory.buffer, QUERY, dimension).set(query);
          const vectors = Array.from({ length: VECTORS }, (_, at) => {
            const vector = new Float32Array(memory.buffer, BASE + 4 * at * dimension, dimension);
            vector.set(Float32Array.from({ length: dimension }, next));
            return vector;
          });
          new Uint32Array(memory.buffer, 0, VECTORS).set(list);
          const bound = roundingBound(dimension);
          const out = new Float32Array(memory.buffer, 64, VECTORS);
          kernels.dots(0, list.length, BASE, dimension, QUERY, 64);
          list.forEach((number, at) => {
            const norms = Math.sqrt(dot(query, query) * dot(vectors[number]!, vectors[number]!));
            assert.ok(Math.abs(out[at]! - dot(vectors[number]!, query)) <= bound * norms);
          });
          kernels.squares(0, list.length, BASE, dimension, QUERY, 64);
          list.forEach((number, at) => {
            const square = squaredEuclideanDistance(vectors[number]!, query);
            assert.ok(Math.abs(out[at]! - square) <= bound * square);
            const address = BASE + 4 * number * dimension;
            assert.ok(Math.abs(kernels.exact_square(address, QUERY, dimension) - square) <= 1e-12 * square);
            const norms = Math.sqrt(dot(query, query) * dot(vectors[number]!, vectors[number]!));
            const exact = dot(vectors[number]!, query);
            assert.ok(Math.abs(kernels.exact_dot(address, QUERY, dimension) - exact) <= 1e-12 * norms);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
