import assert from 'node:assert/strict';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteVectorBucketCommand,
  DeleteVectorBucketPolicyCommand,
  GetVectorBucketCommand,
  GetVectorBucketPolicyCommand,
  ListVectorBucketsCommand,
  paginateListVectorBuckets,
  PutVectorBucketPolicyCommand,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import {
  ACCOUNT_ID,
  refusal,
  REGION,
  startService,
  uniqueName,
  type RunningService,
} from './running-service';

// Sources: [moto] getmoto/moto, tests/test_s3vectors, tests marked aws_verified (they also run against AWS);
// [evidence] FarukAda/aws-langchain-s3-vector-ts, docs/evidence; [model] the API model.
describe('vector buckets', () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const create = (vectorBucketName: string, more: object = {}) =>
    service.client.send(new CreateVectorBucketCommand({ vectorBucketName, ...more }));
  const arnOf = (name: string) => `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${name}`;

  it('are found by name and by ARN, with AES256 where nothing else was asked for [moto]', async () => {
    const name = uniqueName('bucket');
    const before = Math.floor(Date.now() / 1000) * 1000;
    assert.equal((await create(name)).vectorBucketArn, arnOf(name));
    for (const reference of [{ vectorBucketName: name }, { vectorBucketArn: arnOf(name) }]) {
      const { vectorBucket } = await service.client.send(new GetVectorBucketCommand(reference));
      assert.equal(vectorBucket?.vectorBucketName, name);
      assert.equal(vectorBucket.vectorBucketArn, arnOf(name));
      assert.deepEqual(vectorBucket.encryptionConfiguration, { sseType: 'AES256' });
      assert.ok(vectorBucket.creationTime!.getTime() >= before);
      assert.ok(vectorBucket.creationTime!.getTime() <= Date.now());
    }
  });

  it('are refused a name that is taken [moto]', async () => {
    const name = uniqueName('bucket');
    await create(name);
    assert.deepEqual(await refusal(create(name)), {
      name: 'ConflictException',
      status: 409,
      message: 'A vector bucket with the specified name already exists',
    });
  });

  it('are refused a name that is too short or too long, in the words of the framework [moto]', async () => {
    for (const name of ['sh', 'x'.repeat(64)]) {
      const message = `Value with length ${name.length} at '/vectorBucketName' failed to satisfy constraint: Member must have length between 3 and 63, inclusive`;
      assert.deepEqual(await refusal(create(name)), {
        name: 'ValidationException',
        status: 400,
        message: `1 validation error detected. ${message}`,
        fieldList: [{ path: '/vectorBucketName', message }],
      });
    }
  });

  it('are refused a name with other characters [moto]', async () => {
    for (const name of ['with_under_score', 'special&char', 'Upper', '-dash', 'dash-']) {
      assert.equal((await refusal(create(name))).message, 'Invalid vector bucket name', name);
    }
  });

  it('are not found when they do not exist, or belong to another account or Region [moto]', async () => {
    const name = uniqueName('bucket');
    await create(name);
    const references = [
      { vectorBucketName: uniqueName('bucket') },
      { vectorBucketArn: arnOf(name).replace(ACCOUNT_ID, '210987654321') },
      { vectorBucketArn: arnOf(name).replace(REGION, 'eu-central-1') },
    ];
    for (const reference of references) {
      assert.deepEqual(await refusal(service.client.send(new GetVectorBucketCommand(reference))), {
        name: 'NotFoundException',
        status: 404,
        message: 'The specified vector bucket could not be found',
      });
    }
  });

  it('must be named in exactly one way [moto]', async () => {
    const name = uniqueName('bucket');
    for (const reference of [{}, { vectorBucketName: name, vectorBucketArn: arnOf(name) }]) {
      const { name: error, message } = await refusal(
        service.client.send(new GetVectorBucketCommand(reference)),
      );
      assert.equal(error, 'ValidationException');
      assert.equal(message, 'Must specify either vectorBucketName or vectorBucketArn but not both');
    }
  });

  it('have their ARN checked against the pattern of the model [model]', async () => {
    const { message } = await refusal(
      service.client.send(new GetVectorBucketCommand({ vectorBucketArn: 'arn:aws:s3:::bucket' })),
    );
    assert.equal(
      message,
      "1 validation error detected. Value at '/vectorBucketArn' failed to satisfy constraint: Member must satisfy " +
        'regular expression pattern: ^arn:aws[-a-z0-9]*:s3vectors:[a-z0-9-]+:[0-9]{12}:bucket/' +
        '[a-z0-9][a-z0-9-.]{1,61}[a-z0-9]$',
    );
  });

  it('keep a KMS key, and refuse one without aws:kms or aws:kms without one [evidence index-encryption]', async () => {
    const kmsKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const name = uniqueName('bucket');
    await create(name, { encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn } });
    const { vectorBucket } = await service.client.send(
      new GetVectorBucketCommand({ vectorBucketName: name }),
    );
    assert.deepEqual(vectorBucket?.encryptionConfiguration, { sseType: 'aws:kms', kmsKeyArn });

    for (const encryptionConfiguration of [{ sseType: 'AES256', kmsKeyArn }, { kmsKeyArn }]) {
      const refused = await refusal(create(uniqueName('bucket'), { encryptionConfiguration }));
      assert.equal(refused.message, 'kmsKeyArn must not be specified when sseType is AES256.');
      assert.equal(refused.fieldList?.[0]?.path, 'EncryptionConfiguration');
    }
    const keyless = await refusal(
      create(uniqueName('bucket'), { encryptionConfiguration: { sseType: 'aws:kms' } }),
    );
    assert.equal(keyless.message, 'kmsKeyArn must be specified when sseType is set to aws:kms');
    const alias = { sseType: 'aws:kms', kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT_ID}:alias/mine` };
    assert.match(
      (await refusal(create(uniqueName('bucket'), { encryptionConfiguration: alias }))).message,
      /pattern/,
    );
  });

  it('are refused a KMS key of another Region or partition, and take one of another account', async () => {
    const key = (from: string) => `arn:${from}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const encryption = (kmsKeyArn: string) => ({
      encryptionConfiguration: { sseType: 'aws:kms' as const, kmsKeyArn },
    });
    for (const from of [`aws:kms:eu-west-1:${ACCOUNT_ID}`, `aws-cn:kms:${REGION}:${ACCOUNT_ID}`]) {
      const refused = await refusal(create(uniqueName('bucket'), encryption(key(from))));
      assert.equal(refused.status, 400);
      assert.match(refused.message, /^kmsKeyArn must be the ARN of a key in the same Region/);
      assert.equal(refused.fieldList?.[0]?.path, 'EncryptionConfiguration');
    }
    await create(uniqueName('bucket'), encryption(key(`aws:kms:${REGION}:999999999999`)));
  });

  it('are deleted when empty, and deleting one that does not exist succeeds [moto]', async () => {
    const name = uniqueName('bucket');
    await create(name);
    await service.client.send(new DeleteVectorBucketCommand({ vectorBucketName: name }));
    await service.client.send(new DeleteVectorBucketCommand({ vectorBucketName: name }));
    await refusal(service.client.send(new GetVectorBucketCommand({ vectorBucketName: name })));
  });

  it('are not deleted while they have an index [user guide, s3-vectors-buckets-delete]', async () => {
    const name = uniqueName('bucket');
    await create(name);
    await service.client.send(
      new CreateIndexCommand({
        vectorBucketName: name,
        indexName: 'index',
        dataType: 'float32',
        dimension: 1,
        distanceMetric: 'cosine',
      }),
    );
    const refused = await refusal(
      service.client.send(new DeleteVectorBucketCommand({ vectorBucketName: name })),
    );
    assert.deepEqual(refused, {
      name: 'ConflictException',
      status: 409,
      message: 'The specified vector bucket is not empty',
    });
  });

  it('are listed by prefix, in pages that neither repeat nor skip, with a token that is bound to its request', async () => {
    const prefix = uniqueName('listed');
    const names = Array.from({ length: 7 }, (_, at) => `${prefix}-${at}`);
    await Promise.all(names.map((name) => create(name)));
    const found: string[] = [];
    let pages = 0;
    for await (const page of paginateListVectorBuckets({ client: service.client, pageSize: 3 }, { prefix })) {
      pages += 1;
      found.push(...page.vectorBuckets!.map(({ vectorBucketName }) => vectorBucketName!));
    }
    assert.deepEqual(found, names);
    assert.equal(pages, 3);
    const { nextToken } = await service.client.send(new ListVectorBucketsCommand({ prefix, maxResults: 3 }));
    const other = service.client.send(new ListVectorBucketsCommand({ prefix: 'other', nextToken }));
    assert.equal((await refusal(other)).message, 'Invalid page token');
    assert.deepEqual(
      (await service.client.send(new ListVectorBucketsCommand({ prefix: uniqueName('none') }))).vectorBuckets,
      [],
    );
  });

  it('are listed at most 500 a page [model]', async () => {
    const { message } = await refusal(service.client.send(new ListVectorBucketsCommand({ maxResults: 501 })));
    assert.match(
      message,
      /Value at '\/maxResults' failed to satisfy constraint: Member must be between 1 and 500, inc/,
    );
  });

  it('have no policy at first, then the one that was put, then none [moto]', async () => {
    const name = uniqueName('bucket');
    await create(name);
    const none = {
      name: 'NotFoundException',
      status: 404,
      message: 'The specified vector bucket policy could not be found',
    };
    const get = () => service.client.send(new GetVectorBucketPolicyCommand({ vectorBucketArn: arnOf(name) }));
    assert.deepEqual(await refusal(get()), none);
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
          Action: 's3vectors:*',
          Resource: '*',
        },
      ],
    });
    await service.client.send(new PutVectorBucketPolicyCommand({ vectorBucketName: name, policy }));
    assert.equal((await get()).policy, policy);
    await service.client.send(new DeleteVectorBucketPolicyCommand({ vectorBucketName: name }));
    assert.deepEqual(await refusal(get()), none);
    await service.client.send(new DeleteVectorBucketPolicyCommand({ vectorBucketName: name }));
  });

  it('refuse a policy that is no JSON object with statements', async () => {
    const name = uniqueName('bucket');
    await create(name);
    for (const policy of ['{', '[]', '"text"', '{}']) {
      const put = service.client.send(new PutVectorBucketPolicyCommand({ vectorBucketName: name, policy }));
      assert.equal((await refusal(put)).name, 'ValidationException');
    }
  });

  it('that do not exist have no policy to get, put or delete [moto]', async () => {
    const vectorBucketName = uniqueName('bucket');
    const requests = [
      () => service.client.send(new GetVectorBucketPolicyCommand({ vectorBucketName })),
      () =>
        service.client.send(
          new PutVectorBucketPolicyCommand({ vectorBucketName, policy: '{"Statement":[]}' }),
        ),
      () => service.client.send(new DeleteVectorBucketPolicyCommand({ vectorBucketName })),
    ];
    for (const request of requests) {
      assert.equal((await refusal(request())).message, 'The specified vector bucket could not be found');
    }
  });
});
