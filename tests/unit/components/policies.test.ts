import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  BedrockInvocationPolicy,
  EncryptionKey,
  ManagementPolicy,
  ServiceAccessPolicy,
  VectorAccess,
  VectorAccessPolicy,
} from '../../../components/index';
import { many } from '../../../contract/iam/document';
import type { PolicyDocument } from '../../../contract/iam/document';
import { bedrockInvocationDocument } from '../../../contract/iam/documents/bedrock-invocation';
import { managementDocument } from '../../../contract/iam/documents/management';
import { serviceAccessDocument } from '../../../contract/iam/documents/service-access';
import { vectorAccessDocument } from '../../../contract/iam/documents/vector-access';
import { PLACE, record, valueOf } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const MODEL = 'amazon.titan-embed-text-v2:0';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234';
const OTHER_KEY = 'arn:aws:kms:us-east-1:123456789012:key/5678';
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';
const PROFILE = { profileId: 'us.cohere.embed-v4:0', regions: ['us-east-1', 'us-west-2'] };

const cases = [
  {
    component: 'ManagementPolicy',
    make: () => new ManagementPolicy('p', { project: 'acme', tags: { Team: 'x' } }),
    policyName: 'acme-s3-vector-management',
    document: managementDocument(PLACE, { project: 'acme' }),
  },
  {
    component: 'ManagementPolicy of named environments',
    make: () => new ManagementPolicy('p', { project: 'acme', environments: ['dev'], tags: { Team: 'x' } }),
    policyName: 'acme-s3-vector-management',
    document: managementDocument(PLACE, { project: 'acme', environments: ['dev'] }),
  },
  {
    component: 'ServiceAccessPolicy',
    make: () => new ServiceAccessPolicy('p', { project: 'acme', tags: { Team: 'x' } }),
    policyName: 'acme-s3-vector-service-access',
    document: serviceAccessDocument(PLACE, { project: 'acme' }),
  },
  {
    component: 'ServiceAccessPolicy with keys',
    make: () =>
      new ServiceAccessPolicy('p', {
        project: 'acme',
        encryptionKeyArns: [KEY, pulumi.output(OTHER_KEY)],
        tags: { Team: 'x' },
      }),
    policyName: 'acme-s3-vector-service-access',
    document: serviceAccessDocument(PLACE, { project: 'acme' }, [KEY, OTHER_KEY]),
  },
  {
    component: 'BedrockInvocationPolicy',
    make: () => new BedrockInvocationPolicy('p', { project: 'acme', modelIds: [MODEL], tags: { Team: 'x' } }),
    policyName: 'acme-bedrock-invocation',
    document: bedrockInvocationDocument(PLACE, [MODEL]),
  },
  {
    component: 'BedrockInvocationPolicy of an inference profile',
    make: () =>
      new BedrockInvocationPolicy('p', {
        project: 'acme',
        modelIds: [],
        inferenceProfiles: [PROFILE],
        tags: { Team: 'x' },
      }),
    policyName: 'acme-bedrock-invocation',
    document: bedrockInvocationDocument(PLACE, [], [PROFILE]),
  },
  {
    component: 'VectorAccessPolicy to read and write',
    make: () => new VectorAccessPolicy('p', { ...NAME, access: VectorAccess.ReadWrite, tags: { Team: 'x' } }),
    policyName: 'acme-dev-vector-knowledge-access',
    document: vectorAccessDocument(PLACE, { vectorBucketName: 'acme-dev-vector-knowledge', write: true }),
  },
  {
    component: 'VectorAccessPolicy to read one index',
    make: () =>
      new VectorAccessPolicy('p', {
        ...NAME,
        access: VectorAccess.Read,
        indexNames: ['episodes'],
        tags: { Team: 'x' },
      }),
    policyName: 'acme-dev-vector-knowledge-read',
    document: vectorAccessDocument(PLACE, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexNames: ['episodes'],
      write: false,
    }),
  },
  {
    component: 'VectorAccessPolicy of a second name, for indexes with keys of their own',
    make: () =>
      new VectorAccessPolicy('p', {
        ...NAME,
        access: VectorAccess.Read,
        policyName: 'acme-dev-vector-knowledge-notes-read',
        indexNames: ['notes'],
        encryptionKeyArn: KEY_ARN,
        indexEncryptionKeyArns: [`${KEY_ARN}1`],
        tags: { Team: 'x' },
      }),
    policyName: 'acme-dev-vector-knowledge-notes-read',
    document: vectorAccessDocument(PLACE, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexNames: ['notes'],
      write: false,
      encryptionKeyArns: [KEY_ARN, `${KEY_ARN}1`],
    }),
  },
];

describe('policy components', () => {
  for (const { component, make, policyName, document } of cases) {
    it(`${component}: one managed policy with the document of the contract, as an object`, async () => {
      const run = await record(make);
      assert.equal(run.resources.length, 2);
      const policy = run.named('p-policy');
      assert.equal(policy.type, 'aws:iam/policy:Policy');
      assert.equal(policy.parent, 'p');
      const { description, ...inputs } = policy.inputs;
      assert.deepEqual(inputs, { name: policyName, policy: document, tags: { Team: 'x' } });
      assert.equal(typeof description, 'string');
      assert.equal(await valueOf(run.result.policyArn), `arn:aws:iam::123456789012:policy/${policyName}`);
    });

    it(`${component}: the document is known at preview`, async () => {
      const run = await record(make, { preview: true });
      assert.deepEqual(run.named('p-policy').inputs['policy'], document);
    });
  }

  it('know their actions at preview when the key of a bucket is not made yet', async () => {
    const run = await record(
      () =>
        new ServiceAccessPolicy('p', {
          project: 'acme',
          encryptionKeyArns: [new EncryptionKey('key', { project: 'acme', environment: 'dev' }).keyArn],
        }),
      { preview: true },
    );
    const { Statement: statements } = run.named('p-policy').inputs['policy'] as PolicyDocument;
    assert.deepEqual(
      many(statements).map(({ Sid, Action }) => (Sid === 'EncryptionKeyUse' ? Action : Sid)),
      [
        'EmbeddingObjects',
        'EmbeddingListing',
        ['kms:Decrypt', 'kms:GenerateDataKey'],
        'NoBucketAdministration',
        'NoVectorBucketAdministration',
      ],
    );
  });

  it('refuse what makes no name, with every fault', async () => {
    await record(() => {
      assert.throws(
        () => new ManagementPolicy('bad', { project: 'A', environments: ['x-y'] }),
        /ManagementPolicy "bad": 2 problems/,
      );
      assert.throws(() => new ServiceAccessPolicy('bad', { project: '' }), /project ""/);
      assert.throws(
        () =>
          new ServiceAccessPolicy('bad', {
            project: pulumi.output('acme'),
            environments: ['x-y'],
            encryptionKeyArns: ['alias/x'],
            tags: { 'aws:x': 'y' },
          }),
        /ServiceAccessPolicy "bad": 3 problems/,
      );
      assert.throws(
        () =>
          new ServiceAccessPolicy('bad', { project: 'A', encryptionKeyArns: [KEY, 'alias/acme-dev-vector'] }),
        (error) =>
          error instanceof Error &&
          /2 problems/.test(error.message) &&
          /encryptionKeyArns\[1\] "alias\/acme-dev-vector" must be/.test(error.message),
      );
      assert.throws(
        () => new BedrockInvocationPolicy('bad', { project: 'acme', modelIds: ['*'] }),
        /"\*" is no model id/,
      );
      assert.throws(
        () => new BedrockInvocationPolicy('bad', { project: 'acme', modelIds: [] }),
        /no embedding model is named/,
      );
      assert.throws(
        () => new VectorAccessPolicy('bad', { ...NAME, access: 'read', indexNames: ['X'] }),
        /index name "X"/,
      );
    });
  });

  it('VectorAccessPolicy covers a bucket of another account and Region by its ARN, plain or not', async () => {
    const bucketArn = 'arn:aws:s3vectors:eu-west-1:210987654321:bucket/team-vectors';
    for (const vectorBucketArn of [bucketArn, pulumi.output(bucketArn)]) {
      const run = await record(
        () =>
          new VectorAccessPolicy('p', {
            ...NAME,
            access: 'read',
            vectorBucketArn,
            encryptionKeyArn: KEY_ARN,
          }),
      );
      const { Statement } = run.named('p-policy').inputs['policy'] as {
        Statement: Record<string, unknown>[];
      };
      assert.deepEqual(
        Statement.map(({ Resource }) => Resource),
        [bucketArn, [`${bucketArn}/index/*`], KEY_ARN],
      );
      assert.match(JSON.stringify(Statement[2]), /"s3vectors.eu-west-1.amazonaws.com"/);
    }
  });

  const refused: Record<string, readonly [object, RegExp]> = {
    'a bucket by name and by ARN': [
      {
        vectorBucketName: 'team-vectors',
        vectorBucketArn: 'arn:aws:s3vectors:us-east-1:1:bucket/team-vectors',
      },
      /vectorBucketName and vectorBucketArn are both given/,
    ],
    'the ARN of something else': [
      { vectorBucketArn: 'arn:aws:s3:::x' },
      /vectorBucketArn "arn:aws:s3:::x" must/,
    ],
    'a name of another environment': [
      { policyName: 'acme-prod-vector-notes-read' },
      /policyName "acme-prod-vector-notes-read" must be written acme-dev-vector-<words>-read/,
    ],
    'a name that says another access': [{ policyName: 'acme-dev-vector-notes-access' }, /<words>-read/],
    'a name beyond what IAM takes': [{ policyName: `acme-dev-vector-${'x'.repeat(110)}-read` }, /at most 63/],
  };
  for (const [what, [args, message]] of Object.entries(refused)) {
    it(`VectorAccessPolicy refuses ${what}`, async () => {
      await record(() =>
        assert.throws(() => new VectorAccessPolicy('bad', { ...NAME, access: 'read', ...args }), message),
      );
    });
  }

  it('BedrockInvocationPolicy says where an inference profile belongs', async () => {
    await record(() =>
      assert.throws(
        () => new BedrockInvocationPolicy('bad', { project: 'acme', modelIds: [PROFILE.profileId] }),
        /"us.cohere.embed-v4:0" is an inference profile and no model; name it in inferenceProfiles/,
      ),
    );
  });
});
