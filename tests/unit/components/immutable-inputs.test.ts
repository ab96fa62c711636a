import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import * as runtime from '@pulumi/pulumi/runtime';
import { VectorIndex } from '../../../components/index';
import { changedInputs, refuseChangeOf } from '../../../components/immutable-inputs';

const immutable = { names: ['dimension', 'keys', 'encryption'], leftOut: { encryption: 'AES256' } };

describe('immutable inputs', () => {
  it('finds a changed input and says what it was and what it cannot become', async () => {
    assert.deepEqual(
      await changedInputs(immutable, { dimension: 3072, keys: [] }, { dimension: 1024, keys: [] }),
      ['dimension is 3072 and cannot become 1024'],
    );
  });

  it('does not mind the order of a list', async () => {
    assert.deepEqual(await changedInputs(immutable, { keys: ['a', 'b'] }, { keys: ['b', 'a'] }), []);
    assert.equal((await changedInputs(immutable, { keys: ['a', 'b'] }, { keys: ['a', 'c'] })).length, 1);
  });

  it('ignores inputs that may change, and those that the last deployment did not record', async () => {
    assert.deepEqual(
      await changedInputs(immutable, { dimension: 1, tags: 1 }, { dimension: 1, tags: 2 }),
      [],
    );
    assert.deepEqual(await changedInputs(immutable, {}, { dimension: 1 }), []);
  });

  it('compares what secrets hold, and shows none of it', async () => {
    const [before, after] = [pulumi.secret('hush-1'), pulumi.secret('hush-2')];
    const said = ['keys is secret and its value differs from that of before'];
    assert.deepEqual(await changedInputs(immutable, { keys: before }, { keys: after }), said);
    assert.deepEqual(await changedInputs(immutable, { keys: 'hush-1' }, { keys: after }), said);
    assert.deepEqual(await changedInputs(immutable, { keys: before }, { keys: 'hush-2' }), said);
    assert.deepEqual(await changedInputs(immutable, { keys: before }, { keys: pulumi.secret('hush-1') }), []);
    assert.deepEqual(await changedInputs(immutable, { keys: before }, { keys: 'hush-1' }), []);
  });

  it('does not judge a value that is not known yet, secret or not', async () => {
    for (const dimension of [pulumi.unknown, pulumi.secret(pulumi.unknown)]) {
      assert.deepEqual(await changedInputs(immutable, { dimension: 1 }, { dimension }), []);
    }
    const key = { encryption: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd' };
    assert.deepEqual(await changedInputs(immutable, key, { encryption: pulumi.unknown }), []);
  });

  it('judges a value that is not known yet where none was given before', async () => {
    assert.deepEqual(
      await changedInputs(immutable, { encryption: 'AES256' }, { encryption: pulumi.unknown }),
      ['encryption is "AES256" and cannot become what is given now and not known yet'],
    );
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
    assert.deepEqual(refuseChangeOf('subject', immutable, 'advice', { protect: true }), { protect: true });
  });
});
