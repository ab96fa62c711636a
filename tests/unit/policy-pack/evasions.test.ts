// The detour through Cloud Control's generic resources, which makes anything without naming its type to Pulumi: it
// gets round no policy.
import type { ResourceValidationPolicy } from '@pulumi/policy';
import { dataProtected } from '../../../policy-pack/policies/data-protected';
import { deployerTrust } from '../../../policy-pack/policies/deployer-trust';
import { encryptionKeyRotation } from '../../../policy-pack/policies/encryption-key-rotation';
import { noBroadVectorGrants } from '../../../policy-pack/policies/no-broad-vector-grants';
import { noPublicPrincipal } from '../../../policy-pack/policies/no-public-principal';
import { noRoleWithBoth } from '../../../policy-pack/policies/no-role-with-both';
import { requiredTags } from '../../../policy-pack/policies/required-tags';
import { vectorBucketEncryption } from '../../../policy-pack/policies/vector-bucket-encryption';
import { vectorIndexNaming } from '../../../policy-pack/policies/vector-index-naming';
import { judge, judgeStack, passes, refused, type Resource, undecided, unknown } from './judge';

/** Both providers' generic resource for a CloudFormation type. */
const detours = (type: string, properties: object): Resource[] => [
  { type: 'aws-native:index:ExtensionResource', props: { type, properties } },
  {
    type: 'aws:cloudcontrol/resource:Resource',
    props: { typeName: type, desiredState: JSON.stringify(properties) },
  },
];
const document = (Action: string, Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'S', Effect: 'Allow', Action, Resource }],
});

const CASES: readonly (readonly [ResourceValidationPolicy, string, object, RegExp])[] = [
  [
    vectorIndexNaming,
    'AWS::S3Vectors::Index',
    { IndexName: 'Wrong_Name', VectorBucketName: 'somewhere' },
    /"somewhere" does not follow/,
  ],
  [
    vectorBucketEncryption,
    'AWS::S3Vectors::VectorBucket',
    { VectorBucketName: 'acme-prod-vector-x', EncryptionConfiguration: { SseType: 'AES256' } },
    /production bucket/,
  ],
  [encryptionKeyRotation, 'AWS::KMS::Key', { EnableKeyRotation: false }, /does not rotate/],
  [
    dataProtected,
    'AWS::S3Vectors::VectorBucket',
    { VectorBucketName: 'acme-prod-vector-x' },
    /is not protected/,
  ],
  [
    requiredTags,
    'AWS::S3Vectors::Index',
    { Tags: [{ Key: 'ManagedBy', Value: 'hand' }] },
    /lacks the tags Project/,
  ],
  [
    noBroadVectorGrants,
    'AWS::IAM::ManagedPolicy',
    { ManagedPolicyName: 'p', PolicyDocument: document('s3vectors:*') },
    /data and administration/,
  ],
  [
    deployerTrust,
    'AWS::IAM::Role',
    {
      RoleName: 'ci',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoleWithWebIdentity',
            Principal: { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' },
          },
        ],
      },
    },
    /every repository of GitHub/,
  ],
];

describe('a resource made through Cloud Control', () => {
  for (const [policy, type, properties, message] of CASES) {
    it(`does not get round ${policy.name}`, () => {
      for (const resource of detours(type, properties)) refused(judge(policy, resource), message);
    });
  }

  it('does not get round no-role-with-both', () => {
    const index = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-dev-vector-docs/index/*';
    const role = (...actions: string[]) =>
      detours('AWS::IAM::Role', {
        RoleName: 'worker',
        Policies: actions.map((action) => ({
          PolicyName: action.replace(':', '-'),
          PolicyDocument: document(action, index),
        })),
      });
    for (const resource of role('s3vectors:QueryVectors', 's3vectors:DeleteIndex')) {
      refused(judgeStack(noRoleWithBoth, [resource]), /role "worker" .* has both layers/);
    }
    for (const resource of role('s3vectors:QueryVectors')) passes(judgeStack(noRoleWithBoth, [resource]));
  });
});

describe('a resource made through Cloud Control, before its properties are known', () => {
  const hidden = (type: unknown, properties: unknown): Resource[] => [
    { type: 'aws-native:index:ExtensionResource', props: { type, properties } },
    { type: 'aws:cloudcontrol/resource:Resource', props: { typeName: type, desiredState: properties } },
  ];
  const cases: readonly (readonly [ResourceValidationPolicy, string])[] = [
    [vectorIndexNaming, 'AWS::S3Vectors::Index'],
    [vectorBucketEncryption, 'AWS::S3Vectors::VectorBucket'],
    [encryptionKeyRotation, 'AWS::KMS::Key'],
    [noBroadVectorGrants, 'AWS::IAM::ManagedPolicy'],
    [deployerTrust, 'AWS::IAM::Role'],
    [noPublicPrincipal, 'AWS::S3::BucketPolicy'],
    [requiredTags, 'AWS::S3::Bucket'],
  ];
  for (const [policy, type] of cases) {
    it(`is noted by ${policy.name}, neither passed nor refused`, () => {
      for (const resource of hidden(type, unknown)) undecided(judge(policy, resource), /known/);
    });
  }

  it('is noted by no-role-with-both', () => {
    for (const resource of hidden('AWS::IAM::Role', unknown))
      undecided(judgeStack(noRoleWithBoth, [resource]), /cannot be known during preview/);
  });

  it('is noted once where not even its type is known', () => {
    for (const resource of hidden(unknown, '{}'))
      undecided(judge(noPublicPrincipal, resource), /no policy can judge it before the update/);
  });
});

describe('no-broad-vector-grants with allowedRegions', () => {
  const held = (region: string): Resource => ({
    type: 'aws:iam/policy:Policy',
    props: {
      name: 'p',
      policy: document(
        's3vectors:QueryVectors',
        `arn:aws:s3vectors:${region}:111122223333:bucket/acme-dev-vector-docs/index/*`,
      ),
    },
  });
  const check = (region: string, allowedRegions: readonly string[]) =>
    judge(noBroadVectorGrants, held(region), { allowedRegions });

  it('accepts policies that stay in the Regions, and all where none are configured', () => {
    passes(check('eu-west-1', ['eu-west-1', 'eu-central-1']));
    passes(check('us-east-1', []));
  });

  it('refuses policies that reach outside, by name, by wildcard and by a pattern that only meets', () => {
    refused(check('us-east-1', ['eu-west-1']), /reaches vectors outside eu-west-1/);
    refused(check('*', ['eu-west-1']), /reaches vectors outside/);
    refused(check('eu-*', ['eu-west-1']), /reaches vectors outside/);
    refused(check('eu-west-?', ['eu-west-1']), /Write one of these Regions into the ARN/);
  });
});
