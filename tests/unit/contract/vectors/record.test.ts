import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { IndexShape } from '../../../../contract/index-shape';
import { validateRecord } from '../../../../contract/vectors/record';

const shape: IndexShape = {
  dimension: 3,
  distanceMetric: 'cosine',
  dataType: 'float32',
  nonFilterableMetadataKeys: ['text'],
};

describe('a vector record', () => {
  it('is accepted with and without metadata, from lists and typed arrays', () => {
    assert.deepEqual(validateRecord({ key: 'a', data: [1, 2, 3] }, shape), []);
    assert.deepEqual(
      validateRecord({ key: 'a', data: new Float32Array([1, 2, 3]), metadata: { n: 1 } }, shape),
      [],
    );
  });

  it('may carry in a non-filterable key what no filterable key may', () => {
    const long = 'x'.repeat(10_000);
    assert.deepEqual(validateRecord({ key: 'a', data: [1, 2, 3], metadata: { text: long } }, shape), []);
    assert.equal(validateRecord({ key: 'a', data: [1, 2, 3], metadata: { body: long } }, shape).length, 1);
  });

  it('has every problem of key, numbers and metadata listed, each with its path', () => {
    const problems = validateRecord({ key: '', data: [0, 0, 0], metadata: { a: null, b: [false] } }, shape);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['key', 'data', 'metadata.a', 'metadata.b[0]'],
    );
  });
});
