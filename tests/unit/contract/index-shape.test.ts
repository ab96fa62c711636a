import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import {
  EPISODES_SHAPE,
  indexShape,
  indexShapeProblems,
  shapeDifferences,
} from '../../../contract/index-shape';

describe('index shapes', () => {
  it('of the episodes index are 3072 numbers, cosine, float32 and two keys out of filters', () => {
    assert.deepEqual(EPISODES_SHAPE, {
      dimension: 3072,
      distanceMetric: 'cosine',
      dataType: 'float32',
      nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'],
    });
    assert.deepEqual(indexShapeProblems(EPISODES_SHAPE), []);
  });

  it('allow 1 to 4096 whole dimensions', () => {
    for (const dimension of [1, 4096]) {
      assert.deepEqual(indexShapeProblems({ dimension, distanceMetric: 'cosine' }), []);
    }
    for (const dimension of [0, 4097, 1.5, NaN]) {
      assert.match(indexShapeProblems({ dimension, distanceMetric: 'cosine' })[0] ?? '', /from 1 to 4096/);
    }
  });

  it('say what to use in place of a dot product', () => {
    assert.match(
      indexShapeProblems({ dimension: 2, distanceMetric: 'DOT_PRODUCT' })[0] ?? '',
      /no dot product/,
    );
  });

  it('are refused with every fault at once', () => {
    assert.throws(
      () =>
        indexShape({ dimension: 0, distanceMetric: 'manhattan', nonFilterableMetadataKeys: ['', 'a', 'a'] }),
      (error) => error instanceof InvalidInputError && error.problems.length === 4,
    );
    assert.match(
      indexShapeProblems({
        dimension: 2,
        distanceMetric: 'cosine',
        nonFilterableMetadataKeys: Array.from({ length: 11 }, (_, at) => `k${at}`),
      })[0] ?? '',
      /at most 10/,
    );
  });

  it('differ by each property, and not by the order of keys', () => {
    const other = indexShape({
      dimension: 1024,
      distanceMetric: 'euclidean',
      nonFilterableMetadataKeys: ['why_it_worked', 'successful_prompt'],
    });
    assert.deepEqual(shapeDifferences(other, EPISODES_SHAPE), [
      'dimension is 1024, not 3072',
      'distanceMetric is euclidean, not cosine',
    ]);
    assert.match(
      shapeDifferences({ ...EPISODES_SHAPE, nonFilterableMetadataKeys: [] }, EPISODES_SHAPE)[0] ?? '',
      /keys/,
    );
  });
});
