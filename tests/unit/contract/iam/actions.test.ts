import assert from 'node:assert/strict';
import * as actions from '../../../../contract/iam/actions';

const lists = Object.entries(actions).filter(([name]) => name !== 'S3_VECTORS_ACTIONS_WITHOUT_RESOURCE');

describe('the lists of actions', () => {
  it('hold every action once, in order, with its service', () => {
    const all = lists.flatMap(([, list]) => [...list]);
    assert.equal(new Set(all.map((action) => action.toLowerCase())).size, all.length);
    for (const [name, list] of lists) {
      assert.deepEqual([...list], [...list].sort(), name);
      const service = name.startsWith('S3_VECTORS_') ? 's3vectors' : name.startsWith('KMS_') ? 'kms' : 's3';
      for (const action of list) assert.match(action, new RegExp(`^${service}:[A-Z]\\w+$`));
    }
  });

  it('hold all 21 actions of S3 Vectors', () => {
    const vectors = lists.filter(([name]) => name.startsWith('S3_VECTORS_')).flatMap(([, list]) => [...list]);
    assert.equal(vectors.length, 21);
  });

  it('count key listing as reading a bucket and not as object data', () => {
    assert.ok((actions.S3_BUCKET_READ_ACTIONS as readonly string[]).includes('s3:ListBucket'));
    assert.ok(!(actions.S3_OBJECT_DATA_ACTIONS as readonly string[]).includes('s3:ListBucket'));
  });
});
