import assert from 'node:assert/strict';
import * as debuggable from '@pulumi/pulumi/runtime/debuggable';
import { GithubDeployer } from '../../../components/index';
import { deploymentDocument } from '../../../contract/iam/documents/deployment';
import { githubTrustDocument } from '../../../contract/iam/documents/github-trust';
import { serviceBoundaryDocument } from '../../../contract/iam/documents/service-boundary';
import { PLACE, record, valueOf } from './recorded-program';

const MANAGEMENT_ARN = 'arn:aws:iam::123456789012:policy/acme-s3-vector-management';
const ARGS = {
  project: 'acme',
  repositories: ['acme/vectors'],
  githubEnvironments: ['prod'],
  managementPolicyArn: MANAGEMENT_ARN,
};

describe('GithubDeployer', () => {
  it('creates the provider, the boundary, the deployment policy and the role with both policies', async () => {
    const run = await record(() => new GithubDeployer('ci', { ...ARGS, tags: { Team: 'x' } }));
    const children = run.resources.filter(({ parent }) => parent === 'ci');
    assert.deepEqual(children.map(({ name }) => name).sort(), [
      'ci-deployment',
      'ci-deployment-attachment',
      'ci-management-attachment',
      'ci-oidc',
      'ci-role',
      'ci-service-boundary',
    ]);
    assert.deepEqual(run.named('ci-oidc').inputs, {
      url: 'https://token.actions.githubusercontent.com',
      clientIdLists: ['sts.amazonaws.com'],
      tags: { Team: 'x' },
    });
    const { description, ...role } = run.named('ci-role').inputs;
    assert.equal(typeof description, 'string');
    assert.deepEqual(role, {
      name: 'acme-github-deployer',
      assumeRolePolicy: githubTrustDocument(PLACE, {
        repositories: ['acme/vectors'],
        environments: ['prod'],
      }),
      tags: { Team: 'x' },
    });
    assert.ok(run.named('ci-role').dependencies.includes('ci-oidc'));
    assert.deepEqual(
      run.named('ci-deployment').inputs['policy'],
      deploymentDocument(PLACE, { project: 'acme' }),
    );
    assert.deepEqual(
      run.named('ci-service-boundary').inputs['policy'],
      serviceBoundaryDocument(PLACE, { project: 'acme' }),
    );
    assert.deepEqual(run.named('ci-management-attachment').inputs, {
      role: 'acme-github-deployer',
      policyArn: MANAGEMENT_ARN,
    });
    assert.equal(
      await valueOf(run.result.serviceBoundaryArn),
      'arn:aws:iam::123456789012:policy/acme-s3-vector-service-boundary',
    );
  });

  it('uses the provider that an account has already', async () => {
    const run = await record(() => new GithubDeployer('ci', { ...ARGS, useExistingProvider: true }));
    assert.equal(run.namesOf('aws:iam/openIdConnectProvider:OpenIdConnectProvider').length, 0);
    assert.deepEqual(
      run.named('ci-role').inputs['assumeRolePolicy'],
      githubTrustDocument(PLACE, { repositories: ['acme/vectors'], environments: ['prod'] }),
    );
  });

  it('lets services call the inference profiles that it is told of, within the boundary', async () => {
    const inferenceProfiles = [{ profileId: 'us.cohere.embed-v4:0', regions: ['us-west-2'] }];
    const run = await record(() => new GithubDeployer('ci', { ...ARGS, inferenceProfiles }));
    assert.deepEqual(
      run.named('ci-service-boundary').inputs['policy'],
      serviceBoundaryDocument(PLACE, { project: 'acme' }, inferenceProfiles),
    );
  });

  it('puts the role under a boundary where one is given', async () => {
    const permissionsBoundaryArn = 'arn:aws:iam::123456789012:policy/everyone';
    const run = await record(() => new GithubDeployer('ci', { ...ARGS, permissionsBoundaryArn }));
    assert.equal(run.named('ci-role').inputs['permissionsBoundary'], permissionsBoundaryArn);
  });

  it('gives its rights to a role that is there already, which cannot change itself by them', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/ci/deployer';
    const run = await record(
      () =>
        new GithubDeployer('ci', {
          project: 'acme',
          managementPolicyArn: MANAGEMENT_ARN,
          existing: { roleArn },
        }),
    );
    const children = run.resources.filter(({ parent }) => parent === 'ci');
    assert.deepEqual(children.map(({ name }) => name).sort(), [
      'ci-deployment',
      'ci-deployment-attachment',
      'ci-management-attachment',
      'ci-service-boundary',
    ]);
    assert.equal(run.named('ci-management-attachment').inputs['role'], 'deployer');
    assert.match(JSON.stringify(run.named('ci-deployment').inputs['policy']), /role\/ci\/deployer/);
    assert.equal(await valueOf(run.result.roleArn), roleArn);
  });

  const refused: Record<string, readonly [object, RegExp]> = {
    'neither repositories nor a role': [
      { repositories: undefined },
      /repositories missing: give repositories/,
    ],
    'what only a new role would need beside an existing one': [
      { existing: { roleArn: 'arn:aws:iam::123456789012:role/ci' } },
      /repositories, githubEnvironments given beside existing/,
    ],
    'a name where the ARN of the role is needed': [
      { existing: { roleArn: 'ci' }, repositories: undefined, githubEnvironments: undefined },
      /existing.roleArn "ci" must be an ARN like/,
    ],
  };
  for (const [what, [args, message]] of Object.entries(refused)) {
    it(`refuses ${what}`, async () => {
      await record(() => assert.throws(() => new GithubDeployer('bad', { ...ARGS, ...args }), message));
    });
  }

  it('refuses wildcards, and a repository without environment or branch', async () => {
    await record(() => {
      assert.throws(
        () => new GithubDeployer('bad', { ...ARGS, repositories: ['acme/*'], githubEnvironments: [] }),
        (error) =>
          error instanceof Error &&
          /repository "acme\/\*" must be written owner\/name/.test(error.message) &&
          /neither an environment nor a branch is named/.test(error.message),
      );
    });
  });

  it('refuses a role of another account than the provider works in, before anything is made for it', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/ci';
    const args = { project: 'acme', managementPolicyArn: MANAGEMENT_ARN, existing: { roleArn } };
    await assert.rejects(
      record(() => valueOf(new GithubDeployer('bad', args).roleArn), { preview: true }),
      /role\/ci" is a role of account 210987654321, and the AWS provider works in 123456789012/,
    );
    // What is refused is never registered, and Pulumi would complain of that when the process ends.
    (debuggable as unknown as { leakedPromises(): void }).leakedPromises();
  });
});
