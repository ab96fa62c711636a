import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { cosineDistance, distance, squaredEuclideanDistance } from '../../../../contract/vectors/distance';

describe('cosine distance', () => {
  // docs/evidence/cosine-distance.md of FarukAda/aws-langchain-s3-vector-ts, measured against the service
  it('is 1 − cos: 0 for the same direction, 1 for a right angle, 2 for the opposite', () => {
    assert.equal(cosineDistance([1, 0, 0, 0], [1, 0, 0, 0]), 0);
    assert.equal(cosineDistance([1, 0, 0, 0], [5, 0, 0, 0]), 0);
    assert.equal(cosineDistance([1, 0, 0, 0], [0, 1, 0, 0]), 1);
    assert.equal(cosineDistance([1, 0, 0, 0], [-1, 0, 0, 0]), 2);
  });

  it('is what a client of the service saw for (1,1,1) and (1,1,2)', () => {
    // ankane/neighbor-s3, test/index_test.rb, run against the service
    assert.ok(Math.abs(cosineDistance([1, 1, 1], [1, 1, 2]) - 0.05719095841050148) < 1e-7);
  });

  const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), {
    minLength: 5,
    maxLength: 5,
  });
  const nonZero = vector.filter((components) => components.some((component) => Math.abs(component) > 1e-3));

  it('lies between 0 and 2, is symmetric, and does not see lengths', () => {
    fc.assert(
      fc.property(nonZero, nonZero, fc.integer({ min: 1, max: 1000 }), (a, b, factor) => {
        const found = cosineDistance(a, b);
        assert.ok(found >= 0 && found <= 2);
        assert.ok(Math.abs(found - cosineDistance(b, a)) < 1e-12);
        const scaled = a.map((component) => component * factor);
        assert.ok(Math.abs(found - cosineDistance(scaled, b)) < 1e-9);
      }),
    );
  });
});

describe('euclidean distance', () => {
  it('is reported squared, as clients of the service found', () => {
    // ankane/neighbor-s3: the root of what the service answers is 0, 1 and √3
    assert.equal(squaredEuclideanDistance([1, 1, 1], [1, 1, 1]), 0);
    assert.equal(squaredEuclideanDistance([1, 1, 1], [1, 1, 2]), 1);
    assert.equal(squaredEuclideanDistance([1, 1, 1], [2, 2, 2]), 3);
  });

  it('is chosen by the metric of the index', () => {
    assert.equal(distance('euclidean', [1, 0], [0, 2]), 5);
    assert.equal(distance('cosine', [1, 0], [0, 2]), 1);
  });
});
