// What a person made a secret stays one: in the inputs of every child that it reaches, in documents, and in outputs.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  EmbeddingBucket,
  EncryptionKey,
  ManagementPolicy,
  VectorAccessPolicy,
  VectorBucket,
  VectorIndex,
} from '../../../components/index';
import { record, valueOf } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';
const isSecret = (output: pulumi.Output<unknown>) => pulumi.isSecret(output);

describe('secrets', () => {
  it('among tags stay secret on every child that takes tags', async () => {
    const tags = { Team: 'search', Owner: pulumi.secret('somebody') };
    const run = await record(() => {
      new VectorBucket('vectors', { ...NAME, tags });
      new VectorIndex('index', {
        vectorBucketName: 'acme-dev-vector-knowledge',
        indexName: 'notes',
        dimension: 8,
        distanceMetric: 'cosine',
        tags,
      });
      new EncryptionKey('key', { project: 'acme', environment: 'dev', tags });
      new EmbeddingBucket('objects', { ...NAME, purpose: 'documents', tags });
      new ManagementPolicy('management', { project: 'acme', tags });
    });
    const tagged = run.resources.filter(({ inputs }) => inputs['tags'] !== undefined);
    assert.equal(tagged.length, 5, tagged.map(({ name }) => name).join(', '));
    for (const { name, secretInputs } of tagged) assert.deepEqual(secretInputs, ['tags'], name);
  });

  it('for a key stay secret in the encryption of a bucket and in the document that names the key', async () => {
    const encryptionKeyArn = pulumi.secret(KEY_ARN);
    const run = await record(() => {
      const bucket = new VectorBucket('vectors', { ...NAME, encryptionKeyArn });
      new VectorAccessPolicy('read', { ...NAME, access: 'read', encryptionKeyArn });
      return bucket;
    });
    assert.deepEqual(run.named('vectors-bucket').secretInputs, ['encryptionConfiguration']);
    assert.deepEqual(run.named('read-policy').secretInputs, ['policy']);
    assert.equal(await isSecret(run.result.vectorBucketName), false, 'nothing else becomes secret by it');
  });

  it('in a name stay secret in everything that is made of the name, outputs included', async () => {
    const run = await record(() => new VectorBucket('vectors', { ...NAME, project: pulumi.secret('acme') }));
    assert.ok(run.named('vectors-bucket').secretInputs.includes('vectorBucketName'));
    assert.equal(await valueOf(run.result.vectorBucketName), 'acme-dev-vector-knowledge');
    assert.equal(await isSecret(run.result.vectorBucketName), true);
  });

  it('are nowhere where nobody made one', async () => {
    const run = await record(() => {
      new VectorBucket('vectors', { ...NAME, encryptionKeyArn: KEY_ARN, tags: { Team: 'search' } });
      new EncryptionKey('key', { project: 'acme', environment: 'dev' });
    });
    for (const { name, secretInputs } of run.resources) assert.deepEqual(secretInputs, [], name);
  });
});
