import assert from 'node:assert/strict';
import { live, useAws } from './support/aws';
import type { CallError } from './support/provider';

describe('the S3 resources of the aws stand-in', () => {
  const aws = useAws();
  let bucket: string;
  let count = 0;

  beforeEach(async () => {
    bucket = `stand-in-test-${String(count++)}`;
    await aws().s3.createBucket({ Bucket: bucket });
  });
  afterEach(async () => {
    await aws().s3.deleteBucket({ Bucket: bucket });
  });

  const tags = async (Bucket: string) =>
    (await aws().s3.getBucketTagging({ Bucket })).TagSet?.map(({ Key, Value }) => [Key, Value]).sort();

  it('Bucket: lives with its tags, under a made-up lower-case name', async () => {
    const { id, state } = await live(aws().provider.resource('aws:s3/bucket:Bucket', 'My-Data'), {
      args: { tags: { team: 'search', stage: 'test' } },
      unknown: ['arn', 'bucketDomainName', 'bucketRegion', 'bucketRegionalDomainName'],
      observe: tags,
      created: [
        ['stage', 'test'],
        ['team', 'search'],
      ],
      changed: { tags: { team: 'index' } },
      changes: {
        'tags.stage': 'delete',
        'tags.team': 'update',
        'tagsAll.stage': 'delete',
        'tagsAll.team': 'update',
      },
      updated: [['team', 'index']],
    });
    assert.match(id, /^my-data-[0-9a-f]{7}$/);
    assert.equal(state['arn'], `arn:aws:s3:::${id}`);
    assert.equal(state['region'], 'us-east-1');
  });

  it('Bucket: is emptied, versions and all, before it is deleted, but only with forceDestroy', async () => {
    const resource = aws().provider.resource('aws:s3/bucket:Bucket');
    const inputs = await resource.checked({ bucket: `${bucket}-full`, forceDestroy: true });
    const { id, state } = await resource.create(inputs);
    await aws().s3.putBucketVersioning({ Bucket: id, VersioningConfiguration: { Status: 'Enabled' } });
    for (const Body of ['one', 'two']) await aws().s3.putObject({ Bucket: id, Key: 'key', Body });
    await aws().s3.deleteObject({ Bucket: id, Key: 'key' });

    await assert.rejects(resource.delete(id, { ...state, forceDestroy: false }), (error: CallError) => {
      assert.match(
        error.message,
        new RegExp(`^deleting aws:s3/bucket:Bucket "thing" \\(${id}\\): BucketNotEmpty: `),
      );
      return true;
    });
    await resource.delete(id, state);
    assert.equal((await resource.read(id)).id, '');
  });

  it('Bucket: is new under another name, and under the same name deleted first', async () => {
    const resource = aws().provider.resource('aws:s3/bucket:Bucket');
    const inputs = await resource.checked({ bucket: `${bucket}-a` });
    const state = { bucket: `${bucket}-a`, region: 'us-east-1', forceDestroy: false, tagsAll: {} };
    const renamed = await resource.diff(state, await resource.checked({ bucket: `${bucket}-b` }), inputs);
    assert.deepEqual(renamed.replaces, ['bucket']);
    assert.equal(renamed.deleteBeforeReplace, false);
    const moved = await resource.diff(
      state,
      await resource.checked({ bucket: `${bucket}-a`, region: 'eu-west-1' }),
      inputs,
    );
    assert.deepEqual(moved.detailed, { region: 'update-replace' });
    assert.equal(moved.deleteBeforeReplace, true);
  });

  it('Bucket: that the service refuses is an error with its words, and nothing is kept', async () => {
    const resource = aws().provider.resource('aws:s3/bucket:Bucket');
    const inputs = await resource.checked({ bucket: 'Not_A_Name' });
    await assert.rejects(resource.create(inputs), (error: CallError) => {
      assert.match(error.message, /^creating aws:s3\/bucket:Bucket "thing": InvalidBucketName/);
      assert.ok(!error.keepsResource);
      return true;
    });
  });

  it('Bucket: names the resource to use instead of an inline configuration', async () => {
    const resource = aws().provider.resource('aws:s3/bucket:Bucket');
    const { failures } = await resource.check({ versioning: { enabled: true }, acl: 'private' });
    assert.deepEqual(failures.map(({ property, reason }) => `${property}: ${reason}`).sort(), [
      'acl: not implemented by the local stand-in; use aws.s3.BucketAcl',
      'versioning: not implemented by the local stand-in; use aws.s3.BucketVersioning',
    ]);
  });

  it('BucketVersioning: is switched on, suspended, and never off again', async () => {
    const resource = aws().provider.resource('aws:s3/bucketVersioning:BucketVersioning');
    const of = (status: string) => ({ bucket, versioningConfiguration: { status } });
    await live(resource, {
      args: of('Enabled'),
      observe: async (Bucket) => (await aws().s3.getBucketVersioning({ Bucket })).Status,
      created: 'Enabled',
      changed: of('Suspended'),
      changes: { 'versioningConfiguration.status': 'update' },
      updated: 'Suspended',
      staysReadable: true,
    });
    const [old, news] = [await resource.checked(of('Enabled')), await resource.checked(of('Disabled'))];
    await assert.rejects(
      resource.update(bucket, old, news, old),
      /cannot be switched off: set versioningConfiguration\.status to Suspended/,
    );
  });

  it('BucketServerSideEncryptionConfiguration', async () => {
    const type = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';
    const kmsMasterKeyId = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
    await live(aws().provider.resource(type), {
      args: {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId },
            bucketKeyEnabled: true,
          },
        ],
      },
      observe: async (Bucket) => {
        const { ServerSideEncryptionConfiguration } = await aws().s3.getBucketEncryption({ Bucket });
        const rule = ServerSideEncryptionConfiguration?.Rules?.[0];
        return [
          rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
          rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
          rule?.BucketKeyEnabled ?? false,
        ];
      },
      created: ['aws:kms', kmsMasterKeyId, true],
      changed: { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
      changes: { rules: 'update' },
      updated: ['AES256', undefined, false],
      staysReadable: true,
    });
  });

  it('BucketPublicAccessBlock', async () => {
    await live(aws().provider.resource('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'), {
      args: { bucket, blockPublicAcls: true, blockPublicPolicy: true },
      observe: async (Bucket) => {
        const { PublicAccessBlockConfiguration: block } = await aws().s3.getPublicAccessBlock({ Bucket });
        return [
          block?.BlockPublicAcls,
          block?.BlockPublicPolicy,
          block?.IgnorePublicAcls,
          block?.RestrictPublicBuckets,
        ];
      },
      created: [true, true, false, false],
      changed: { bucket, blockPublicAcls: true, restrictPublicBuckets: true },
      changes: { blockPublicPolicy: 'update', restrictPublicBuckets: 'update' },
      updated: [true, false, false, true],
    });
  });

  it('BucketOwnershipControls', async () => {
    await live(aws().provider.resource('aws:s3/bucketOwnershipControls:BucketOwnershipControls'), {
      args: { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      observe: async (Bucket) =>
        (await aws().s3.getBucketOwnershipControls({ Bucket })).OwnershipControls?.Rules?.[0]
          ?.ObjectOwnership,
      created: 'BucketOwnerEnforced',
      changed: { bucket, rule: { objectOwnership: 'ObjectWriter' } },
      changes: { 'rule.objectOwnership': 'update' },
      updated: 'ObjectWriter',
    });
  });

  it('BucketPolicy: from an object, and unchanged when it says the same in other words', async () => {
    const resource = aws().provider.resource('aws:s3/bucketPolicy:BucketPolicy');
    const statement = {
      Sid: 'Tls',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const of = (...Statement: object[]) => ({ Version: '2012-10-17', Statement }) as never;
    const observe = async (Bucket: string) => {
      const { Policy } = await aws().s3.getBucketPolicy({ Bucket });
      return (JSON.parse(Policy ?? '') as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid);
    };
    await live(resource, {
      args: { bucket, policy: of(statement) },
      observe,
      created: ['Tls'],
      changed: { bucket, policy: of({ ...statement, Sid: 'OnlyTls' }) },
      changes: { policy: 'update' },
      updated: ['OnlyTls'],
    });
    const inputs = await resource.checked({ bucket, policy: of(statement) });
    const reworded = JSON.stringify({
      Statement: { ...statement, Action: ['s3:*'], Resource: [...statement.Resource].reverse() },
      Version: '2012-10-17',
    });
    const news = await resource.checked({ bucket, policy: reworded });
    const diff = await resource.diff({ ...inputs, region: 'us-east-1' }, news, inputs);
    assert.deepEqual(diff.detailed, {});
  });

  it('BucketLifecycleConfiguration', async () => {
    const type = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration';
    const first = {
      id: 'older-versions',
      status: 'Enabled',
      filter: {},
      noncurrentVersionTransitions: [{ noncurrentDays: 90, storageClass: 'GLACIER_IR' }],
      noncurrentVersionExpiration: { noncurrentDays: 180 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    };
    const second = { id: 'logs', status: 'Disabled', filter: { prefix: 'logs/' }, expiration: { days: 30 } };
    const observe = async (Bucket: string) => {
      const { Rules } = await aws().s3.getBucketLifecycleConfiguration({ Bucket });
      return Rules?.map((rule) => [
        rule.ID,
        rule.Status,
        rule.NoncurrentVersionTransitions?.[0]?.NoncurrentDays,
        rule.NoncurrentVersionExpiration?.NoncurrentDays,
        rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
        rule.Expiration?.Days,
      ]);
    };
    await live(aws().provider.resource(type), {
      args: { bucket, rules: [first] },
      unknown: ['transitionDefaultMinimumObjectSize'],
      observe,
      created: [['older-versions', 'Enabled', 90, 180, 7, undefined]],
      changed: {
        bucket,
        rules: [{ ...first, noncurrentVersionExpiration: { noncurrentDays: 200 } }, second],
      },
      changes: { 'rules[0].noncurrentVersionExpiration.noncurrentDays': 'update', 'rules[1]': 'add' },
      updated: [
        ['older-versions', 'Enabled', 90, 200, 7, undefined],
        ['logs', 'Disabled', undefined, undefined, undefined, 30],
      ],
    });
  });

  it('BucketLogging', async () => {
    await live(aws().provider.resource('aws:s3/bucketLogging:BucketLogging'), {
      args: { bucket, targetBucket: bucket, targetPrefix: 'log/' },
      observe: async (Bucket) => (await aws().s3.getBucketLogging({ Bucket })).LoggingEnabled?.TargetPrefix,
      created: 'log/',
      changed: { bucket, targetBucket: bucket, targetPrefix: 'logs/' },
      changes: { targetPrefix: 'update' },
      updated: 'logs/',
    });
  });

  it('says what the service said when a bucket is missing', async () => {
    const resource = aws().provider.resource('aws:s3/bucketPolicy:BucketPolicy', 'policy');
    const inputs = await resource.checked({ bucket: 'nobody-has-this', policy: '{}' });
    await assert.rejects(
      resource.create(inputs),
      /^Error: creating aws:s3\/bucketPolicy:BucketPolicy "policy": NoSuchBucket: /,
    );
  });
});
