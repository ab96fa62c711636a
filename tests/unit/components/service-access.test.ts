import assert from 'node:assert/strict';
import { ServiceAccess, ServiceHost } from '../../../components/index';
import { record, valueOf } from './recorded-program';

const arnOf = (name: string) => `arn:aws:iam::123456789012:policy/${name}`;
const ARGS = {
  host: ServiceHost.Lambda,
  roleName: 'acme-dev-vector-service',
  vectorAccessPolicyArn: arnOf('vectors'),
  vectorBucketName: 'acme-dev-vector-knowledge',
  indexName: 'episodes',
  dimension: 3072,
};

describe('ServiceAccess', () => {
  it('attaches the vector policy alone where no other is given', async () => {
    const run = await record(() => new ServiceAccess('access', ARGS));
    assert.deepEqual(run.namesOf('aws:iam/rolePolicyAttachment:RolePolicyAttachment'), [
      'access-vectors-attachment',
    ]);
    assert.deepEqual(run.named('access-vectors-attachment').inputs, {
      role: 'acme-dev-vector-service',
      policyArn: arnOf('vectors'),
    });
    assert.equal(run.named('access-vectors-attachment').parent, 'access');
  });

  it('attaches every policy that is given', async () => {
    const run = await record(
      () =>
        new ServiceAccess('access', {
          ...ARGS,
          bedrockInvocationPolicyArn: arnOf('bedrock'),
          serviceAccessPolicyArn: arnOf('objects'),
        }),
    );
    assert.equal(run.named('access-bedrock-attachment').inputs['policyArn'], arnOf('bedrock'));
    assert.equal(run.named('access-objects-attachment').inputs['policyArn'], arnOf('objects'));
  });

  it('gives Lambda the variables of the runtime, without the region that Lambda refuses to be given', async () => {
    const run = await record(() => new ServiceAccess('access', { ...ARGS, modelId: 'amazon.nova' }));
    assert.deepEqual(await valueOf(run.result.environmentVariables), {
      S3_VECTOR_BUCKET_NAME: 'acme-dev-vector-knowledge',
      S3_VECTOR_INDEX_NAME: 'episodes',
      VECTOR_DIMENSION: '3072',
      BEDROCK_MODEL_ID: 'amazon.nova',
    });
  });

  it('gives App Runner the region of the provider too', async () => {
    const run = await record(
      () =>
        new ServiceAccess('access', {
          ...ARGS,
          host: ServiceHost.AppRunner,
          embeddingBucketName: 'acme-dev-vector-documents',
        }),
    );
    assert.deepEqual(await valueOf(run.result.environmentVariables), {
      S3_VECTOR_BUCKET_NAME: 'acme-dev-vector-knowledge',
      S3_VECTOR_INDEX_NAME: 'episodes',
      VECTOR_DIMENSION: '3072',
      VECTOR_BUCKET_NAME: 'acme-dev-vector-documents',
      AWS_REGION: 'us-east-1',
    });
  });

  it('refuses names and dimensions that cannot be', async () => {
    await record(() =>
      assert.throws(
        () => new ServiceAccess('bad', { ...ARGS, vectorBucketName: 'X', indexName: '-', dimension: 0 }),
        /dimension 0 must be a whole number/,
      ),
    );
  });
});
