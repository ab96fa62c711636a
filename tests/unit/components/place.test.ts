// Every ARN is written for the provider in use: its partition, its Region, its account, whichever provider that is.
import assert from 'node:assert/strict';
import { Provider } from '@pulumi/aws/provider';
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
} from '../../../components/index';
import { PLACE, record, valueOf } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const PLACES = {
  china: { partition: 'aws-cn', region: 'cn-north-1', accountId: '222222222222' },
  government: { partition: 'aws-us-gov', region: 'us-gov-west-1', accountId: '333333333333' },
} as const;

describe('the place of the provider', () => {
  for (const [name, place] of Object.entries(PLACES)) {
    it(`is in every document where an explicit provider works in ${place.region}`, async () => {
      const run = await record(
        () => {
          const providers = [new Provider(name, {})];
          new ManagementPolicy('management', { project: 'acme' }, { providers });
          new ServiceAccessPolicy('objects', { project: 'acme' }, { providers });
          new VectorAccessPolicy('vectors', { ...NAME, access: 'read' }, { providers });
          new BedrockInvocationPolicy(
            'bedrock',
            { project: 'acme', modelIds: ['amazon.titan-embed-text-v2:0'] },
            { providers },
          );
          new EncryptionKey('key', { project: 'acme', environment: 'dev' }, { providers });
          new EmbeddingBucket('documents', { ...NAME, purpose: 'documents' }, { providers });
          new GithubDeployer(
            'deployer',
            {
              project: 'acme',
              repositories: ['acme/vectors'],
              branches: ['main'],
              managementPolicyArn: `arn:${place.partition}:iam::${place.accountId}:policy/x`,
            },
            { providers },
          );
        },
        { places: PLACES },
      );
      const documents = run.resources.flatMap(({ name: of, inputs }) =>
        ['policy', 'assumeRolePolicy'].flatMap((input) =>
          inputs[input] === undefined ? [] : [[of, JSON.stringify(inputs[input])] as const],
        ),
      );
      assert.equal(documents.length, 9, documents.map(([of]) => of).join(', '));
      for (const [of, text] of documents) {
        const arns = text.match(/arn:[^"\\]+/g) ?? [];
        assert.ok(arns.length > 0, of);
        for (const arn of arns) {
          const [, partition, , region = '', accountId = ''] = arn.split(':');
          assert.equal(partition, place.partition, `${of}: ${arn}`);
          assert.ok(['', '*', place.region].includes(region), `${of}: ${arn}`);
          // `aws` is the account of AWS-managed things.
          assert.ok(['', '*', 'aws', place.accountId].includes(accountId), `${of}: ${arn}`);
        }
      }
    });

    it(`is in what is adopted and in the environment of App Runner in ${place.region}`, async () => {
      const run = await record(
        () => {
          const providers = [new Provider(name, {})];
          const bucket = new VectorBucket('theirs', { existing: { name: 'team-vectors' } }, { providers });
          const access = new ServiceAccess(
            'access',
            {
              host: 'app-runner',
              roleName: 'service',
              vectorAccessPolicyArn: 'arn:aws:iam::123456789012:policy/x',
              vectorBucketName: 'team-vectors',
              indexName: 'notes',
              dimension: 8,
            },
            { providers },
          );
          return { arn: bucket.vectorBucketArn, variables: access.environmentVariables };
        },
        { places: PLACES },
      );
      const { partition, region, accountId } = place;
      assert.equal(
        await valueOf(run.result.arn),
        `arn:${partition}:s3vectors:${region}:${accountId}:bucket/team-vectors`,
      );
      assert.equal((await valueOf(run.result.variables))['AWS_REGION'], region);
    });
  }

  it('is that of the default provider where none is given', async () => {
    const run = await record(() => new VectorBucket('theirs', { existing: { name: 'team-vectors' } }), {
      places: PLACES,
    });
    assert.match(
      await valueOf(run.result.vectorBucketArn),
      new RegExp(`:${PLACE.region}:${PLACE.accountId}:`),
    );
  });
});
