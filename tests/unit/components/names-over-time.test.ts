// What lets a program change without losing what it deployed: aliases for a new name, import for what exists.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { allAliases } from '@pulumi/pulumi/resource';
import {
  BedrockInvocationPolicy,
  EmbeddingBucket,
  EncryptionKey,
  GithubDeployer,
  ManagementPolicy,
  ServiceAccess,
  ServiceAccessPolicy,
  VectorAccessPolicy,
  VectorBucket,
  VectorIndex,
} from '../../../components/index';
import { record, valueOf } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const POLICY_ARN = 'arn:aws:iam::123456789012:policy/p';
const BUCKET_ARN = 'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge';
const index = { dimension: 8, distanceMetric: 'cosine' } as const;

type Options = pulumi.ComponentResourceOptions;
const make: Record<string, (name: string, opts: Options) => pulumi.ComponentResource> = {
  BedrockInvocationPolicy: (name, opts) =>
    new BedrockInvocationPolicy(name, { project: 'acme', modelIds: ['amazon.titan-embed-text-v2:0'] }, opts),
  EmbeddingBucket: (name, opts) => new EmbeddingBucket(name, { ...NAME, accessLogBucketName: 'logs' }, opts),
  EncryptionKey: (name, opts) => new EncryptionKey(name, { project: 'acme', environment: 'dev' }, opts),
  GithubDeployer: (name, opts) =>
    new GithubDeployer(
      name,
      { project: 'acme', repositories: ['a/b'], branches: ['main'], managementPolicyArn: POLICY_ARN },
      opts,
    ),
  ManagementPolicy: (name, opts) => new ManagementPolicy(name, { project: 'acme' }, opts),
  ServiceAccess: (name, opts) =>
    new ServiceAccess(
      name,
      {
        host: 'lambda',
        roleName: 'role',
        vectorAccessPolicyArn: POLICY_ARN,
        vectorBucketName: 'acme-dev-vector-knowledge',
        indexName: 'episodes',
        dimension: 8,
      },
      opts,
    ),
  ServiceAccessPolicy: (name, opts) => new ServiceAccessPolicy(name, { project: 'acme' }, opts),
  VectorAccessPolicy: (name, opts) => new VectorAccessPolicy(name, { ...NAME, access: 'read' }, opts),
  VectorBucket: (name, opts) => new VectorBucket(name, { ...NAME, indexes: { notes: index } }, opts),
  VectorIndex: (name, opts) =>
    new VectorIndex(
      name,
      { ...index, vectorBucketName: 'acme-dev-vector-knowledge', indexName: 'notes' },
      opts,
    ),
};

describe('a component of another name', () => {
  for (const [type, construct] of Object.entries(make)) {
    it(`${type}: an alias reaches it, and its children follow by the rule of the engine`, async () => {
      const before = await record(() => construct('before', {}));
      const children: pulumi.Resource[] = [];
      const after = await record(() =>
        construct('after', {
          aliases: [{ name: 'before' }],
          transformations: [
            ({ resource }) => {
              children.push(resource);
              return undefined;
            },
          ],
        }),
      );
      assert.deepEqual(after.named('after').earlierNames, ['before']);
      const earlier = before.resources.filter(({ parent }) => parent === 'before').map(({ name }) => name);
      const direct = after.resources.filter(({ parent }) => parent === 'after');
      const parent = after.result;
      const followed = await Promise.all(
        direct.map(async ({ name, type: childType }) => {
          const [urn] = allAliases([], name, childType, parent, 'after');
          return (await valueOf(urn!)).split('::').at(-1);
        }),
      );
      assert.deepEqual(followed.sort(), earlier.sort());
      assert.ok(children.length > direct.length);
    });
  }
});

describe('an import into a component', () => {
  it('is a transformation of the child that takes over what exists, with the inputs that the service returns', async () => {
    const run = await record(
      () =>
        new VectorBucket('knowledge', NAME, {
          transformations: [
            ({ type, props, opts }) =>
              type === 'aws-native:s3vectors:VectorBucket'
                ? { props, opts: pulumi.mergeOptions(opts, { import: BUCKET_ARN }) }
                : undefined,
          ],
        }),
    );
    assert.equal(run.named('knowledge-bucket').importId, BUCKET_ARN);
    assert.equal(run.named('knowledge-bucket').protect, true, 'what is taken over is protected at once');
    assert.deepEqual(run.named('knowledge-bucket').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      encryptionConfiguration: { sseType: 'AES256' },
    });
  });
});
