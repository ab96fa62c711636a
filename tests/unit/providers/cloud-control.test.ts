import assert from 'node:assert/strict';
import { awsNativePackage } from '../../../local/providers/aws-native/package';
import { description, failure, FakeCloudControl, progress } from './support/fake-cloud-control';
import { Provider, type CallError, type Resource } from './support/provider';

describe('the aws-native stand-in and the moods of Cloud Control', () => {
  let fake: FakeCloudControl;
  let provider: Provider;
  let bucket: Resource;
  const arn = 'arn:aws:s3vectors:us-east-1:000000000000:bucket/b';
  const properties = { VectorBucketName: 'b', VectorBucketArn: arn };

  before(async () => {
    fake = await FakeCloudControl.start();
    provider = await Provider.start(awsNativePackage, {
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'us-east-1',
    });
    await provider.configure({});
    bucket = provider.resource('aws-native:s3vectors:VectorBucket', 'b');
  });
  after(() => {
    provider.stop();
    fake.stop();
  });

  it('asks nothing more after an immediate success than the properties', async () => {
    fake.will(progress({ OperationStatus: 'SUCCESS', Identifier: arn }), description(arn, properties));
    const made = await bucket.create({ vectorBucketName: 'b', tags: [{ key: 'k', value: 'v' }] });
    assert.deepEqual(made, { id: arn, state: { vectorBucketArn: arn, vectorBucketName: 'b' } });
    assert.deepEqual(fake.operations, ['CreateResource', 'GetResource']);
    const { body } = fake.calls[0]!;
    assert.equal(body['TypeName'], 'AWS::S3Vectors::VectorBucket');
    assert.ok(typeof body['ClientToken'] === 'string');
    assert.deepEqual(JSON.parse(String(body['DesiredState'])), {
      VectorBucketName: 'b',
      Tags: [{ Key: 'k', Value: 'v' }],
    });
  });

  it('polls until it is done, and reads again what is not readable at once', async () => {
    fake.will(
      progress({ OperationStatus: 'PENDING' }),
      progress({ OperationStatus: 'IN_PROGRESS', RetryAfter: Date.now() / 1000 }),
      progress({ OperationStatus: 'SUCCESS', Identifier: arn }),
      failure('ResourceNotFoundException', 'not yet'),
      description(arn, properties),
    );
    assert.equal((await bucket.create({ vectorBucketName: 'b' })).id, arn);
    assert.deepEqual(fake.operations, [
      'CreateResource',
      'GetResourceRequestStatus',
      'GetResourceRequestStatus',
      'GetResource',
      'GetResource',
    ]);
  });

  it('shows the code and the message of a failed operation', async () => {
    fake.will(
      progress({
        Operation: 'CREATE',
        OperationStatus: 'FAILED',
        ErrorCode: 'AlreadyExists',
        StatusMessage: 'taken',
      }),
    );
    await assert.rejects(bucket.create({ vectorBucketName: 'b' }), (error: CallError) => {
      assert.equal(
        error.message,
        'creating aws-native:s3vectors:VectorBucket "b": operation CREATE failed with "AlreadyExists": taken',
      );
      assert.ok(!error.keepsResource);
      return true;
    });
  });

  it('shows the error of a call that was not accepted', async () => {
    fake.will(failure('ValidationException', 'no such type'));
    await assert.rejects(
      bucket.create({ vectorBucketName: 'b' }),
      /creating aws-native:s3vectors:VectorBucket "b": ValidationException: no such type/,
    );
  });

  it('keeps a resource that failed halfway, for the next update to finish', async () => {
    fake.will(
      progress({
        Operation: 'CREATE',
        OperationStatus: 'FAILED',
        ErrorCode: 'ServiceInternalError',
        Identifier: arn,
      }),
      description(arn, properties),
    );
    await assert.rejects(bucket.create({ vectorBucketName: 'b' }), (error: CallError) => {
      assert.match(error.message, /failed with "ServiceInternalError": no reason given/);
      assert.ok(error.keepsResource);
      return true;
    });

    const state = { vectorBucketArn: arn, vectorBucketName: 'b' };
    const inputs = { vectorBucketName: 'b' };
    fake.will(progress({ OperationStatus: 'SUCCESS', Identifier: arn }), description(arn, properties));
    await bucket.update(arn, state, inputs, inputs);
    assert.equal(fake.calls[0]!.body['PatchDocument'], '[]');
  });

  it('asks again, under a new token, when a create was throttled', async () => {
    fake.will(
      progress({ Operation: 'CREATE', OperationStatus: 'FAILED', ErrorCode: 'Throttling' }),
      progress({ OperationStatus: 'SUCCESS', Identifier: arn }),
      description(arn, properties),
    );
    await bucket.create({ vectorBucketName: 'b' });
    const tokens = fake.calls.slice(0, 2).map(({ body }) => body['ClientToken']);
    assert.notEqual(tokens[0], tokens[1]);
  });

  it('patches whole properties: adds, replaces, removes', async () => {
    const patchOf = async (before: object, after: object): Promise<unknown> => {
      fake.will(progress({ OperationStatus: 'SUCCESS', Identifier: arn }), description(arn, properties));
      const named = { vectorBucketName: 'b' };
      await bucket.update(arn, { ...named, ...before }, { ...named, ...after }, { ...named, ...before });
      return JSON.parse(String(fake.calls[0]!.body['PatchDocument']));
    };
    const tags = [{ key: 'k', value: 'v' }];
    const value = [{ Key: 'k', Value: 'v' }];
    assert.deepEqual(await patchOf({}, { tags }), [{ op: 'add', path: '/Tags', value }]);
    assert.deepEqual(await patchOf({ tags: [{ key: 'x', value: 'y' }] }, { tags }), [
      { op: 'replace', path: '/Tags', value },
    ]);
    assert.deepEqual(await patchOf({ tags }, {}), [{ op: 'remove', path: '/Tags' }]);
  });

  it('takes a resource that is already gone for deleted', async () => {
    fake.will(progress({ Operation: 'DELETE', OperationStatus: 'FAILED', ErrorCode: 'NotFound' }));
    await bucket.delete(arn, {});
    fake.will(failure('ResourceNotFoundException', 'gone'));
    await bucket.delete(arn, {});
    fake.will(
      progress({
        Operation: 'DELETE',
        OperationStatus: 'FAILED',
        ErrorCode: 'ResourceConflict',
        StatusMessage: 'full',
      }),
    );
    await assert.rejects(bucket.delete(arn, {}), /operation DELETE failed with "ResourceConflict": full/);
  });

  it('says when nothing answers, and where', async () => {
    const dead = await FakeCloudControl.start();
    const { url } = dead;
    const lonely = await Provider.start(awsNativePackage, { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1' });
    await lonely.configure({});
    dead.stop();
    await assert.rejects(
      lonely.resource('aws-native:s3vectors:VectorBucket', 'b').read(arn),
      new RegExp(
        `nothing answers at 127\\.0\\.0\\.1:${new URL(url).port}: is the local cloud up\\? \\(npm run local -- up\\)`,
      ),
    );
    lonely.stop();
  });
});
