import assert from 'node:assert/strict';
import { live, useAws } from './support/aws';
import { secret, type CallError } from './support/provider';

const trust = (...services: string[]) =>
  ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
  }) as const;
const allow = (action: string) =>
  ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] }) as const;
const json = (value: unknown) => value as never;

describe('the IAM resources of the aws stand-in', () => {
  const aws = useAws();

  it('Role', async () => {
    const { id } = await live(aws().provider.resource('aws:iam/role:Role', 'runner'), {
      args: {
        assumeRolePolicy: json(trust('lambda.amazonaws.com')),
        description: 'first',
        tags: { team: 'search' },
      },
      unknown: ['arn', 'createDate', 'uniqueId'],
      observe: async (RoleName) => {
        const { Role } = await aws().iam.getRole({ RoleName });
        const document = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as ReturnType<
          typeof trust
        >;
        return [
          Role?.Description,
          Role?.MaxSessionDuration,
          document.Statement[0].Principal.Service,
          Role?.Tags?.map(({ Key, Value }) => `${String(Key)}=${String(Value)}`),
        ];
      },
      created: ['first', 3600, ['lambda.amazonaws.com'], ['team=search']],
      changed: {
        assumeRolePolicy: json(trust('lambda.amazonaws.com', 'states.amazonaws.com')),
        description: 'second',
        maxSessionDuration: 7200,
        tags: { stage: 'test' },
      },
      changes: {
        assumeRolePolicy: 'update',
        description: 'update',
        maxSessionDuration: 'update',
        'tags.stage': 'add',
        'tags.team': 'delete',
        'tagsAll.stage': 'add',
        'tagsAll.team': 'delete',
      },
      updated: ['second', 7200, ['lambda.amazonaws.com', 'states.amazonaws.com'], ['stage=test']],
    });
    assert.match(id, /^runner-[0-9a-f]{7}$/);
  });

  it('Role: keeps a secret secret when it is created and when it is read again', async () => {
    const resource = aws().provider.resource('aws:iam/role:Role');
    const inputs = await resource.checked({
      name: 'discreet',
      assumeRolePolicy: json(trust('lambda.amazonaws.com')),
      description: secret('hush'),
    });
    const { id, state } = await resource.create(inputs);
    assert.equal((await aws().iam.getRole({ RoleName: id })).Role?.Description, 'hush');
    await aws().iam.updateRole({ RoleName: id, Description: 'changed' });
    const refreshed = await resource.read(id, state, inputs);
    assert.deepEqual(
      [state['description'], refreshed.state['description'], refreshed.inputs['description']],
      [secret('hush'), secret('changed'), secret('changed')],
    );
    assert.equal(refreshed.state['arn'], state['arn']);
    await resource.delete(id, state);
  });

  it('Role: lets go of its policies before it is deleted, but only with forceDetachPolicies', async () => {
    const resource = aws().provider.resource('aws:iam/role:Role');
    const inputs = await resource.checked({
      name: 'attached',
      assumeRolePolicy: json(trust('lambda.amazonaws.com')),
      forceDetachPolicies: true,
    });
    const { id, state } = await resource.create(inputs);
    const { Policy } = await aws().iam.createPolicy({
      PolicyName: 'attached',
      PolicyDocument: JSON.stringify(allow('s3:GetObject')),
    });
    await aws().iam.attachRolePolicy({ RoleName: id, PolicyArn: Policy?.Arn });
    await assert.rejects(resource.delete(id, { ...state, forceDetachPolicies: false }), /DeleteConflict/);
    await resource.delete(id, state);
    assert.equal((await resource.read(id)).id, '');
    await aws().iam.deletePolicy({ PolicyArn: Policy?.Arn });
  });

  it('Role: keeps an explicit name over a replacement by deleting the old one first', async () => {
    const resource = aws().provider.resource('aws:iam/role:Role');
    const args = { name: 'fixed', assumeRolePolicy: json(trust('lambda.amazonaws.com')) };
    const inputs = await resource.checked(args);
    const state = await resource.previewCreate(inputs);
    const moved = await resource.diff(
      state,
      await resource.checked({ ...args, path: '/team/' }, inputs),
      inputs,
    );
    assert.deepEqual(moved.detailed, { path: 'update-replace' });
    assert.ok(moved.deleteBeforeReplace);
  });

  it('Policy', async () => {
    await live(aws().provider.resource('aws:iam/policy:Policy', 'reader'), {
      args: { policy: json(allow('s3:GetObject')), description: 'fixed', tags: { a: 'b' } },
      unknown: ['arn', 'attachmentCount', 'policyId'],
      observe: async (PolicyArn) => {
        const { Policy } = await aws().iam.getPolicy({ PolicyArn });
        const VersionId = Policy?.DefaultVersionId;
        const { PolicyVersion } = await aws().iam.getPolicyVersion({ PolicyArn, VersionId });
        const document = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')) as ReturnType<
          typeof allow
        >;
        return [document.Statement[0].Action, Policy?.Tags?.map(({ Key }) => Key)];
      },
      created: ['s3:GetObject', ['a']],
      changed: { policy: json(allow('s3:PutObject')), description: 'fixed', tags: { c: 'd' } },
      changes: {
        policy: 'update',
        'tags.a': 'delete',
        'tags.c': 'add',
        'tagsAll.a': 'delete',
        'tagsAll.c': 'add',
      },
      updated: ['s3:PutObject', ['c']],
    });
  });

  it('Policy: makes room for a sixth version by dropping the oldest that is not in force', async () => {
    const resource = aws().provider.resource('aws:iam/policy:Policy');
    let inputs = await resource.checked({ name: 'often-changed', policy: json(allow('s3:Get1')) });
    const created = await resource.create(inputs);
    const { id } = created;
    let { state } = created;
    for (let version = 2; version <= 7; version++) {
      const news = await resource.checked(
        { name: 'often-changed', policy: json(allow(`s3:Get${String(version)}`)) },
        inputs,
      );
      state = await resource.update(id, state, news, inputs);
      inputs = news;
    }
    const { Versions = [] } = await aws().iam.listPolicyVersions({ PolicyArn: id });
    assert.deepEqual(Versions.map(({ VersionId }) => VersionId).sort(), ['v3', 'v4', 'v5', 'v6', 'v7']);
    assert.equal(Versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true)?.VersionId, 'v7');
    await resource.delete(id, state);
  });

  it('RolePolicyAttachment: is known by role and policy', async () => {
    await aws().iam.createRole({
      RoleName: 'holder',
      AssumeRolePolicyDocument: JSON.stringify(trust('lambda.amazonaws.com')),
    });
    const { Policy } = await aws().iam.createPolicy({
      PolicyName: 'held',
      PolicyDocument: JSON.stringify(allow('s3:GetObject')),
    });
    const policyArn = Policy?.Arn ?? '';
    const attachment = aws().provider.resource('aws:iam/rolePolicyAttachment:RolePolicyAttachment');
    const { id } = await live(attachment, {
      args: { role: 'holder', policyArn },
      observe: async () =>
        (await aws().iam.listAttachedRolePolicies({ RoleName: 'holder' })).AttachedPolicies?.map(
          ({ PolicyArn }) => PolicyArn,
        ),
      created: [policyArn],
    });
    assert.equal(id, `holder/${policyArn}`);
    const inputs = await attachment.checked({ role: 'holder', policyArn });
    const other = await attachment.checked({ role: 'other', policyArn });
    assert.deepEqual((await attachment.diff(inputs, other, inputs)).replaces, ['role']);
    await assert.rejects(attachment.read('holder'), /is <role name>\/<policy ARN>, not "holder"/);

    const inline = aws().provider.resource('aws:iam/rolePolicy:RolePolicy', 'inline');
    const args = { role: 'holder', name: 'inline' };
    await live(inline, {
      args: { ...args, policy: json(allow('s3:GetObject')) },
      observe: async () => {
        const { PolicyDocument } = await aws().iam.getRolePolicy({
          RoleName: 'holder',
          PolicyName: 'inline',
        });
        return decodeURIComponent(PolicyDocument ?? '').includes('s3:GetObject');
      },
      created: true,
      changed: { ...args, policy: json(allow('s3:PutObject')) },
      changes: { policy: 'update' },
      updated: false,
    });
    await assert.rejects(inline.read('holder'), /is <role name>:<policy name>, not "holder"/);
    await aws().iam.deletePolicy({ PolicyArn: policyArn });
    await aws().iam.deleteRole({ RoleName: 'holder' });
  });

  it('OpenIdConnectProvider: is found again by the function of its name', async () => {
    const resource = aws().provider.resource('aws:iam/openIdConnectProvider:OpenIdConnectProvider');
    const url = 'https://token.actions.githubusercontent.com';
    const find = (args: Record<string, string>) =>
      aws().provider.invoke('aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider', args);
    await live(resource, {
      args: { url, clientIdLists: ['sts.amazonaws.com'], tags: { team: 'search' } },
      unknown: ['arn', 'thumbprintLists'],
      observe: async (arn) => {
        const { result } = await find({ url });
        assert.deepEqual((await find({ arn })).result, result);
        const { ClientIDList, Tags } = await aws().iam.getOpenIDConnectProvider({
          OpenIDConnectProviderArn: arn,
        });
        return [result['arn'] === arn, ClientIDList, Tags?.map(({ Key }) => Key)];
      },
      created: [true, ['sts.amazonaws.com'], ['team']],
      changed: { url, clientIdLists: ['other', 'sts.amazonaws.com'], tags: { stage: 'test' } },
      changes: {
        clientIdLists: 'update',
        'tags.stage': 'add',
        'tags.team': 'delete',
        'tagsAll.stage': 'add',
        'tagsAll.team': 'delete',
      },
      updated: [true, ['other', 'sts.amazonaws.com'], ['stage']],
    });
    await assert.rejects(find({ url }), /there is no OpenID Connect provider https:\/\/token\.actions/);
    await assert.rejects(find({}), /one of arn and url must be given/);
  });

  it('says what the service said, with the operation, the type and both names', async () => {
    const resource = aws().provider.resource('aws:iam/role:Role', 'twice');
    const inputs = await resource.checked({
      name: 'taken',
      assumeRolePolicy: json(trust('lambda.amazonaws.com')),
    });
    const { id, state } = await resource.create(inputs);
    await assert.rejects(resource.create(inputs), (error: CallError) => {
      assert.match(error.message, /^creating aws:iam\/role:Role "twice": EntityAlreadyExists/);
      assert.ok(!error.keepsResource);
      return true;
    });
    await resource.delete(id, state);
  });
});
