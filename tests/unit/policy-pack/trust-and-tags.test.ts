import assert from 'node:assert/strict';
import { githubTrustDocument } from '../../../contract/iam/documents/github-trust';
import { deployerTrust } from '../../../policy-pack/policies/deployer-trust';
import { noPublicPrincipal } from '../../../policy-pack/policies/no-public-principal';
import { requiredTags } from '../../../policy-pack/policies/required-tags';
import { asProxy, judge, passes, refused, type Resource, undecided, unknown } from './judge';

const GITHUB = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`;
const PLACE = { partition: 'aws', region: 'eu-west-1', accountId: '111122223333' };

const ROLES: Readonly<Record<string, (trust: unknown) => Resource>> = {
  aws: (assumeRolePolicy) => ({ type: 'aws:iam/role:Role', props: { name: 'deployer', assumeRolePolicy } }),
  'aws as JSON': (trust) => ({
    type: 'aws:iam/role:Role',
    props: { name: 'deployer', assumeRolePolicy: trust === unknown ? unknown : JSON.stringify(trust) },
  }),
  'aws-native': (assumeRolePolicyDocument) => ({
    type: 'aws-native:iam:Role',
    props: { roleName: 'deployer', assumeRolePolicyDocument },
  }),
};

for (const [provider, role] of Object.entries(ROLES)) {
  describe(`deployer-trust of ${provider}`, () => {
    const trust = (Condition: object | undefined, over: object = {}) =>
      judge(
        deployerTrust,
        role({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'CI',
              Effect: 'Allow',
              Principal: { Federated: PROVIDER },
              Action: 'sts:AssumeRoleWithWebIdentity',
              ...(Condition === undefined ? {} : { Condition }),
              ...over,
            },
          ],
        }),
      );
    const aud = { [`${GITHUB}:aud`]: 'sts.amazonaws.com' };
    const sub = (value: unknown, operator = 'StringEquals') =>
      operator === 'StringEquals'
        ? { StringEquals: { ...aud, [`${GITHUB}:sub`]: value } }
        : { StringEquals: aud, [operator]: { [`${GITHUB}:sub`]: value } };

    it('accepts named repositories with something behind them', () => {
      passes(
        judge(
          deployerTrust,
          role(githubTrustDocument(PLACE, { repositories: ['acme/x'], environments: ['prod'] })),
        ),
      );
      passes(trust(sub(['repo:acme/x:ref:refs/heads/main', 'repo:acme/y:environment:prod'])));
      const repositories = ['acme@12/x@34', 'acme/y'];
      passes(
        judge(deployerTrust, role(githubTrustDocument(PLACE, { repositories, environments: ['prod'] }))),
      );
      for (const subject of [
        'repo:acme/x:ref:refs/tags/v1.2.0',
        'repo:acme/x:environment:Prod EU',
        'repo:octocat@123456/my-repo@456789:environment:dev',
        'repo:acme/x:job_workflow_ref:acme/w/.github/workflows/deploy.yml@refs/heads/main',
        'repo:acme/x:environment:prod:actor:ada',
      ])
        passes(trust(sub(subject, 'StringLike')));
    });

    it('leaves roles alone that GitHub does not assume', () => {
      passes(trust(undefined, { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }));
    });

    it('refuses every repository of the world', () => {
      refused(trust(undefined), /statement "CI" of deployer lets every repository of GitHub assume the role/);
      refused(trust({ StringEquals: aud }), /lets every repository/);
      refused(
        trust({
          StringEquals: aud,
          'ForAllValues:StringEquals': { [`${GITHUB}:sub`]: 'repo:acme/x:environment:prod' },
        }),
        /lets every repository/,
      );
      refused(
        trust({
          StringEquals: aud,
          StringEqualsIfExists: { [`${GITHUB}:sub`]: 'repo:acme/x:environment:prod' },
        }),
        /lets every repository/,
      );
      refused(
        trust({ StringEquals: aud, StringNotEquals: { [`${GITHUB}:sub`]: 'repo:evil/x:environment:prod' } }),
        /lets every repository/,
      );
    });

    it('refuses wildcards in the repository, and any workflow of one', () => {
      for (const subject of [
        '*',
        'repo:*',
        'repo:acme/*',
        'repo:acme/*:environment:prod',
        'repo:ac?e/x:environment:prod',
        'repo:acme@*/x@34:environment:prod',
        'repo:acme@12/x@*:environment:prod',
        'repo:acme@12/x@34:*',
        'repo:acme/x:*',
        'repo:acme/x',
        'repo:acme/x:r*',
        'repo:acme/x:ref:*',
        'repo:acme/x:ref:refs/heads/*',
        'repo:acme/x:ref:refs/tags/v*',
        'repo:acme/x:environment:*',
        'repo:acme/x:e?vironment:prod',
        'repo:acme/x:pull_request',
        'repo:acme/x:job_workflow_ref:o/w@*',
        `repo:acme/x:environment:\${${GITHUB}:environment}`,
        `\${${GITHUB}:sub}`,
        'unknown',
      ]) {
        refused(
          trust(sub(['repo:acme/x:environment:prod', subject], 'StringLike')),
          /more than one repository, or any of its workflows/,
        );
      }
    });

    it('takes conditions together: one that is strict is enough', () => {
      const strict = { StringEquals: { ...aud, [`${GITHUB}:sub`]: 'repo:acme/x:environment:prod' } };
      const loose = { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } };
      passes(trust({ ...strict, ...loose }));
      passes(trust({ ...loose, ...strict }));
      refused(trust({ ...loose, StringEquals: aud }), /trusts "repo:acme\/\*"/);
    });

    it("judges an enterprise's own issuer by its own claims", () => {
      const enterprise = (issuer: string) =>
        trust(
          {
            StringEquals: {
              [`${issuer}:aud`]: 'sts.amazonaws.com',
              [`${issuer}:sub`]: 'repo:acme/x:environment:prod',
            },
          },
          { Principal: { Federated: `${PROVIDER}/octo` } },
        );
      passes(enterprise(`${GITHUB}/octo`));
      refused(enterprise(GITHUB), /lets every repository of GitHub/);
    });

    it('refuses more than one audience', () => {
      for (const value of [['sts.amazonaws.com', 'https://evil'], 'sts.*', `\${${GITHUB}:aud}`]) {
        refused(
          trust({
            StringLike: { [`${GITHUB}:aud`]: value, [`${GITHUB}:sub`]: 'repo:acme/x:environment:prod' },
          }),
          /does not fix the audience, but takes/,
        );
      }
    });

    it('refuses a missing audience', () => {
      refused(
        trust({ StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/x:environment:prod' } }),
        /does not fix the audience/,
      );
    });

    it('is not evaded by wildcards in action or provider', () => {
      refused(trust(undefined, { Action: 'sts:*' }), /every repository/);
      refused(trust(undefined, { Action: 'STS:assumerolewith*' }), /every repository/);
      refused(trust(undefined, { Principal: { Federated: '*' } }), /every repository/);
    });

    it('waits for what is unknown', () => {
      undecided(judge(deployerTrust, role(unknown)), /cannot be known during preview/);
      if (provider !== 'aws as JSON') {
        undecided(trust(sub(unknown)), /Condition.* cannot be known during preview/);
        undecided(trust(unknown as never), /Condition cannot be known during preview/);
      }
    });
  });
}

describe('no-public-principal', () => {
  const holders: Readonly<Record<string, (policy: unknown) => Resource>> = {
    'aws bucket policy': (policy) => ({
      type: 'aws:s3/bucketPolicy:BucketPolicy',
      props: { bucket: 'b', policy },
    }),
    'aws bucket policy as JSON': (policy) => ({
      type: 'aws:s3/bucketPolicy:BucketPolicy',
      props: { bucket: 'b', policy: policy === unknown ? unknown : JSON.stringify(policy) },
    }),
    'aws vector bucket policy': (policy) => ({
      type: 'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy',
      props: { policy },
    }),
    'aws-native vector bucket policy': (policy) => ({
      type: 'aws-native:s3vectors:VectorBucketPolicy',
      props: { policy },
    }),
    'aws-native bucket policy': (policyDocument) => ({
      type: 'aws-native:s3:BucketPolicy',
      props: { policyDocument },
    }),
    'aws key': (policy) => ({ type: 'aws:kms/key:Key', props: { policy } }),
    'aws-native key': (keyPolicy) => ({ type: 'aws-native:kms:Key', props: { keyPolicy } }),
    'aws Multi-Region Access Point policy': (policy) => ({
      type: 'aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy',
      props: { details: { name: 'm', policy } },
    }),
    'aws Object Lambda access point policy': (policy) => ({
      type: 'aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy',
      props: { name: 'o', policy },
    }),
    'aws-native Object Lambda access point policy': (policyDocument) => ({
      type: 'aws-native:s3objectlambda:AccessPointPolicy',
      props: { objectLambdaAccessPoint: 'o', policyDocument },
    }),
    'aws access grants policy': (policy) => ({
      type: 'aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy',
      props: { policy },
    }),
    'aws role': (assumeRolePolicy) => ({ type: 'aws:iam/role:Role', props: { assumeRolePolicy } }),
    'Cloud Control bucket policy': (policy) => ({
      type: 'aws-native:index:ExtensionResource',
      props: { type: 'AWS::S3Vectors::VectorBucketPolicy', properties: { Policy: policy } },
    }),
  };
  const document = (over: object) => ({
    Version: '2012-10-17',
    Statement: [{ Sid: 'S', Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...over }],
  });
  for (const [what, hold] of Object.entries(holders)) {
    it(`lets nobody in through an ${what}`, () => {
      const check = (over: object) => judge(noPublicPrincipal, hold(document(over)));
      passes(check({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }));
      passes(check({ Principal: '*', Effect: 'Deny' }));
      passes(check({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-123' } } }));
      passes(check({ Principal: '*', Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::b' } } }));
      refused(check({ Principal: '*' }), /statement "S" of .* allows s3:GetObject to everyone/);
      refused(check({ Principal: { AWS: '*' } }), /to everyone/);
      refused(check({ Principal: { AWS: ['111122223333', '*'] } }), /to everyone/);
      refused(check({ NotPrincipal: { AWS: '111122223333' } }), /everyone but those of NotPrincipal/);
      refused(
        check({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
        /to everyone/,
      );
      refused(
        check({ Principal: '*', Condition: { StringLike: { 'aws:PrincipalArn': '*' } } }),
        /to everyone/,
      );
      refused(
        check({ Principal: '*', Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } } }),
        /to everyone/,
      );
      refused(
        check({ Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
        /to everyone/,
      );
      undecided(judge(noPublicPrincipal, hold(unknown)), /cannot be known during preview/);
      passes(check({ Principal: { AWS: '111122223333' }, Resource: unknown }));
    });
  }

  describe('of conditions that say who', () => {
    const check = (Condition: object) =>
      judge(noPublicPrincipal, {
        type: 'aws:s3/bucketPolicy:BucketPolicy',
        props: { bucket: 'b', policy: document({ Principal: '*', Condition }) },
      });
    const FIXED: readonly (readonly [string, unknown])[] = [
      ['StringEquals', { 'aws:PrincipalOrgID': 'o-a1b2c3' }],
      ['ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': ['o-a1b2c3/r-1/ou-2/*'] }],
      ['ArnLike', { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/acme-*' }],
      ['ArnLike', { 'aws:SourceArn': 'arn:aws:s3vectors:*:111122223333:bucket/*' }],
      ['ArnEquals', { 'aws:SourceArn': 'arn:aws:s3:::acme-logs' }],
      ['StringEquals', { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] }],
      ['StringLike', { 'aws:userid': 'AROAEXAMPLEID:*' }],
      ['StringLike', { 's3:DataAccessPointArn': 'arn:aws:s3:*:111122223333:accesspoint/*' }],
    ];
    const OPEN: readonly (readonly [string, unknown])[] = [
      ['StringLike', { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' }],
      ['StringLike', { 'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/x', '*'] }],
      ['ArnLike', { 'aws:PrincipalArn': 'arn:aws:*' }],
      ['StringLike', { 'aws:PrincipalOrgID': 'o-*' }],
      ['ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': ['o-*/*'] }],
      ['StringLike', { 'aws:SourceVpc': 'vpc-*' }],
      ['StringLike', { 'aws:userid': 'A*' }],
      ['StringLike', { 'aws:PrincipalAccount': '1*' }],
      ['ArnLike', { 'aws:SourceArn': 'arn:aws:s3:*:*:*' }],
      ['ArnLike', { 'aws:SourceArn': 'arn:aws:s3:::acme-*' }],
      ['StringEquals', { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID}' }],
      ['StringEquals', { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' }],
    ];

    it('accepts fixed values, of ARNs a fixed account', () => {
      for (const [operator, keys] of FIXED) passes(check({ [operator]: keys }));
    });

    for (const [operator, keys] of OPEN) {
      it(`refuses ${operator} ${JSON.stringify(keys)}, which confines nobody`, () => {
        refused(check({ [operator]: keys }), /to everyone/);
      });
    }

    it('waits for a value that is not known yet', () => {
      undecided(check({ StringEquals: { 'aws:PrincipalOrgID': unknown } }), /cannot be known during preview/);
      refused(check({ StringEquals: { 'aws:PrincipalOrgID': ['*', 'unknown'] } }), /to everyone/);
    });
  });

  it('leaves identity policies alone, and refuses what cannot be read', () => {
    passes(judge(noPublicPrincipal, { type: 'aws:iam/policy:Policy', props: { policy: document({}) } }));
    refused(
      judge(noPublicPrincipal, { type: 'aws:s3/bucketPolicy:BucketPolicy', props: { policy: '[' } }),
      /no JSON/,
    );
  });
});

describe('required-tags', () => {
  const map = (tags: unknown): Resource => ({ type: 'aws:s3/bucket:Bucket', props: { tags } });
  const list = (tags: unknown): Resource => ({ type: 'aws-native:s3vectors:VectorBucket', props: { tags } });
  const both = [
    { key: 'Project', value: 'acme' },
    { key: 'ManagedBy', value: 'pulumi' },
  ];

  it('accepts the tags in both forms', () => {
    passes(judge(requiredTags, map({ Project: 'acme', ManagedBy: 'pulumi', More: 'x' })));
    passes(judge(requiredTags, list(both)));
    passes(judge(requiredTags, map({ Project: unknown, ManagedBy: 'pulumi' })));
    passes(judge(requiredTags, { type: 'aws:sqs/queue:Queue', props: {} }));
  });

  it('refuses missing, empty and misspelled tags', () => {
    refused(judge(requiredTags, map(undefined)), /lacks the tags Project, ManagedBy/);
    refused(judge(requiredTags, map({ project: 'acme', ManagedBy: 'pulumi' })), /lacks the tags Project;/);
    refused(judge(requiredTags, map({ Project: '', ManagedBy: 'pulumi' })), /lacks the tags Project;/);
    refused(judge(requiredTags, list(both.slice(0, 1))), /lacks the tags ManagedBy/);
    refused(judge(requiredTags, list(both), { required: ['CostCentre'] }), /CostCentre/);
  });

  it('judges functions and keys of every kind', () => {
    for (const type of [
      'aws-native:lambda:Function',
      'aws:lambda/function:Function',
      'aws:kms/replicaKey:ReplicaKey',
      'aws:kms/externalKey:ExternalKey',
      'aws-native:kms:ReplicaKey',
    ]) {
      refused(judge(requiredTags, { type, props: {} }), /lacks the tags Project, ManagedBy/);
    }
  });

  it('waits for tags that are unknown as a whole', () => {
    undecided(judge(requiredTags, map(unknown)), /not known yet/);
    undecided(judge(requiredTags, list(unknown)), /not known yet/);
    undecided(judge(requiredTags, list([unknown])), /not known yet/);
  });

  describe('at the level remediate', () => {
    const remediate = ({ type, props }: Resource, values: object) =>
      requiredTags.remediateResource?.({
        type,
        props,
        name: 'it',
        urn: 'urn',
        opts: { protect: false },
        getConfig: () => ({ required: ['Project', 'ManagedBy'], values }),
      } as never) as { tags: unknown } | undefined;

    it('adds the tags whose values are configured, and keeps what is there', () => {
      assert.deepEqual(remediate(map({ Project: 'mine' }), { Project: 'acme', ManagedBy: 'pulumi' })?.tags, {
        Project: 'mine',
        ManagedBy: 'pulumi',
      });
      assert.deepEqual(remediate(list([both[0]]), { ManagedBy: 'pulumi' })?.tags, both);
      assert.deepEqual(remediate(list(undefined), { Project: 'acme', ManagedBy: 'pulumi' })?.tags, both);
    });

    it('fills tags that are empty, in both forms', () => {
      const values = { Project: 'acme', ManagedBy: 'pulumi' };
      assert.deepEqual(remediate(map({ Project: '', ManagedBy: 'me' }), values)?.tags, {
        Project: 'acme',
        ManagedBy: 'me',
      });
      assert.deepEqual(remediate(list([{ key: 'ManagedBy', value: '' }]), values)?.tags, [
        { key: 'ManagedBy', value: 'pulumi' },
        { key: 'Project', value: 'acme' },
      ]);
    });

    it('adds beside a tag that is not known yet, without reading it', () => {
      const values = { Project: 'acme', ManagedBy: 'pulumi' };
      const tags: Record<string, unknown> = { Owner: unknown, Project: 'mine' };
      const behindProxy = { type: 'aws:s3/bucket:Bucket', props: asProxy({ tags }) };
      assert.ok(remediate(behindProxy, values) !== undefined);
      assert.deepEqual(tags, { Owner: unknown, Project: 'mine', ManagedBy: 'pulumi' });
      const entries = { tags: [{ key: 'Owner', value: unknown }] };
      const native = { type: 'aws-native:s3vectors:VectorBucket', props: asProxy(entries) };
      assert.ok(remediate(native, values) !== undefined);
      assert.deepEqual(
        entries.tags.map(({ key }) => key),
        ['Owner', 'Project', 'ManagedBy'],
      );
      const someKey = {
        type: 'aws-native:s3vectors:VectorBucket',
        props: asProxy({ tags: [{ key: unknown, value: 'x' }] }),
      };
      assert.equal(remediate(someKey, values), undefined);
    });

    it('does nothing where nothing is missing or nothing is configured', () => {
      assert.equal(remediate(list(both), { Project: 'x' }), undefined);
      assert.equal(remediate(map({}), {}), undefined);
      assert.equal(remediate({ type: 'aws:sqs/queue:Queue', props: {} }, { Project: 'x' }), undefined);
    });
  });
});
