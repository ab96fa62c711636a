import type { ResourceValidationPolicy } from '@pulumi/policy';
import assert from 'node:assert/strict';
import { managementWithoutData } from '../../../policy-pack/policies/management-without-data';
import { serviceWithoutAdministration } from '../../../policy-pack/policies/service-without-administration';
import { judge, passes, refused, type Resource, undecided, unknown } from './judge';

const BUCKETS = 'arn:aws:s3:::acme-*-vector-*';
const OBJECTS = `${BUCKETS}/*`;
const VECTOR_BUCKETS = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-*-vector-*';
const INDEXES = `${VECTOR_BUCKETS}/index/*`;

type Holder = (name: string, document: unknown) => Resource;

/** Every resource that can hold such a policy. */
const HOLDERS: Readonly<Record<string, Holder>> = {
  'aws managed policy': (name, policy) => ({ type: 'aws:iam/policy:Policy', props: { name, policy } }),
  'aws managed policy as JSON': (name, document) => ({
    type: 'aws:iam/policy:Policy',
    props: { name, policy: JSON.stringify(document) },
  }),
  'aws managed policy with a name prefix': (name, policy) => ({
    type: 'aws:iam/policy:Policy',
    props: { namePrefix: `${name}-`, policy },
  }),
  'aws managed policy named by its logical name': (name, policy) => ({
    type: 'aws:iam/policy:Policy',
    name,
    props: { policy },
  }),
  'aws inline role policy': (name, policy) => ({
    type: 'aws:iam/rolePolicy:RolePolicy',
    props: { name, role: 'r', policy },
  }),
  'aws role with inline policies': (name, policy) => ({
    type: 'aws:iam/role:Role',
    props: { name: 'r', assumeRolePolicy: {}, inlinePolicies: [{ name, policy: JSON.stringify(policy) }] },
  }),
  'aws-native managed policy': (managedPolicyName, policyDocument) => ({
    type: 'aws-native:iam:ManagedPolicy',
    props: { managedPolicyName, policyDocument },
  }),
  'aws-native role policy': (policyName, policyDocument) => ({
    type: 'aws-native:iam:RolePolicy',
    props: { policyName, policyDocument, roleName: 'r' },
  }),
  'aws-native role with inline policies': (policyName, policyDocument) => ({
    type: 'aws-native:iam:Role',
    props: { assumeRolePolicyDocument: {}, policies: [{ policyName, policyDocument }] },
  }),
  'Cloud Control resource': (name, document) => ({
    type: 'aws:cloudcontrol/resource:Resource',
    props: {
      typeName: 'AWS::IAM::ManagedPolicy',
      desiredState: JSON.stringify({ ManagedPolicyName: name, PolicyDocument: document }),
    },
  }),
};

interface Layer {
  readonly policy: ResourceValidationPolicy;
  readonly name: string;
  readonly good: readonly object[];
  /** description → statement, and what the message must say */
  readonly bad: Readonly<Record<string, readonly [object, RegExp]>>;
}

const allow = (Action: unknown, Resource: unknown, over: object = {}) => ({
  Sid: 'X',
  Effect: 'Allow',
  Action,
  Resource,
  ...over,
});
const document = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

const LAYERS: readonly Layer[] = [
  {
    policy: managementWithoutData,
    name: 'acme-s3-vector-management',
    good: [
      document(allow(['s3:CreateBucket', 's3:PutBucket*', 's3:GetBucket*', 's3:ListBucket'], BUCKETS)),
      document(allow(['s3vectors:CreateIndex', 's3vectors:*VectorBucket*'], [VECTOR_BUCKETS, INDEXES])),
      document(allow('s3vectors:ListVectorBuckets', '*')),
      document(
        allow('s3:Get*', BUCKETS),
        { Effect: 'Deny', Action: 's3:*Object*', Resource: '*' },
        { Effect: 'Deny', Action: ['s3:GetDataAccess'], Resource: '*' },
      ),
      document(allow('cloudformation:*Resource', '*')),
      document({ Effect: 'Deny', Action: 's3:GetObject', Resource: OBJECTS }),
    ],
    bad: {
      'a literal action': [
        allow('s3:GetObject', OBJECTS),
        /statement "X" of .* allows s3:GetObject on .*Remove "s3:GetObject" from statement "X"/,
      ],
      'a partial wildcard': [
        allow('s3:Get*', BUCKETS),
        /written as s3:Get\*.*Replace "s3:Get\*" in statement "X" by the actions that are meant, such as s3:GetAccelerateConfiguration, (?!.*GetDataAccess)/,
      ],
      'a front wildcard': [allow('s3:*Object', OBJECTS), /s3:DeleteObject/],
      'a question mark': [allow('s3:G?tObject', OBJECTS), /written as s3:G\?tObject/],
      'mixed case': [allow('S3:GETobject', OBJECTS), /s3:GetObject/],
      NotAction: [allow(undefined, BUCKETS, { NotAction: 's3:PutObject' }), /Replace NotAction/],
      NotResource: [
        allow('s3:GetObject', undefined, { NotResource: 'arn:aws:s3:::x/*' }),
        /NotResource arn:aws:s3:::x/,
      ],
      'a resource that only meets objects': [
        allow(['s3:PutBucketTagging', 's3:DeleteObject*'], 'arn:aws:s3:::*-prod-*'),
        /s3:DeleteObject/,
      ],
      vectors: [allow('s3vectors:QueryVectors', INDEXES), /s3vectors:QueryVectors/],
      'vectors by wildcard': [allow('s3vectors:*', [VECTOR_BUCKETS, INDEXES]), /written as s3vectors:\*/],
      everything: [allow('*', '*'), /written as \*/],
      'a condition that may hold': [
        allow('s3:GetObject', OBJECTS, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
        /under conditions that are assumed/,
      ],
      'access grants': [allow('s3:GetDataAccess', '*'), /GetDataAccess/],
      'objects of a Multi-Region Access Point': [
        allow('s3:GetObject', 'arn:aws:s3::111122223333:accesspoint/m.mrap/object/*'),
        /allows s3:GetObject on/,
      ],
    },
  },
  {
    policy: serviceWithoutAdministration,
    name: 'acme-s3-vector-service-access',
    good: [
      document(
        allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], OBJECTS),
        allow('s3:ListBucket', BUCKETS),
      ),
      document(
        allow('s3vectors:*Vectors', INDEXES),
        allow(['s3vectors:GetIndex', 's3vectors:ListIndexes'], [VECTOR_BUCKETS, INDEXES]),
      ),
      document(allow('s3:*', OBJECTS)),
      document(allow(['s3:*', 's3vectors:*'], '*'), {
        Effect: 'Deny',
        NotAction: ['s3:*Object', 's3:ListBucket', 's3vectors:*Vectors'],
        Resource: '*',
      }),
    ],
    bad: {
      'a literal action': [allow('s3:CreateBucket', BUCKETS), /Remove "s3:CreateBucket"/],
      'a partial wildcard': [allow('s3:Put*', BUCKETS), /written as s3:Put\*/],
      'a question mark': [allow('s3:DeleteBucke?', BUCKETS), /s3:DeleteBucket/],
      'mixed case': [allow('s3:putbucketPOLICY', BUCKETS), /s3:PutBucketPolicy/],
      NotAction: [allow(undefined, BUCKETS, { NotAction: ['s3:CreateBucket'] }), /Replace NotAction/],
      NotResource: [allow('s3:PutBucketAcl', undefined, { NotResource: OBJECTS }), /s3:PutBucketAcl/],
      'a resource that only meets buckets': [allow('s3:Delete*', 'arn:*vector*'), /s3:DeleteBucket/],
      'vector administration': [
        allow(['s3vectors:QueryVectors', 's3vectors:DeleteIndex'], INDEXES),
        /Remove "s3vectors:DeleteIndex"/,
      ],
      'the newest vector administration': [allow('s3vectors:UpdateIndexMode', INDEXES), /UpdateIndexMode/],
      'vector administration by wildcard': [allow('s3vectors:*', INDEXES), /written as s3vectors:\*/],
      everything: [allow('*', '*'), /written as \*/],
      'access points': [allow('s3:CreateAccessPoint', '*'), /CreateAccessPoint/],
      'Object Lambda access points': [
        allow(
          's3:CreateAccessPointForObjectLambda',
          'arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/*',
        ),
        /CreateAccessPointForObjectLambda/,
      ],
    },
  },
];

for (const { policy, name, good, bad } of LAYERS) {
  describe(policy.name, () => {
    for (const [holder, build] of Object.entries(HOLDERS)) {
      it(`judges a policy held by an ${holder}`, () => {
        for (const one of good) passes(judge(policy, build(name, one)));
        for (const [statement, message] of Object.values(bad)) {
          refused(judge(policy, build(name, document(statement))), message);
        }
      });
    }

    for (const [how, [statement, message]] of Object.entries(bad)) {
      it(`refuses ${how}`, () => {
        const resource = HOLDERS['aws managed policy']?.(name, document(statement));
        assert.ok(resource !== undefined);
        refused(judge(policy, resource), message);
      });
    }

    const managed = (document: unknown, as = name) =>
      judge(policy, { type: 'aws:iam/policy:Policy', props: { name: as, policy: document } });
    const [literal] = Object.values(bad)[0] ?? [{}];

    it('recognises the layer whatever the spelling of its name', () => {
      for (const as of [name.toUpperCase(), name.replaceAll('-', '_'), `${name}-v2`, `x-${name}`]) {
        refused(managed(document(literal), as), /statement "X"/);
      }
    });

    it('leaves policies of other names to the policies that judge by content', () => {
      passes(managed(document(literal), 'acme-anything'));
    });

    it('refuses a deliberate Allow although a Deny takes it back', () => {
      refused(
        managed(document(literal, { Effect: 'Deny', Action: '*', Resource: '*' })),
        /A Deny takes it back today/,
      );
    });

    it('refuses a Deny that leaves a gap', () => {
      const gap = {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': false } },
      };
      refused(managed(document(allow('*', '*'), gap)), /allows/);
    });

    it('refuses what cannot be read', () => {
      refused(managed('{"Statement": ['), /no JSON.*What cannot be read cannot be judged/);
      refused(managed({ Statement: [{ Effect: 'Allow' }] }), /neither Action nor NotAction/);
    });

    it('judges what is known beside what is not', () => {
      refused(
        managed(document(literal, { Effect: 'Allow', Action: unknown, Resource: '*' })),
        /statement "X"/,
      );
      refused(managed(document({ ...literal, Resource: unknown })), /statement "X"/);
      refused(managed(document({ ...literal, Resource: [unknown] })), /statement "X"/);
      passes(managed(document({ ...(good[0] as { Statement: object[] }).Statement[0], Resource: unknown })));
    });

    it('neither passes nor refuses what is unknown', () => {
      for (const value of [
        unknown,
        document({ Effect: 'Allow', Action: unknown, Resource: '*' }),
        { Version: '2012-10-17', Statement: unknown },
      ]) {
        undecided(managed(value), /cannot be known during preview, so it is judged at the update/);
      }
    });
  });
}

describe('policies that other stacks attach by their names', () => {
  const managed = (name: string, statement: object): Resource => ({
    type: 'aws:iam/policy:Policy',
    props: { name, policy: document(statement) },
  });
  const read = allow('s3vectors:QueryVectors', INDEXES);
  const configure = allow('s3vectors:PutVectorBucketPolicy', VECTOR_BUCKETS);

  it('are held to what their names promise', () => {
    for (const name of ['acme-dev-vector-docs-read', 'ACME-dev-vector-docs_access']) {
      passes(judge(serviceWithoutAdministration, managed(name, read)));
      refused(
        judge(serviceWithoutAdministration, managed(name, configure)),
        /a vector access policy administers nothing, but statement "X"/,
      );
    }
    passes(judge(managementWithoutData, managed('acme-s3-vector-deployment', configure)));
    refused(
      judge(managementWithoutData, managed('acme-s3-vector-deployment', read)),
      /a deployment policy reaches no objects and no vectors/,
    );
  });

  it('have nothing of either layer where they are there to invoke models', () => {
    const models = managed('acme-bedrock-invocation', allow('bedrock:InvokeModel', '*'));
    for (const policy of [managementWithoutData, serviceWithoutAdministration]) passes(judge(policy, models));
    refused(
      judge(managementWithoutData, managed('acme-bedrock-invocation', read)),
      /to invoke models reaches/,
    );
    refused(
      judge(serviceWithoutAdministration, managed('acme-bedrock-invocation', configure)),
      /to invoke models administers nothing/,
    );
  });
});
