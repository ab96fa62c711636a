import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Vectors } from '@aws-sdk/client-s3vectors';
import { awsPackage } from '../../../local/providers/aws/package';
import { awsNativePackage } from '../../../local/providers/aws-native/package';
import { startS3VectorsLocal, type S3VectorsLocal } from '../../../local/s3vectors/server';
import { Provider, UNKNOWN } from './support/provider';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const BUCKET = 'aws-native:s3vectors:VectorBucket';
const INDEX = 'aws-native:s3vectors:Index';

describe('the aws-native stand-in on S3 Vectors Local', () => {
  let folder: string;
  let local: S3VectorsLocal;
  let provider: Provider;
  let service: S3Vectors;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'aws-native-'));
    local = await startS3VectorsLocal({ port: 0, dataDir: folder, region: REGION, accountId: ACCOUNT });
    provider = await Provider.start(awsNativePackage, { AWS_ENDPOINT_URL: local.url });
    await provider.configure({
      region: REGION,
      defaultTags: JSON.stringify({ tags: { zone: 'z', area: 'a' } }),
    });
    service = new S3Vectors({
      endpoint: local.url,
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'test' },
    });
  });
  after(async () => {
    provider.stop();
    service.destroy();
    await local.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps a vector bucket and its index through their whole life', async () => {
    const bucket = provider.resource(BUCKET, 'data');
    const bucketInputs = await bucket.checked({
      vectorBucketName: 'native-data',
      tags: [{ key: 'k', value: 'v' }],
    });
    // The resource's tags first, then the provider's, sorted.
    assert.deepEqual(bucketInputs['tags'], [
      { key: 'k', value: 'v' },
      { key: 'area', value: 'a' },
      { key: 'zone', value: 'z' },
    ]);
    const preview = await bucket.previewCreate(bucketInputs);
    assert.deepEqual(preview, { ...bucketInputs, creationTime: UNKNOWN, vectorBucketArn: UNKNOWN });

    const made = await bucket.create(bucketInputs);
    const seen = await service.getVectorBucket({ vectorBucketName: 'native-data' });
    assert.equal(made.id, seen.vectorBucket?.vectorBucketArn);
    assert.equal(made.state['vectorBucketArn'], made.id);
    assert.deepEqual(await service.listTagsForResource({ resourceArn: made.id }).then(({ tags }) => tags), {
      k: 'v',
      area: 'a',
      zone: 'z',
    });

    const index = provider.resource(INDEX, 'episodes');
    const args = {
      vectorBucketName: 'native-data',
      indexName: 'episodes',
      dataType: 'float32',
      dimension: 8,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['why', 'prompt'] },
    };
    const inputs = await index.checked(args);
    const { id, state } = await index.create(inputs);
    const found = await service.getIndex({ indexArn: id });
    assert.deepEqual([found.index?.dimension, found.index?.indexName], [8, 'episodes']);

    assert.deepEqual((await index.diff(state, await index.checked(args, inputs), inputs)).detailed, {});
    assert.deepEqual(await index.read(id, state, inputs), { id, state, inputs });

    const tagged = await index.checked({ ...args, tags: [{ key: 'stage', value: 'test' }] }, inputs);
    assert.deepEqual((await index.diff(state, tagged, inputs)).detailed, { tags: 'update' });
    const next = await index.update(id, state, tagged, inputs);
    assert.deepEqual((await service.listTagsForResource({ resourceArn: id })).tags, {
      stage: 'test',
      area: 'a',
      zone: 'z',
    });
    assert.deepEqual((await index.diff(next, tagged, tagged)).detailed, {});

    await assert.rejects(
      bucket.delete(made.id, made.state),
      /operation DELETE failed with "\w+": .*not empty/,
    );
    for (const [resource, its] of [
      [index, id],
      [bucket, made.id],
    ] as const) {
      await resource.delete(its, {});
      assert.equal((await resource.read(its)).id, '');
      await resource.delete(its, {});
    }
    assert.deepEqual((await service.listVectorBuckets({})).vectorBuckets, []);
  });

  it('takes tags away by removing the property, also for an empty list, on which the real one fails', async () => {
    const bare = await Provider.start(awsNativePackage, { AWS_ENDPOINT_URL: local.url, AWS_REGION: REGION });
    await bare.configure({});
    const bucket = bare.resource(BUCKET);
    const inputs = await bucket.checked({ vectorBucketName: 'tagless', tags: [{ key: 'k', value: 'v' }] });
    const { id, state } = await bucket.create(inputs);
    const empty = await bucket.checked({ vectorBucketName: 'tagless', tags: [] }, inputs);
    assert.ok((await bucket.diff(state, empty, inputs)).changed);
    const next = await bucket.update(id, state, empty, inputs);
    assert.deepEqual((await service.listTagsForResource({ resourceArn: id })).tags ?? {}, {});
    assert.deepEqual((await bucket.diff(next, empty, empty)).detailed, {});
    await bucket.delete(id, next);
    bare.stop();
  });

  it('makes up names from the logical one, without a look at length or case, and keeps them', async () => {
    const bucket = provider.resource(BUCKET, 'Data');
    const inputs = await bucket.checked({});
    assert.match(inputs['vectorBucketName'] as string, /^Data-[0-9a-f]{7}$/);
    assert.equal((await bucket.checked({}, { vectorBucketName: 'kept' }))['vectorBucketName'], 'kept');
  });

  it('imports every property that can be written, as the real one does', async () => {
    await service.createVectorBucket({ vectorBucketName: 'imported' });
    const { vectorBucket } = await service.getVectorBucket({ vectorBucketName: 'imported' });
    const id = vectorBucket?.vectorBucketArn ?? '';
    const { inputs } = await provider.resource(BUCKET).read(id);
    assert.deepEqual(inputs, {
      encryptionConfiguration: { sseType: 'AES256' },
      vectorBucketName: 'imported',
    });
    await service.deleteVectorBucket({ vectorBucketName: 'imported' });
  });

  it('shows on refresh what was changed behind its back', async () => {
    const bucket = provider.resource(BUCKET);
    const inputs = await bucket.checked({ vectorBucketName: 'drifted' });
    const { id, state } = await bucket.create(inputs);
    await service.tagResource({ resourceArn: id, tags: { added: 'later' } });
    const refreshed = await bucket.read(id, state, inputs);
    assert.ok(JSON.stringify(refreshed.inputs['tags']).includes('later'));
    assert.deepEqual((await bucket.diff(refreshed.state, inputs, refreshed.inputs)).detailed, {
      tags: 'update',
    });
    await bucket.delete(id, state);
    assert.deepEqual(await bucket.read(id, state, inputs), { id: '', state: {}, inputs: {} });
  });

  it('replaces exactly what its SDK replaces, and looks at nothing that the program leaves out', async () => {
    const index = provider.resource(INDEX);
    const inputs = await index.checked({
      vectorBucketName: 'b',
      indexName: 'i',
      dataType: 'float32',
      dimension: 8,
      distanceMetric: 'cosine',
    });
    const state = {
      ...inputs,
      vectorBucketArn: 'arn:of:b',
      encryptionConfiguration: { sseType: 'AES256' },
      metadataConfiguration: { nonFilterableMetadataKeys: ['b', 'a'] },
    };
    assert.deepEqual((await index.diff(state, inputs, inputs)).detailed, {});
    const same = { ...inputs, metadataConfiguration: { nonFilterableMetadataKeys: ['a', 'b'] } };
    assert.deepEqual((await index.diff(state, same, inputs)).detailed, {});
    const news = {
      ...inputs,
      dimension: 16,
      encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: 'k' },
    };
    const diff = await index.diff(state, news, inputs);
    assert.deepEqual(diff.detailed, {
      dimension: 'update-replace',
      'encryptionConfiguration.kmsKeyArn': 'add-replace',
      'encryptionConfiguration.sseType': 'update-replace',
    });
    assert.deepEqual(diff.replaces, ['dimension', 'encryptionConfiguration']);
    assert.ok(diff.deleteBeforeReplace);
    const dropped = await index.diff(state, inputs, same);
    assert.deepEqual(dropped.detailed, { metadataConfiguration: 'delete-replace' });
    assert.deepEqual(
      (await index.diff(state, news, inputs, ['dimension', 'encryptionConfiguration'])).detailed,
      {},
    );
  });

  it('refuses a typed vector bucket policy, as the real one does; the aws stand-in takes it', async () => {
    const policy = { Version: '2012-10-17', Statement: [] };
    const { failures } = await provider
      .resource('aws-native:s3vectors:VectorBucketPolicy')
      .check({ vectorBucketName: 'b', policy });
    assert.deepEqual(failures.map(({ property }) => property).sort(), ['policy.Statement', 'policy.Version']);

    const aws = await Provider.start(awsPackage, { AWS_ENDPOINT_URL: local.url, AWS_REGION: REGION });
    await aws.configure({});
    await service.createVectorBucket({ vectorBucketName: 'guarded' });
    const { vectorBucket } = await service.getVectorBucket({ vectorBucketName: 'guarded' });
    const vectorBucketArn = vectorBucket?.vectorBucketArn ?? '';
    const statement = (Action: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action, Resource: '*' }],
      });
    const resource = aws.resource('aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy');
    const inputs = await resource.checked({ vectorBucketArn, policy: statement('s3vectors:GetVectors') });
    const { id, state } = await resource.create(inputs);
    const read = async (): Promise<boolean> =>
      (await service.getVectorBucketPolicy({ vectorBucketArn })).policy?.includes('GetVectors') === true;
    assert.ok(await read());
    assert.deepEqual((await resource.diff(state, inputs, inputs)).detailed, {});
    const news = await resource.checked({ vectorBucketArn, policy: statement('s3vectors:PutVectors') });
    assert.deepEqual((await resource.diff(state, news, inputs)).detailed, { policy: 'update' });
    await resource.update(id, state, news, inputs);
    assert.ok(!(await read()));
    await resource.delete(id, state);
    assert.equal((await resource.read(id)).id, '');
    await resource.delete(id, state);
    await service.deleteVectorBucket({ vectorBucketName: 'guarded' });
    aws.stop();
  });

  it('answers where it is, and looks resources up', async () => {
    assert.deepEqual((await provider.invoke('aws-native:index:getRegion')).result, { region: REGION });
    assert.deepEqual((await provider.invoke('aws-native:index:getPartition')).result, {
      dnsSuffix: 'amazonaws.com',
      partition: 'aws',
    });
    await service.createVectorBucket({ vectorBucketName: 'looked-up' });
    const arn = `arn:aws:s3vectors:${REGION}:${ACCOUNT}:bucket/looked-up`;
    const { result } = await provider.invoke('aws-native:s3vectors:getVectorBucket', {
      vectorBucketArn: arn,
    });
    assert.equal(result['vectorBucketArn'], arn);
    await service.deleteVectorBucket({ vectorBucketName: 'looked-up' });
    await assert.rejects(
      provider.invoke('aws-native:s3vectors:getVectorBucket', { vectorBucketArn: arn }),
      /calling aws-native:s3vectors:getVectorBucket: there is no AWS::S3Vectors::VectorBucket arn:/,
    );
  });
});
