import assert from 'node:assert/strict';
import {
  CloudControlClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  ListResourcesCommand,
  UpdateResourceCommand,
  type ProgressEvent,
} from '@aws-sdk/client-cloudcontrol';
import { GetIndexCommand, PutVectorsCommand } from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import {
  ACCOUNT_ID,
  CREDENTIALS,
  refusal,
  REGION,
  startService,
  uniqueName,
  type RunningService,
} from './running-service';

const BUCKET = 'AWS::S3Vectors::VectorBucket';
const INDEX = 'AWS::S3Vectors::Index';
const POLICY = 'AWS::S3Vectors::VectorBucketPolicy';

// What the aws-native provider of Pulumi was seen to send and to expect, and the Cloud Control API reference.
describe('Cloud Control for AWS::S3Vectors::*', () => {
  let service: RunningService;
  let client: CloudControlClient;
  before(async () => {
    service = await startService();
    client = new CloudControlClient({
      region: REGION,
      endpoint: service.server.url,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
  });
  after(async () => {
    client.destroy();
    await service.stop();
  });

  type Properties = Record<string, unknown>;
  const create = async (
    TypeName: string,
    desired: Properties,
    ClientToken?: string,
  ): Promise<ProgressEvent> =>
    (
      await client.send(
        new CreateResourceCommand({
          TypeName,
          DesiredState: JSON.stringify(desired),
          ...(ClientToken === undefined ? {} : { ClientToken }),
        }),
      )
    ).ProgressEvent!;
  const update = async (TypeName: string, Identifier: string, patch: unknown): Promise<ProgressEvent> =>
    (
      await client.send(
        new UpdateResourceCommand({ TypeName, Identifier, PatchDocument: JSON.stringify(patch) }),
      )
    ).ProgressEvent!;
  const remove = async (TypeName: string, Identifier: string): Promise<ProgressEvent> =>
    (await client.send(new DeleteResourceCommand({ TypeName, Identifier }))).ProgressEvent!;
  const read = async (TypeName: string, Identifier: string): Promise<Properties> =>
    JSON.parse(
      (await client.send(new GetResourceCommand({ TypeName, Identifier }))).ResourceDescription!.Properties!,
    ) as Properties;
  const newBucket = async (more: Properties = {}): Promise<{ name: string; arn: string }> => {
    const name = uniqueName('bucket');
    const event = await create(BUCKET, { VectorBucketName: name, ...more });
    assert.equal(event.OperationStatus, 'SUCCESS', event.StatusMessage);
    return { name, arn: event.Identifier! };
  };
  const episodes = { DataType: 'float32', Dimension: 3, DistanceMetric: 'cosine', IndexName: 'episodes' };
  const failedWith = (event: ProgressEvent, code: string, message?: RegExp): void => {
    assert.equal(event.OperationStatus, 'FAILED');
    assert.equal(event.ErrorCode, code, event.StatusMessage);
    if (message !== undefined) assert.match(event.StatusMessage!, message);
  };

  it('creates a bucket whose properties are then read back', async () => {
    const { name, arn } = await newBucket({ Tags: [{ Key: 'env', Value: 'dev' }] });
    assert.equal(arn, `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${name}`);
    const { CreationTime, ...rest } = await read(BUCKET, arn);
    assert.match(CreationTime as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    assert.deepEqual(rest, {
      VectorBucketName: name,
      VectorBucketArn: arn,
      EncryptionConfiguration: { SseType: 'AES256' },
      Tags: [{ Key: 'env', Value: 'dev' }],
    });
  });

  it('creates an index whose properties are then read back, and which S3 Vectors has', async () => {
    const { name, arn } = await newBucket();
    const { Identifier } = await create(INDEX, {
      ...episodes,
      VectorBucketName: name,
      MetadataConfiguration: { NonFilterableMetadataKeys: ['successful_prompt'] },
    });
    assert.equal(Identifier, `${arn}/index/episodes`);
    const { CreationTime, ...rest } = await read(INDEX, Identifier);
    assert.ok(CreationTime);
    assert.deepEqual(rest, {
      ...episodes,
      IndexArn: Identifier,
      VectorBucketName: name,
      VectorBucketArn: arn,
      MetadataConfiguration: { NonFilterableMetadataKeys: ['successful_prompt'] },
      EncryptionConfiguration: { SseType: 'AES256' },
    });
    const { index } = await service.client.send(new GetIndexCommand({ indexArn: Identifier }));
    assert.equal(index?.dimension, 3);
  });

  it('tells of a finished request by its token, and of no other', async () => {
    const event = await create(BUCKET, { VectorBucketName: uniqueName('bucket') });
    assert.equal(event.Operation, 'CREATE');
    assert.ok(Math.abs(event.EventTime!.getTime() - Date.now()) < 60_000);
    const { ProgressEvent: again } = await client.send(
      new GetResourceRequestStatusCommand({ RequestToken: event.RequestToken }),
    );
    assert.deepEqual(again, event);
    const unknown = await refusal(
      client.send(new GetResourceRequestStatusCommand({ RequestToken: 'unknown' })),
    );
    assert.equal(unknown.name, 'RequestTokenNotFoundException');
  });

  it('does a creation once for a ClientToken, and refuses the token for anything else', async () => {
    const token = uniqueName('token');
    const desired = { VectorBucketName: uniqueName('bucket') };
    const [first, second] = await Promise.all([
      create(BUCKET, desired, token),
      create(BUCKET, desired, token),
    ]);
    assert.deepEqual(first, second);
    assert.equal(first.OperationStatus, 'SUCCESS');
    const other = await refusal(create(BUCKET, { VectorBucketName: uniqueName('bucket') }, token));
    assert.equal(other.name, 'ClientTokenConflictException');
  });

  it('fails with AlreadyExists where the resource is there', async () => {
    const { name } = await newBucket();
    failedWith(await create(BUCKET, { VectorBucketName: name }), 'AlreadyExists');
    assert.equal((await create(INDEX, { ...episodes, VectorBucketName: name })).OperationStatus, 'SUCCESS');
    failedWith(await create(INDEX, { ...episodes, VectorBucketName: name }), 'AlreadyExists');
  });

  it('fails with InvalidRequest for what the schema or the service refuses, naming everything', async () => {
    const { name } = await newBucket();
    failedWith(
      await create(INDEX, { VectorBucketName: name, Surprise: 1, IndexArn: 'arn', DataType: 'float32' }),
      'InvalidRequest',
      /extraneous key \[Surprise\].*required key \[Dimension\].*required key \[DistanceMetric\].*readOnly property \[IndexArn\]/,
    );
    failedWith(
      await create(INDEX, { ...episodes, VectorBucketName: name, Dimension: 5000 }),
      'InvalidRequest',
      /between 1 and 4096/,
    );
    failedWith(
      await create(BUCKET, { VectorBucketName: 'Bad_Name' }),
      'InvalidRequest',
      /Invalid vector bucket name/,
    );
    failedWith(
      await create(BUCKET, { VectorBucketName: uniqueName('bucket'), Tags: { a: 'b' } }),
      'InvalidRequest',
    );
  });

  it('fails with InvalidRequest for unknown members of a tag, and for a name or another property that is null', async () => {
    const tagged = (...tags: object[]) =>
      create(BUCKET, { VectorBucketName: uniqueName('bucket'), Tags: tags });
    failedWith(
      await tagged({ Key: 'a', Value: 'b' }, { Key: 'c', Value: 'd', Colour: 'red' }),
      'InvalidRequest',
      /#\/Tags\/1: extraneous key \[Colour\] is not permitted/,
    );
    failedWith(
      await create(BUCKET, { VectorBucketName: null }),
      'InvalidRequest',
      /#\/VectorBucketName: .*Null/,
    );
    const { name, arn } = await newBucket();
    failedWith(
      await create(INDEX, { ...episodes, VectorBucketName: name, IndexName: null }),
      'InvalidRequest',
      /#\/IndexName: .*Null/,
    );
    failedWith(await update(BUCKET, arn, [{ op: 'add', path: '/Tags', value: null }]), 'InvalidRequest');
  });

  it('fails with InvalidRequest for unknown members of nested properties, and for texts where numbers belong', async () => {
    const { name } = await newBucket();
    failedWith(
      await create(INDEX, {
        ...episodes,
        VectorBucketName: name,
        EncryptionConfiguration: { sseType: 'AES256' },
        MetadataConfiguration: { NonFilterableMetadataKeys: ['a'], TextSearchConfigurations: [] },
      }),
      'InvalidRequest',
      /#\/EncryptionConfiguration: extraneous key \[sseType\].*#\/MetadataConfiguration: extraneous key \[TextSearch/,
    );
    failedWith(
      await create(INDEX, { ...episodes, VectorBucketName: name, EncryptionConfiguration: 'AES256' }),
      'InvalidRequest',
      /#\/EncryptionConfiguration: expected type: JSONObject/,
    );
    failedWith(
      await create(INDEX, { ...episodes, VectorBucketName: name, Dimension: '3' }),
      'InvalidRequest',
      /dimension is string, not an integer/,
    );
  });

  it('fails with InvalidRequest where name and ARN are those of two buckets, and takes those of one', async () => {
    const [one, two] = [await newBucket(), await newBucket()];
    const both = { VectorBucketName: one.name, VectorBucketArn: two.arn };
    failedWith(await create(INDEX, { ...episodes, ...both }), 'InvalidRequest', /is not the bucket of/);
    const same = { VectorBucketName: one.name, VectorBucketArn: one.arn };
    const event = await create(INDEX, { ...episodes, ...same });
    assert.equal(event.Identifier, `${one.arn}/index/episodes`, event.StatusMessage);
  });

  it('fails with NotFound for an index in a bucket that is not there', async () => {
    failedWith(await create(INDEX, { ...episodes, VectorBucketName: uniqueName('bucket') }), 'NotFound');
  });

  it('updates tags in place with the patches that aws-native sends', async () => {
    const bucket = await newBucket();
    const index = (await create(INDEX, { ...episodes, VectorBucketArn: bucket.arn })).Identifier!;
    for (const [type, identifier] of [
      [BUCKET, bucket.arn],
      [INDEX, index],
    ] as const) {
      const tags = async () => (await read(type, identifier))['Tags'];
      const one = [{ Key: 'env', Value: 'dev' }];
      const two = [
        { Key: 'env', Value: 'prod' },
        { Key: 'team', Value: 'search' },
      ];
      assert.equal(
        (await update(type, identifier, [{ op: 'add', path: '/Tags', value: one }])).OperationStatus,
        'SUCCESS',
      );
      assert.deepEqual(await tags(), one);
      await update(type, identifier, [{ op: 'replace', path: '/Tags', value: two }]);
      assert.deepEqual(await tags(), two);
      await update(type, identifier, [{ op: 'remove', path: '/Tags' }]);
      assert.equal(await tags(), undefined);
      assert.equal((await update(type, identifier, [])).OperationStatus, 'SUCCESS');
    }
  });

  it('leaves the tags as they were where any of the wanted ones is refused', async () => {
    const { arn } = await newBucket({ Tags: [{ Key: 'env', Value: 'dev' }] });
    const tag = (Key: string) => ({ Key, Value: 'x' });
    const refused = [
      [tag('good'), tag('aws:system')],
      [tag('good'), tag('#')],
      Array.from({ length: 51 }, (_, n) => tag(`k${n}`)),
      [tag('twice'), tag('twice')],
    ];
    for (const value of refused) {
      failedWith(await update(BUCKET, arn, [{ op: 'replace', path: '/Tags', value }]), 'InvalidRequest');
      assert.deepEqual((await read(BUCKET, arn))['Tags'], [{ Key: 'env', Value: 'dev' }]);
    }
  });

  it('fails with NotFound where what is to be updated is not there', async () => {
    const { arn } = await newBucket();
    for (const [type, identifier] of [
      [BUCKET, `${arn}-absent`],
      [INDEX, `${arn}/index/absent`],
      [POLICY, arn],
    ] as const) {
      failedWith(await update(type, identifier, []), 'NotFound');
    }
  });

  it('answers a repeated ClientToken with the first event also for failures, updates and deletions', async () => {
    const { name, arn } = await newBucket();
    const send = async (command: 'create' | 'update' | 'delete', ClientToken: string) => {
      const common = { TypeName: BUCKET, ClientToken };
      const { ProgressEvent: event } =
        command === 'create'
          ? await client.send(
              new CreateResourceCommand({
                ...common,
                DesiredState: JSON.stringify({ VectorBucketName: name }),
              }),
            )
          : command === 'update'
            ? await client.send(
                new UpdateResourceCommand({ ...common, Identifier: arn, PatchDocument: '[]' }),
              )
            : await client.send(new DeleteResourceCommand({ ...common, Identifier: arn }));
      return event!;
    };
    for (const [command, status] of [
      ['create', 'FAILED'],
      ['update', 'SUCCESS'],
      ['delete', 'SUCCESS'],
    ] as const) {
      const token = uniqueName('token');
      const first = await send(command, token);
      assert.equal(first.OperationStatus, status, first.StatusMessage);
      assert.deepEqual(await send(command, token), first);
      const other = command === 'delete' ? 'update' : 'delete';
      assert.equal((await refusal(send(other, token))).name, 'ClientTokenConflictException');
    }
  });

  it('refuses to list indexes without their bucket', async () => {
    const list = client.send(new ListResourcesCommand({ TypeName: INDEX }));
    const refused = await refusal(list);
    assert.equal(refused.name, 'InvalidRequestException');
    assert.match(refused.message, /^Must specify either vectorBucketName or vectorBucketArn/);
  });

  it('keeps the vectors of an index whose tags change', async () => {
    const bucket = await newBucket();
    const indexArn = (await create(INDEX, { ...episodes, VectorBucketArn: bucket.arn })).Identifier!;
    const vectors = [{ key: 'a', data: { float32: [1, 2, 3] } }];
    await service.client.send(new PutVectorsCommand({ indexArn, vectors }));
    await update(INDEX, indexArn, [{ op: 'add', path: '/Tags', value: [{ Key: 'a', Value: 'b' }] }]);
    await service.client.send(new PutVectorsCommand({ indexArn, vectors }));
  });

  for (const [type, property, value] of [
    [BUCKET, 'VectorBucketName', 'another-name'],
    [BUCKET, 'EncryptionConfiguration', { SseType: 'aws:kms', KmsKeyArn: 'arn:aws:kms:x:y:key/z' }],
    [INDEX, 'Dimension', 4],
    [INDEX, 'DistanceMetric', 'euclidean'],
    [INDEX, 'DataType', 'float16'],
    [INDEX, 'IndexName', 'another'],
    [INDEX, 'MetadataConfiguration', { NonFilterableMetadataKeys: ['x'] }],
    [INDEX, 'EncryptionConfiguration', { SseType: 'aws:kms' }],
    [INDEX, 'VectorBucketName', 'another-name'],
  ] as const) {
    it(`fails with NotUpdatable where a patch changes ${property} of ${type}`, async () => {
      const bucket = await newBucket();
      const identifier =
        type === BUCKET
          ? bucket.arn
          : (await create(INDEX, { ...episodes, VectorBucketArn: bucket.arn })).Identifier!;
      const before = await read(type, identifier);
      const event = await update(type, identifier, [{ op: 'add', path: `/${property}`, value }]);
      failedWith(event, 'NotUpdatable', new RegExp(`createOnlyProperties \\[/properties/${property}\\]`));
      assert.deepEqual(await read(type, identifier), before);
    });
  }

  it('fails with InvalidRequest for a patch that changes what is read-only, does not fit, or is none', async () => {
    const { arn } = await newBucket();
    const patches: unknown[] = [
      [{ op: 'replace', path: '/CreationTime', value: 'now' }],
      [{ op: 'remove', path: '/Tags' }],
      [{ op: 'jump', path: '/Tags' }],
      [{ op: 'add', path: 'Tags', value: [] }],
      [{ op: 'add', path: '/Surprise', value: 1 }],
      { op: 'add' },
      [null],
      [{ op: 'test', path: '/VectorBucketName', value: 'another' }],
    ];
    for (const patch of patches) failedWith(await update(BUCKET, arn, patch), 'InvalidRequest');
  });

  it('deletes, and fails with NotFound for what is gone and with ResourceConflict for a bucket in use', async () => {
    const { arn } = await newBucket();
    const index = (await create(INDEX, { ...episodes, VectorBucketArn: arn })).Identifier!;
    failedWith(await remove(BUCKET, arn), 'ResourceConflict', /not empty/);
    for (const [type, identifier] of [
      [INDEX, index],
      [BUCKET, arn],
    ] as const) {
      assert.equal((await remove(type, identifier)).OperationStatus, 'SUCCESS');
      failedWith(await remove(type, identifier), 'NotFound');
      assert.equal((await refusal(read(type, identifier))).name, 'ResourceNotFoundException');
    }
  });

  it('creates, reads, changes and deletes a bucket policy', async () => {
    const { name, arn } = await newBucket();
    const Policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3vectors:*', Resource: '*' }],
    };
    const event = await create(POLICY, { VectorBucketArn: arn, Policy });
    assert.equal(event.Identifier, arn);
    assert.deepEqual(await read(POLICY, arn), { VectorBucketArn: arn, VectorBucketName: name, Policy });
    failedWith(await create(POLICY, { VectorBucketArn: arn, Policy }), 'AlreadyExists');
    const changed = { ...Policy, Statement: [] };
    assert.equal(
      (await update(POLICY, arn, [{ op: 'replace', path: '/Policy', value: changed }])).OperationStatus,
      'SUCCESS',
    );
    assert.deepEqual((await read(POLICY, arn))['Policy'], changed);
    assert.equal((await remove(POLICY, arn)).OperationStatus, 'SUCCESS');
    failedWith(await remove(POLICY, arn), 'NotFound');
    assert.equal((await refusal(read(POLICY, arn))).name, 'ResourceNotFoundException');
  });

  it('takes a policy as text too', async () => {
    const { arn } = await newBucket();
    await create(POLICY, { VectorBucketArn: arn, Policy: '{"Statement":[]}' });
    assert.deepEqual((await read(POLICY, arn))['Policy'], { Statement: [] });
  });

  it('lists buckets in pages, and the indexes of a bucket', async () => {
    const { arn } = await newBucket();
    await newBucket();
    for (const IndexName of ['a-index', 'b-index'])
      await create(INDEX, { ...episodes, IndexName, VectorBucketArn: arn });
    const { ResourceDescriptions: indexes } = await client.send(
      new ListResourcesCommand({ TypeName: INDEX, ResourceModel: JSON.stringify({ VectorBucketArn: arn }) }),
    );
    assert.deepEqual(
      indexes?.map(({ Identifier }) => Identifier),
      [`${arn}/index/a-index`, `${arn}/index/b-index`],
    );
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListResourcesCommand({ TypeName: BUCKET, MaxResults: 1, NextToken }),
      );
      assert.equal(page.ResourceDescriptions?.length, 1);
      found.push(page.ResourceDescriptions[0]?.Identifier);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    assert.ok(found.includes(arn));
    assert.equal(new Set(found).size, found.length);
  });

  it('refuses a type that it does not have, and names those that it has', async () => {
    const refused = await refusal(create('AWS::S3::Bucket', {}));
    assert.deepEqual([refused.name, refused.status], ['TypeNotFoundException', 400]);
    assert.match(refused.message, /AWS::S3Vectors::VectorBucket, AWS::S3Vectors::Index/);
  });

  it('refuses a desired state that is not JSON, and an action that it does not have', async () => {
    const text = client.send(new CreateResourceCommand({ TypeName: BUCKET, DesiredState: '{' }));
    assert.equal((await refusal(text)).name, 'InvalidRequestException');
    const answer = await fetch(service.server.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'CloudApiService.CancelResourceRequest',
        'content-type': 'application/x-amz-json-1.0',
      },
      body: '{}',
    });
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { __type: string }).__type, /#UnknownOperationException$/);
  });
});
