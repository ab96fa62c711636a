import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import * as runtime from '@pulumi/pulumi/runtime';
import { VectorIndex } from '../../../components/index';
import { changedInputs, refuseChangeOf } from '../../../components/immutable-inputs';

const names = ['dimension', 'keys'];

describe('immutable inputs', () => {
  it('finds a changed input and says what it was and what it cannot become', () => {
    assert.deepEqual(changedInputs(names, { dimension: 3072, keys: [] }, { dimension: 1024, keys: [] }), [
      'dimension is 3072 and cannot become 1024',
    ]);
  });

  it('does not mind the order of a list', () => {
    assert.deepEqual(changedInputs(names, { keys: ['a', 'b'] }, { keys: ['b', 'a'] }), []);
    assert.equal(changedInputs(names, { keys: ['a', 'b'] }, { keys: ['a', 'c'] }).length, 1);
  });

  it('ignores inputs that may change, and those that the last deployment did not record', () => {
    assert.deepEqual(changedInputs(names, { dimension: 1, tags: 1 }, { dimension: 1, tags: 2 }), []);
    assert.deepEqual(changedInputs(names, {}, { dimension: 1 }), []);
  });

  it('does not judge a value that is not known yet', () => {
    assert.deepEqual(changedInputs(names, { dimension: 1 }, { dimension: pulumi.unknown }), []);
  });

  it('lets components be used in a program tested with mocks that know no hooks', async () => {
    await runtime.setMocks(
      { newResource: ({ inputs }) => ({ id: 'id', state: inputs as object }), call: () => ({}) },
      'project',
    );
    new VectorIndex('plain-mocks', {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'notes',
      dimension: 3,
      distanceMetric: 'cosine',
    });
    await runtime.disconnect();
    assert.deepEqual(refuseChangeOf('subject', names, 'advice', { protect: true }), { protect: true });
  });
});
