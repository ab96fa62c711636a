import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { EncryptionKey, PolicyEffect, VectorBucket } from '../../../components/index';
import { InvalidInputError } from '../../../contract/invalid-input';
import { PLACE, UNKNOWN, record, valueOf } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const BUCKET_ARN = `arn:aws:s3vectors:${PLACE.region}:${PLACE.accountId}:bucket/acme-dev-vector-knowledge`;
const KEY_ARN = `arn:aws:kms:${PLACE.region}:${PLACE.accountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

describe('VectorBucket', () => {
  it('creates exactly one vector bucket, encrypted with AES256, and no resource policy', async () => {
    const run = await record(() => new VectorBucket('knowledge', NAME));
    assert.deepEqual(
      run.resources.map(({ type, name, parent }) => ({ type, name, parent })),
      [
        { type: 'pulumi-s3-vectors:index:VectorBucket', name: 'knowledge', parent: '' },
        { type: 'aws-native:s3vectors:VectorBucket', name: 'knowledge-bucket', parent: 'knowledge' },
      ],
    );
    assert.deepEqual(run.named('knowledge-bucket').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      encryptionConfiguration: { sseType: 'AES256' },
    });
    assert.equal(await valueOf(run.result.vectorBucketArn), BUCKET_ARN);
  });

  it('encrypts with the key that it is given', async () => {
    const run = await record(() => new VectorBucket('knowledge', { ...NAME, encryptionKeyArn: KEY_ARN }));
    assert.deepEqual(run.named('knowledge-bucket').inputs['encryptionConfiguration'], {
      sseType: 'aws:kms',
      kmsKeyArn: KEY_ARN,
    });
  });

  it('protects and retains the bucket, and neither when it is disposable', async () => {
    const kept = (await record(() => new VectorBucket('a', NAME))).named('a-bucket');
    assert.deepEqual([kept.protect, kept.retainOnDelete], [true, true]);
    const run = await record(() => new VectorBucket('b', { ...NAME, disposable: true }));
    const disposable = run.named('b-bucket');
    assert.deepEqual([disposable.protect, disposable.retainOnDelete], [false, false]);
  });

  it('lets a person protect even a disposable bucket through the options of the component', async () => {
    const run = await record(() => new VectorBucket('a', { ...NAME, disposable: true }, { protect: true }));
    assert.equal(run.named('a-bucket').protect, true);
  });

  it('gives tags to the bucket as a list sorted by key, and no list where there are none', async () => {
    const tagged = await record(() => new VectorBucket('a', { ...NAME, tags: { Team: 'x', Cost: 'y' } }));
    assert.deepEqual(tagged.named('a-bucket').inputs['tags'], [
      { key: 'Cost', value: 'y' },
      { key: 'Team', value: 'x' },
    ]);
    const emptied = await record(() => new VectorBucket('b', { ...NAME, tags: {} }));
    assert.equal('tags' in emptied.named('b-bucket').inputs, false);
  });

  it('makes the resource policy from its statements, scoped to the bucket and its indexes', async () => {
    const run = await record(
      () =>
        new VectorBucket('knowledge', {
          ...NAME,
          policyStatements: [
            {
              sid: 'PartnerSearch',
              principals: ['210987654321'],
              actions: ['s3vectors:QueryVectors'],
              indexNames: ['episodes'],
            },
            {
              sid: 'NobodyDeletes',
              effect: PolicyEffect.Deny,
              principals: ['*'],
              actions: ['s3vectors:DeleteVectors'],
            },
          ],
        }),
    );
    const policy = run.named('knowledge-policy');
    assert.equal(policy.type, 'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy');
    assert.equal(policy.parent, 'knowledge');
    assert.equal(policy.inputs['vectorBucketArn'], BUCKET_ARN);
    assert.deepEqual(JSON.parse(String(policy.inputs['policy'])), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'PartnerSearch',
          Effect: 'Allow',
          Principal: { AWS: ['210987654321'] },
          Action: ['s3vectors:QueryVectors'],
          Resource: [`${BUCKET_ARN}/index/episodes`],
        },
        {
          Sid: 'NobodyDeletes',
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3vectors:DeleteVectors'],
          Resource: [BUCKET_ARN, `${BUCKET_ARN}/index/*`],
        },
      ],
    });
  });

  it('throws at construction for plain values, listing every fault with its input', async () => {
    await record(() =>
      assert.throws(
        () =>
          new VectorBucket('bad', {
            project: 'Acme',
            environment: 'dev-1',
            purpose: 'knowledge',
            policyStatements: [{ sid: 'Open', principals: ['*'], actions: ['s3vectors:*'] }],
          }),
        (error) =>
          error instanceof InvalidInputError &&
          error.subject === 'VectorBucket "bad"' &&
          /project "Acme"/.test(error.message) &&
          /environment "dev-1"/.test(error.message) &&
          /principal "\*"/.test(error.message) &&
          /action "s3vectors:\*"/.test(error.message),
      ),
    );
  });

  it('refuses an alias where a key ARN is needed', async () => {
    await record(() =>
      assert.throws(
        () => new VectorBucket('bad', { ...NAME, encryptionKeyArn: 'alias/acme' }),
        /encryptionKeyArn "alias\/acme" must be an ARN like/,
      ),
    );
  });

  it('checks an output inside apply, where it stops the resource', async () => {
    const run = await record(() => {
      const bucket = new VectorBucket('ok', { ...NAME, purpose: pulumi.output('knowledge') });
      return bucket.vectorBucketName;
    });
    assert.equal(await valueOf(run.result), 'acme-dev-vector-knowledge');
  });

  it('knows its name at preview, even when its key is not made yet', async () => {
    const run = await record(
      () => {
        const key = new EncryptionKey('key', { project: 'acme', environment: 'dev' });
        return new VectorBucket('knowledge', { ...NAME, encryptionKeyArn: key.keyArn });
      },
      { preview: true },
    );
    const { inputs } = run.named('knowledge-bucket');
    assert.equal(inputs['vectorBucketName'], 'acme-dev-vector-knowledge');
    assert.deepEqual(inputs['encryptionConfiguration'], { sseType: 'aws:kms', kmsKeyArn: UNKNOWN });
    assert.equal(await valueOf(run.result.vectorBucketName), 'acme-dev-vector-knowledge');
  });

  it('asks the engine to compare its immutable inputs before an update', async () => {
    const run = await record(() => new VectorBucket('knowledge', NAME));
    assert.equal(run.named('knowledge').beforeUpdateHooks.length, 1);
    assert.deepEqual(run.named('knowledge').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      encryption: 'AES256',
    });
  });

  it('makes several indexes from a map, with its own tags and protection where they name none', async () => {
    const run = await record(
      () =>
        new VectorBucket('knowledge', {
          ...NAME,
          tags: { Team: 'x' },
          indexes: {
            notes: { dimension: 8, distanceMetric: 'cosine' },
            images: {
              dimension: 16,
              distanceMetric: 'euclidean',
              nonFilterableMetadataKeys: ['caption'],
              encryptionKeyArn: KEY_ARN,
              tags: { Team: 'y' },
            },
          },
        }),
    );
    assert.equal(run.named('knowledge-notes').parent, 'knowledge');
    assert.deepEqual(run.named('knowledge-notes-index').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'notes',
      dataType: 'float32',
      dimension: 8,
      distanceMetric: 'cosine',
      tags: [{ key: 'Team', value: 'x' }],
    });
    assert.deepEqual(run.named('knowledge-images-index').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'images',
      dataType: 'float32',
      dimension: 16,
      distanceMetric: 'euclidean',
      metadataConfiguration: { nonFilterableMetadataKeys: ['caption'] },
      encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY_ARN },
      tags: [{ key: 'Team', value: 'y' }],
    });
    assert.equal(run.named('knowledge-notes-index').protect, true);
    assert.ok(run.named('knowledge-notes-index').dependencies.includes('knowledge-bucket'));
    assert.deepEqual(await valueOf(run.result.indexArns), {
      notes: `${BUCKET_ARN}/index/notes`,
      images: `${BUCKET_ARN}/index/images`,
    });
    const disposable = await record(
      () =>
        new VectorBucket('knowledge', {
          ...NAME,
          disposable: true,
          indexes: { notes: { dimension: 8, distanceMetric: 'cosine' } },
        }),
    );
    assert.equal(disposable.named('knowledge-notes-index').protect, false);
  });

  it('refuses an index of the map that cannot be, naming it', async () => {
    await record(() =>
      assert.throws(
        () =>
          new VectorBucket('bad', { ...NAME, indexes: { No: { dimension: 0, distanceMetric: 'cosine' } } }),
        /VectorBucket "bad": 3 problems\n {2}- index "No": index name "No"/,
      ),
    );
  });
});
