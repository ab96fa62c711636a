import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { componentProblems } from '../../../../contract/vectors/components';

const cosine = { dimension: 4, distanceMetric: 'cosine' } as const;
const euclidean = { dimension: 4, distanceMetric: 'euclidean' } as const;
const words = (data: unknown, shape: typeof cosine | typeof euclidean = cosine) =>
  componentProblems(data, shape).map(({ serviceMessage }) => serviceMessage);

// The rows of docs/evidence/float32-range.md of FarukAda/aws-langchain-s3-vector-ts, measured against the service.
describe('the numbers of a vector', () => {
  it('are refused when they are infinite as float32, though finite as they were given', () => {
    assert.deepEqual(words([1e39, 1, 1, 1]), ['vector contains NaNs or Infs']);
    assert.deepEqual(words([3.40282357e38, 1, 1, 1]), ['vector contains NaNs or Infs']);
    assert.deepEqual(words([3.4028235e38, 1, 1, 1]), []);
  });

  it('are refused on cosine when all are zero as float32, though not as they were given', () => {
    const zeroNorm = ['cosine distance does not support vectors with zero norm'];
    assert.deepEqual(words([0, 0, 0, 0]), zeroNorm);
    assert.deepEqual(words([1e-46, 1e-46, 1e-46, 1e-46]), zeroNorm);
    assert.deepEqual(words([-0, 0, 0, 0]), zeroNorm);
    assert.deepEqual(words([1.5e-45, 0, 0, 0]), []);
  });

  it('may all be zero where the distance is euclidean', () => {
    assert.deepEqual(words([0, 0, 0, 0], euclidean), []);
  });

  it('must be as many as the index has dimensions', () => {
    assert.deepEqual(words([1]), ['vector must have length 4, but has length 1']);
    assert.deepEqual(words(new Float32Array(5)), ['vector must have length 4, but has length 5']);
  });

  it('are refused when one is no number, with its place and value', () => {
    const [problem] = componentProblems([1, NaN, 'x', 2], euclidean);
    assert.equal(problem?.message, 'has 2 components that are no finite float32: [1] = NaN, [2] = x');
    assert.equal(componentProblems('1,2,3,4', euclidean)[0]?.message, 'is string, not an array of numbers');
    assert.equal(componentProblems({ 0: 1 }, euclidean)[0]?.message, 'is object, not an array of numbers');
  });

  it('are named up to five, however many are wrong', () => {
    const shape = { dimension: 100, distanceMetric: 'cosine' } as const;
    const message = componentProblems(new Array(100).fill(Infinity), shape)[0]!.message;
    assert.match(message, /^has 100 components/);
    assert.equal(message.match(/=/g)?.length, 5);
  });
});
