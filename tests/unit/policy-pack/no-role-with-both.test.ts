import assert from 'node:assert/strict';
import { noRoleWithBoth } from '../../../policy-pack/policies/no-role-with-both';
import { givenInputs } from '../../../policy-pack/resources/given-inputs';
import { judgeStack, passes, refused, type Resource, undecided, unknown, urnOf } from './judge';

const INDEX = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-dev-vector-docs/index/*';
const BUCKET = 'arn:aws:s3:::acme-dev-vector-docs';
const statement = (Sid: string, Action: unknown, Resource: unknown) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const DATA = document(statement('Read', 's3vectors:QueryVectors', INDEX));
const ADMINISTRATION = document(statement('Configure', 's3:PutBucket*', BUCKET));

const policy = (name: string, value: object): Resource => ({
  type: 'aws:iam/policy:Policy',
  name,
  props: { name, policy: JSON.stringify(value) },
});
const role = (over: object = {}): Resource => ({
  type: 'aws:iam/role:Role',
  name: 'worker',
  props: { name: 'acme-worker', assumeRolePolicy: {}, ...over },
});
const arn = (name: string) => `arn:aws:iam::111122223333:policy/${name}`;
const attach = (
  policyArn: unknown,
  name = `a${String(policyArn)}`,
  sources: Resource['sources'] = {},
): Resource => ({
  type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
  name,
  props: { role: 'acme-worker', policyArn },
  sources,
});
const check = (...resources: Resource[]) => judgeStack(noRoleWithBoth, resources);

const BOTH =
  /role "acme-worker" .*has both layers\. Data: statement "Read" .*Administration: statement "Configure"/;

describe('no-role-with-both', () => {
  it('accepts roles of one layer each', () => {
    passes(
      check(
        policy('data', DATA),
        policy('admin', ADMINISTRATION),
        role(),
        attach(arn('data')),
        { ...role({ name: 'acme-deployer' }), name: 'deployer' },
        { ...attach(arn('admin')), props: { role: 'acme-deployer', policyArn: arn('admin') } },
      ),
    );
  });

  it('accepts administration of buckets that hold no embeddings', () => {
    const logs = document(statement('Configure', 's3:*', 'arn:aws:s3:::company-logs'));
    passes(
      check(policy('data', DATA), policy('logs', logs), role(), attach(arn('data')), attach(arn('logs'))),
    );
  });

  it('refuses two innocent policies that are bad together', () => {
    refused(
      check(
        policy('data', DATA),
        policy('admin', ADMINISTRATION),
        role(),
        attach(arn('data')),
        attach(arn('admin')),
      ),
      BOTH,
    );
  });

  it('refuses one policy with both under a harmless name', () => {
    const all = document(
      statement('Read', 's3vectors:Query*', INDEX),
      statement('Configure', 's3:P?tBucketPolicy', BUCKET),
    );
    refused(check(policy('harmless', all), role(), attach(arn('harmless'))), BOTH);
  });

  const ways: Readonly<Record<string, readonly Resource[]>> = {
    'inline policies of the role': [
      role({
        inlinePolicies: [
          { name: 'one', policy: JSON.stringify(DATA) },
          { name: 'two', policy: JSON.stringify(ADMINISTRATION) },
        ],
      }),
    ],
    'an inline policy and a role policy': [
      role({ inlinePolicies: [{ name: 'one', policy: JSON.stringify(DATA) }] }),
      {
        type: 'aws:iam/rolePolicy:RolePolicy',
        name: 'two',
        props: { role: 'acme-worker', policy: ADMINISTRATION },
      },
    ],
    'managedPolicyArns of the role': [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      role({ managedPolicyArns: [arn('data'), arn('path/admin')] }),
    ],
    'a policy attachment for many': [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      role({ managedPolicyArns: [arn('data')] }),
      {
        type: 'aws:iam/policyAttachment:PolicyAttachment',
        props: { roles: ['other', 'acme-worker'], policyArn: arn('admin') },
      },
    ],
    'exclusive attachments': [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      role(),
      {
        type: 'aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive',
        props: { roleName: 'acme-worker', policyArns: [arn('data'), arn('admin')] },
      },
    ],
    'roles of an aws-native managed policy': [
      policy('data', DATA),
      role(),
      attach(arn('data')),
      {
        type: 'aws-native:iam:ManagedPolicy',
        name: 'admin',
        props: { policyDocument: ADMINISTRATION, roles: ['acme-worker'] },
      },
    ],
    'an aws-native role and role policy': [
      {
        type: 'aws-native:iam:Role',
        props: {
          roleName: 'acme-worker',
          assumeRolePolicyDocument: {},
          policies: [{ policyName: 'one', policyDocument: DATA }],
        },
      },
      {
        type: 'aws-native:iam:RolePolicy',
        props: { roleName: 'acme-worker', policyName: 'two', policyDocument: ADMINISTRATION },
      },
    ],
    'attachments to a role that is not in the stack': [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      attach(arn('data')),
      attach(arn('admin')),
    ],
    'policies whose ARNs are not known yet, by where they come from': [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      role(),
      attach(unknown, 'a1', { policyArn: [policy('data', DATA)] }),
      attach(unknown, 'a2', { policyArn: [policy('admin', ADMINISTRATION)] }),
    ],
  };
  for (const [how, resources] of Object.entries(ways)) {
    it(`refuses both through ${how}`, () => {
      refused(check(...resources), BOTH);
    });
  }

  it('follows a role whose name is not known yet to its resource', () => {
    const nameless: Resource = {
      type: 'aws:iam/role:Role',
      name: 'worker',
      props: { name: unknown, assumeRolePolicy: {} },
    };
    const to = (name: string, value: object): Resource => ({
      type: 'aws:iam/rolePolicy:RolePolicy',
      name,
      props: { role: unknown, policy: value },
      sources: { role: [nameless] },
    });
    refused(check(nameless, to('one', DATA), to('two', ADMINISTRATION)), /has both layers/);
  });

  it('refuses users and groups alike', () => {
    refused(
      check(
        { type: 'aws:iam/userPolicy:UserPolicy', props: { user: 'ada', policy: DATA }, name: 'one' },
        {
          type: 'aws:iam/userPolicy:UserPolicy',
          props: { user: 'ada', policy: ADMINISTRATION },
          name: 'two',
        },
      ),
      /user "ada"/,
    );
    refused(
      check({
        type: 'aws-native:iam:Group',
        props: {
          groupName: 'ml',
          policies: [
            { policyName: 'one', policyDocument: DATA },
            { policyName: 'two', policyDocument: ADMINISTRATION },
          ],
        },
      }),
      /group "ml"/,
    );
  });

  describe('of users in groups', () => {
    const user: Resource = { type: 'aws:iam/user:User', name: 'bob', props: { name: 'bob' } };
    const group = (name: string): Resource => ({ type: 'aws:iam/group:Group', name, props: { name } });
    const groupPolicy = (name: string, value: object): Resource => ({
      type: 'aws:iam/groupPolicy:GroupPolicy',
      name: `${name}-policy`,
      props: { group: name, policy: JSON.stringify(value) },
    });
    const userPolicy = (value: object): Resource => ({
      type: 'aws:iam/userPolicy:UserPolicy',
      name: 'own',
      props: { user: 'bob', policy: JSON.stringify(value) },
    });
    const readers = [group('readers'), groupPolicy('readers', DATA)];
    const operators = [group('operators'), groupPolicy('operators', ADMINISTRATION)];
    const member = (groups: unknown, sources: Resource['sources'] = {}): Resource => ({
      type: 'aws:iam/userGroupMembership:UserGroupMembership',
      name: 'member',
      props: { user: 'bob', groups },
      sources,
    });
    const native = (type: string, props: object): Resource => ({ type: `aws-native:iam:${type}`, props });

    const memberships: Readonly<Record<string, readonly Resource[]>> = {
      'two groups': [...readers, ...operators, user, member(['readers', 'operators'])],
      'two groups that are in no stack': [
        groupPolicy('readers', DATA),
        groupPolicy('operators', ADMINISTRATION),
        member(['readers', 'operators']),
      ],
      'a group and a policy of the user': [
        ...readers,
        user,
        userPolicy(ADMINISTRATION),
        { type: 'aws:iam/groupMembership:GroupMembership', props: { group: 'readers', users: ['bob'] } },
      ],
      'a group whose name is not known yet, by where it comes from': [
        ...readers,
        user,
        userPolicy(ADMINISTRATION),
        member(unknown, { groups: [group('readers')] }),
      ],
      'groups of an aws-native user': [
        native('Group', { groupName: 'readers', policies: [{ policyName: 'r', policyDocument: DATA }] }),
        native('User', {
          userName: 'bob',
          groups: ['readers'],
          policies: [{ policyName: 'o', policyDocument: ADMINISTRATION }],
        }),
      ],
      'an aws-native addition to a group': [
        ...readers,
        ...operators,
        user,
        member(['operators']),
        native('UserToGroupAddition', { groupName: 'readers', users: ['bob', 'eve'] }),
      ],
      "a group with AWS's own policy": [
        ...readers,
        user,
        member(['readers', 'backup']),
        {
          type: 'aws:iam/groupPolicyAttachment:GroupPolicyAttachment',
          props: { group: 'backup', policyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' },
        },
      ],
    };
    for (const [how, resources] of Object.entries(memberships)) {
      it(`refuses both through ${how}`, () => {
        refused(check(...resources), /has both layers/);
      });
    }

    it('accepts groups of one layer, and another user beside them', () => {
      passes(check(...readers, ...operators, user, member(['readers'])));
      passes(
        check(...readers, user, member(['readers']), {
          type: 'aws:iam/userPolicy:UserPolicy',
          props: { user: 'eve', policy: JSON.stringify(ADMINISTRATION) },
        }),
      );
    });

    it('says of a group with both layers once, and leaves its members alone with it', () => {
      const both = [group('admins'), groupPolicy('admins', DATA), groupPolicy('admins', ADMINISTRATION)];
      const all = [...both.map((one, at) => ({ ...one, name: `g${at}` })), user, member(['admins'])];
      assert.deepEqual(
        refused(check(...all), /group "admins"/).filter((one) => !one.startsWith('group')),
        [],
      );
      passes(judgeStack(noRoleWithBoth, all, { exempt: ['admins'] }));
    });

    it('notes a membership that is not known yet', () => {
      undecided(check(user, userPolicy(ADMINISTRATION), member(unknown)), /groups of member cannot be known/);
    });
  });

  describe('of permission sets', () => {
    const ARN = 'arn:aws:sso:::permissionSet/ssoins-1/ps-2';
    const set = (arnOfSet: unknown): Resource => ({
      type: 'aws:ssoadmin/permissionSet:PermissionSet',
      name: 'set',
      props: { name: 'Operators', arn: arnOfSet },
    });
    const inline = (value: object, permissionSetArn: unknown = ARN): Resource => ({
      type: 'aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy',
      name: 'inline',
      props: { permissionSetArn, inlinePolicy: JSON.stringify(value) },
      sources: { permissionSetArn: [set(ARN)] },
    });
    const managed = (managedPolicyArn: string): Resource => ({
      type: 'aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment',
      name: 'managed',
      props: { permissionSetArn: ARN, managedPolicyArn },
    });
    const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';

    it('refuses both through inline and managed policies', () => {
      refused(check(set(ARN), inline(ADMINISTRATION), managed(READ_ONLY)), /permission set "Operators"/);
      refused(check(inline(ADMINISTRATION), managed(READ_ONLY)), /permission set "ps-2"/);
      refused(
        check(set(unknown), inline(DATA, unknown), {
          type: 'aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment',
          props: {
            permissionSetArn: unknown,
            customerManagedPolicyReference: { name: 'acme-s3-vector-management' },
          },
          sources: { permissionSetArn: [set(unknown)] },
        }),
        /permission set "Operators" .* has both layers/,
      );
      refused(
        check({
          type: 'aws-native:sso:PermissionSet',
          props: { name: 'Operators', inlinePolicy: ADMINISTRATION, managedPolicies: [READ_ONLY] },
        }),
        /permission set "Operators" .* has both layers/,
      );
    });

    it('accepts one layer', () => {
      passes(check(set(ARN), inline(DATA), managed(READ_ONLY)));
      passes(
        check({ type: 'aws-native:sso:PermissionSet', props: { name: 'x', inlinePolicy: ADMINISTRATION } }),
      );
    });
  });

  it('says nothing of a new role to which the program attached nothing', () => {
    const computed = role({ managedPolicyArns: unknown, inlinePolicies: unknown });
    undecided(check(computed), /cannot be known during preview/);
    givenInputs.remember(urnOf(role()), { name: 'acme-worker', assumeRolePolicy: {} });
    try {
      passes(check(computed));
    } finally {
      givenInputs.forget();
    }
  });

  it('keeps two roles apart that share a logical name', () => {
    const nameless = (type: string, props: object): Resource => ({ type, name: 'worker', props });
    passes(
      check(
        nameless('aws:iam/role:Role', {
          name: unknown,
          inlinePolicies: [{ name: 'one', policy: JSON.stringify(DATA) }],
        }),
        nameless('aws-native:iam:Role', {
          roleName: unknown,
          policies: [{ policyName: 'two', policyDocument: ADMINISTRATION }],
        }),
      ),
    );
  });

  it("refuses AWS's own policies that have both", () => {
    for (const name of ['AdministratorAccess', 'PowerUserAccess', 'AmazonS3FullAccess']) {
      refused(
        check(role({ managedPolicyArns: [`arn:aws:iam::aws:policy/${name}`] })),
        new RegExp(`AWS's ${name}`),
      );
    }
    passes(
      check(
        role({ managedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] }),
      ),
    );
    refused(
      check(
        policy('admin', ADMINISTRATION),
        role({ managedPolicyArns: [arn('admin'), 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] }),
      ),
      /AmazonS3ReadOnlyAccess/,
    );
  });

  it('knows the policies of the other stacks by their names', () => {
    const foreign = (...names: string[]) => check(role({ managedPolicyArns: names.map(arn) }));
    passes(
      foreign('acme-dev-vector-docs-access', 'acme-bedrock-invocation', 'acme-s3-vector-service-access'),
    );
    passes(foreign('acme-s3-vector-management', 'acme-s3-vector-deployment'));
    refused(foreign('acme-s3-vector-management', 'acme-s3-vector-service-access'), /by its name/);
    refused(foreign('acme-s3-vector-management', 'acme-dev-vector-docs-read'), /by its name/);
    refused(foreign('acme-s3-vector-deployment', 'acme-dev-vector-docs-read'), /by its name/);
  });

  it('notes names that no policy holds to anything, and any name of another account', () => {
    const reader = (managedPolicyArns: string[], over: object = {}) =>
      check(
        role({ inlinePolicies: [{ name: 'one', policy: JSON.stringify(DATA) }], managedPolicyArns, ...over }),
      );
    for (const name of ['reports-read', 'admin-access', 'vector-docs-read', 'acme-bedrock-models'])
      undecided(reader([arn(name)]), /cannot be verified here/);
    const own = { arn: 'arn:aws:iam::444455556666:role/acme-worker' };
    undecided(reader([arn('acme-dev-vector-docs-read')], own), /cannot be verified here/);
    passes(
      reader([arn('acme-dev-vector-docs-read')], { arn: arn('x').replace('policy/x', 'role/acme-worker') }),
    );
  });

  it('notes a foreign policy that nobody here can judge', () => {
    undecided(
      check(role({ managedPolicyArns: [arn('mystery')] })),
      /policy\/mystery cannot be verified here/,
    );
    undecided(check(role({ managedPolicyArns: ['arn:aws:iam::aws:policy/SomethingNew'] })), /SomethingNew/);
  });

  describe('of access points', () => {
    const ACCESS_POINTS = 'arn:aws:s3:eu-west-1:111122223333:accesspoint';
    const through = document(statement('Read', 's3:GetObject', `${ACCESS_POINTS}/emb/object/*`));
    const accessPoint = (name: unknown, bucket: unknown, sources: Resource['sources'] = {}): Resource => ({
      type: 'aws:s3/accessPoint:AccessPoint',
      name: 'point',
      props: { name, bucket },
      sources,
    });
    const holder = (...documents: object[]) =>
      role({ inlinePolicies: documents.map((one, at) => ({ name: `p${at}`, policy: JSON.stringify(one) })) });

    it('counts data through one that leads to embeddings', () => {
      const worker = holder(through, ADMINISTRATION);
      refused(check(worker, accessPoint('emb', 'acme-dev-vector-docs')), BOTH);
      const bucket: Resource = {
        type: 'aws:s3/bucket:Bucket',
        name: 'docs',
        props: { bucket: 'acme-dev-vector-docs' },
      };
      refused(check(worker, bucket, accessPoint('emb', unknown, { bucket: [bucket] })), BOTH);
      passes(check(worker, accessPoint('emb', 'acme-logs')));
      passes(check(worker, accessPoint('other', 'acme-dev-vector-docs')));
    });

    it('counts the right to open any road to objects, or one to embeddings', () => {
      const opens = (resource: string) =>
        holder(
          DATA,
          document(statement('Configure', ['s3:CreateAccessPoint', 's3:PutAccessPointPolicy'], resource)),
        );
      refused(check(opens('*')), BOTH);
      refused(check(opens(`${ACCESS_POINTS}/emb`), accessPoint('emb', 'acme-dev-vector-docs')), BOTH);
      passes(check(opens(`${ACCESS_POINTS}/logs`), accessPoint('emb', 'acme-dev-vector-docs')));
    });
  });

  describe('with a boundary or a Deny', () => {
    const both = [
      policy('data', DATA),
      policy('admin', ADMINISTRATION),
      attach(arn('data')),
      attach(arn('admin')),
    ];

    it('accepts a role that its boundary keeps to one layer', () => {
      const limit = policy(
        'limit',
        document(statement('Limit', ['s3vectors:*Vectors', 's3:GetObject'], '*')),
      );
      passes(check(...both, limit, role({ permissionsBoundary: arn('limit') })));
    });

    it('refuses a role whose boundary leaves both, or cannot be read', () => {
      const wide = policy('wide', document(statement('Limit', '*', '*')));
      refused(check(...both, wide, role({ permissionsBoundary: arn('wide') })), BOTH);
      refused(check(...both, role({ permissionsBoundary: arn('elsewhere') })), BOTH);
      refused(check(...both, role({ permissionsBoundary: unknown })), BOTH);
    });

    it('waits for a boundary whose document is not known yet', () => {
      const hidden = (document: unknown) => ({
        ...policy('limit', {}),
        props: { name: 'limit', policy: document },
      });
      const bounded = role({ permissionsBoundary: arn('limit') });
      undecided(check(...both, bounded, hidden(unknown)), /the whole document of limit cannot be known/);
      passes(check(policy('data', DATA), attach(arn('data')), bounded, hidden(unknown)));
    });

    it('counts a Deny in another policy, unless it has conditions', () => {
      const denial = (over: object) =>
        policy('deny', {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: 's3vectors:*', Resource: '*', ...over }],
        });
      passes(check(...both, denial({}), role(), attach(arn('deny'))));
      refused(
        check(
          ...both,
          denial({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          role(),
          attach(arn('deny')),
        ),
        BOTH,
      );
    });
  });

  it('leaves exempt roles alone', () => {
    passes(
      judgeStack(
        noRoleWithBoth,
        [role({ managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })],
        {
          exempt: ['acme-w*'],
        },
      ),
    );
  });

  it('neither passes nor refuses what is unknown', () => {
    undecided(
      check(policy('data', DATA), role(), attach(arn('data')), attach(unknown)),
      /policyArn of a.* cannot be known/,
    );
    undecided(
      check(role({ managedPolicyArns: unknown, inlinePolicies: unknown })),
      /cannot be known during preview/,
    );
    undecided(
      check({ type: 'aws:iam/rolePolicy:RolePolicy', props: { role: 'r', policy: unknown } }),
      /the whole document/,
    );
  });

  it('refuses a role with a policy that cannot be read', () => {
    refused(
      check(role({ inlinePolicies: [{ name: 'broken', policy: '{' }] })),
      /broken: the policy document is no JSON/,
    );
  });
});
