import assert from 'node:assert/strict';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  GetIndexCommand,
  ListIndexesCommand,
  paginateListIndexes,
  PutVectorsCommand,
  type CreateIndexCommandInput,
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

// Sources as in buckets.test.ts.
describe('vector indexes', () => {
  const bucket = uniqueName('bucket');
  let service: RunningService;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: bucket }));
  });
  after(() => service.stop());

  const create = (indexName: string, more: Partial<CreateIndexCommandInput> = {}) =>
    service.client.send(
      new CreateIndexCommand({
        vectorBucketName: bucket,
        indexName,
        dataType: 'float32',
        dimension: 4,
        distanceMetric: 'cosine',
        ...more,
      }),
    );
  const get = (indexName: string) =>
    service.client.send(new GetIndexCommand({ vectorBucketName: bucket, indexName }));
  const arnOf = (name: string) => `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${bucket}/index/${name}`;

  it('are found by name and by ARN, with everything that they were created with [moto]', async () => {
    const name = uniqueName('index');
    const { indexArn } = await create(name, {
      dimension: 3072,
      metadataConfiguration: { nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'] },
    });
    assert.equal(indexArn, arnOf(name));
    for (const reference of [{ vectorBucketName: bucket, indexName: name }, { indexArn }]) {
      const { index } = await service.client.send(new GetIndexCommand(reference));
      const { creationTime, ...rest } = index!;
      assert.ok(creationTime instanceof Date);
      assert.deepEqual(
        { ...rest, indexMode: undefined },
        {
          vectorBucketName: bucket,
          indexName: name,
          indexArn,
          dataType: 'float32',
          dimension: 3072,
          distanceMetric: 'cosine',
          metadataConfiguration: { nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'] },
          encryptionConfiguration: { sseType: 'AES256' },
          indexMode: undefined,
        },
      );
    }
  });

  it('can be created in a bucket that is named by ARN', async () => {
    const name = uniqueName('index');
    await create(name, { vectorBucketName: undefined, vectorBucketArn: arnOf(name).split('/index/')[0] });
    assert.equal((await get(name)).index?.indexName, name);
  });

  const broken: [what: string, input: Partial<CreateIndexCommandInput>, constraint: string][] = [
    [
      'data type',
      { dataType: 'int' as 'float32' },
      "'/dataType' failed to satisfy constraint: Member must satisfy enum value set: [float32]",
    ],
    [
      'dimension above 4096',
      { dimension: 99_999 },
      "'/dimension' failed to satisfy constraint: Member must be between 1 and 4096, inclusive",
    ],
    [
      'dimension below 1',
      { dimension: 0 },
      "'/dimension' failed to satisfy constraint: Member must be between 1 and 4096, inclusive",
    ],
    [
      'distance metric',
      { distanceMetric: 'what' as 'cosine' },
      "'/distanceMetric' failed to satisfy constraint: Member must satisfy enum value set: [euclidean, cosine]",
    ],
  ];
  for (const [what, input, constraint] of broken) {
    it(`are refused with another ${what}, in the words of the framework [moto]`, async () => {
      const refused = await refusal(create(uniqueName('index'), input));
      assert.equal(refused.name, 'ValidationException');
      assert.equal(refused.message, `1 validation error detected. Value at ${constraint}`);
    });
  }

  it('are refused with all broken constraints in one answer', async () => {
    const refused = await refusal(create('ab', { dimension: 5000, distanceMetric: 'dot' as 'cosine' }));
    assert.match(refused.message, /^3 validation errors detected\. /);
    assert.deepEqual(
      refused.fieldList?.map(({ path }) => path),
      ['/indexName', '/dimension', '/distanceMetric'],
    );
  });

  it('are refused an empty list of non-filterable keys, more than 10, and one of more than 63 characters [model]', async () => {
    for (const nonFilterableMetadataKeys of [
      [],
      Array.from({ length: 11 }, (_, at) => `k${at}`),
      ['k'.repeat(64)],
    ]) {
      const refused = await refusal(
        create(uniqueName('index'), { metadataConfiguration: { nonFilterableMetadataKeys } }),
      );
      assert.match(refused.message, /nonFilterableMetadataKeys.*Member must have length between/);
    }
    const most = Array.from({ length: 10 }, (_, at) => `${'k'.repeat(62)}${at}`);
    await create(uniqueName('index'), { metadataConfiguration: { nonFilterableMetadataKeys: most } });
  });

  it('may have dots in their names, unlike buckets, and no other characters [user guide, s3-vectors-indexes]', async () => {
    await create(`${uniqueName('index')}.v2`);
    for (const name of ['under_score', 'Upper', '.dot', 'dot.']) {
      assert.equal((await refusal(create(name))).name, 'ValidationException', name);
    }
  });

  it('are refused in a bucket that does not exist', async () => {
    const refused = await refusal(create(uniqueName('index'), { vectorBucketName: uniqueName('bucket') }));
    assert.equal(refused.message, 'The specified vector bucket could not be found');
  });

  it('are refused a name that is taken [evidence index-create-race]', async () => {
    const name = uniqueName('index');
    await create(name);
    assert.deepEqual(await refusal(create(name)), {
      name: 'ConflictException',
      status: 409,
      message: 'An index with the specified name already exists',
    });
  });

  it('have one winner when many are created at once, whose settings the losers read at once [evidence index-create-race]', async () => {
    const name = uniqueName('index');
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => create(name, { dimension: at + 1 }).then(() => at + 1)),
    );
    const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
    assert.equal(winners.length, 1);
    assert.equal((await get(name)).index?.dimension, winners[0]?.value);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') assert.equal((attempt.reason as Error).name, 'ConflictException');
    }
  });

  it('are not found by a name or an ARN that does not exist, not even in an unknown bucket [moto]', async () => {
    const references = [
      { vectorBucketName: bucket, indexName: uniqueName('index') },
      { vectorBucketName: uniqueName('bucket'), indexName: uniqueName('index') },
      { indexArn: arnOf(uniqueName('index')) },
    ];
    for (const reference of references) {
      assert.deepEqual(await refusal(service.client.send(new GetIndexCommand(reference))), {
        name: 'NotFoundException',
        status: 404,
        message: 'The specified index could not be found',
      });
    }
  });

  it('must be named in exactly one way [moto]', async () => {
    const name = uniqueName('index');
    const references = [
      {},
      { indexName: name },
      { vectorBucketName: bucket },
      { vectorBucketName: bucket, indexArn: arnOf(name) },
      { vectorBucketName: bucket, indexName: name, indexArn: arnOf(name) },
    ];
    for (const reference of references) {
      const refused = await refusal(service.client.send(new GetIndexCommand(reference)));
      assert.equal(refused.message, 'Must specify either indexArn or both vectorBucketName and indexName');
    }
  });

  it('are gone after their deletion, and deleting one that does not exist is refused [evidence delete-absent]', async () => {
    const name = uniqueName('index');
    await create(name);
    await service.client.send(new DeleteIndexCommand({ indexArn: arnOf(name) }));
    const again = service.client.send(new DeleteIndexCommand({ vectorBucketName: bucket, indexName: name }));
    assert.deepEqual(await refusal(again), {
      name: 'NotFoundException',
      status: 404,
      message: 'The specified index could not be found',
    });
  });

  it('are empty and may be of another shape when created again under the same name', async () => {
    const indexName = uniqueName('index');
    await create(indexName);
    const vectors = [{ key: 'a', data: { float32: [1, 2, 3, 4] } }];
    await service.client.send(new PutVectorsCommand({ vectorBucketName: bucket, indexName, vectors }));
    await service.client.send(new DeleteIndexCommand({ vectorBucketName: bucket, indexName }));
    await create(indexName, { dimension: 2 });
    const put = service.client.send(new PutVectorsCommand({ vectorBucketName: bucket, indexName, vectors }));
    assert.match((await refusal(put)).message, /vector must have length 2, but has length 4/);
  });

  it('inherit the encryption of their bucket and may have their own [user guide, s3-vectors-data-encryption]', async () => {
    const kmsKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const vectorBucketName = uniqueName('bucket');
    const encryptionConfiguration = { sseType: 'aws:kms', kmsKeyArn } as const;
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName, encryptionConfiguration }));
    await create('inherits', { vectorBucketName });
    await create('overrides', { vectorBucketName, encryptionConfiguration: { sseType: 'AES256' } });
    const read = async (indexName: string) =>
      (await service.client.send(new GetIndexCommand({ vectorBucketName, indexName }))).index
        ?.encryptionConfiguration;
    assert.deepEqual(await read('inherits'), encryptionConfiguration);
    assert.deepEqual(await read('overrides'), { sseType: 'AES256' });
  });

  it('are refused a KMS key of another Region', async () => {
    const vectorBucketName = uniqueName('bucket');
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
    const kmsKeyArn = `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const encryptionConfiguration = { sseType: 'aws:kms', kmsKeyArn } as const;
    const refused = await refusal(create('elsewhere', { vectorBucketName, encryptionConfiguration }));
    assert.equal(refused.status, 400);
    assert.match(refused.message, /^kmsKeyArn must be the ARN of a key in the same Region/);
  });

  it('are listed by bucket name or ARN and by prefix, in pages [moto]', async () => {
    const vectorBucketName = uniqueName('bucket');
    const { vectorBucketArn } = await service.client.send(
      new CreateVectorBucketCommand({ vectorBucketName }),
    );
    const names = ['a-1', 'a-2', 'a-3', 'b-1'];
    for (const name of names) await create(name, { vectorBucketName });
    for (const reference of [{ vectorBucketName }, { vectorBucketArn }]) {
      const found: (string | undefined)[] = [];
      for await (const { indexes } of paginateListIndexes(
        { client: service.client, pageSize: 3 },
        reference,
      )) {
        found.push(...indexes!.map(({ indexName }) => indexName));
      }
      assert.deepEqual(found, names);
    }
    const { indexes } = await service.client.send(new ListIndexesCommand({ vectorBucketName, prefix: 'a-' }));
    assert.equal(indexes?.length, 3);
    const both = service.client.send(new ListIndexesCommand({ vectorBucketName, vectorBucketArn }));
    assert.equal(
      (await refusal(both)).message,
      'Must specify either vectorBucketName or vectorBucketArn but not both',
    );
    const unknown = service.client.send(new ListIndexesCommand({ vectorBucketName: uniqueName('bucket') }));
    assert.equal((await refusal(unknown)).message, 'The specified vector bucket could not be found');
  });
});
