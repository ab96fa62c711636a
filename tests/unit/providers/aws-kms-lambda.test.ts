import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { filesOf } from '../../../local/providers/plugin/archive/files';
import { zip } from '../../../local/providers/plugin/archive/zip';
import { archiveOf, asset } from '../../../local/providers/plugin/property-value';
import type { JsonObject } from '../../../local/providers/plugin/property-wire';
import { live, useAws } from './support/aws';
import { archive, SIGNATURE, UNKNOWN } from './support/provider';

describe('the KMS resources of the aws stand-in', () => {
  const aws = useAws();

  it('Key', async () => {
    await live(aws().provider.resource('aws:kms/key:Key'), {
      args: { description: 'first', enableKeyRotation: true, deletionWindowInDays: 7, tags: { a: 'b' } },
      unknown: ['arn', 'keyId', 'multiRegion', 'policy', 'rotationPeriodInDays'],
      observe: async (KeyId) => {
        const { KeyMetadata } = await aws().kms.describeKey({ KeyId });
        const { KeyRotationEnabled } = await aws().kms.getKeyRotationStatus({ KeyId });
        const { Tags } = await aws().kms.listResourceTags({ KeyId });
        return [
          KeyMetadata?.Description,
          KeyMetadata?.Enabled,
          KeyRotationEnabled,
          Tags?.map(({ TagKey }) => TagKey),
        ];
      },
      created: ['first', true, true, ['a']],
      changed: { description: 'second', isEnabled: false, deletionWindowInDays: 8, tags: { c: 'd' } },
      changes: {
        description: 'update',
        isEnabled: 'update',
        enableKeyRotation: 'update',
        deletionWindowInDays: 'update',
        'tags.a': 'delete',
        'tags.c': 'add',
        'tagsAll.a': 'delete',
        'tagsAll.c': 'add',
      },
      updated: ['second', false, false, ['c']],
    });
  });

  it('Key: is scheduled for deletion with its window, not destroyed', async () => {
    const resource = aws().provider.resource('aws:kms/key:Key');
    const { id, state } = await resource.create(await resource.checked({ deletionWindowInDays: 9 }));
    await resource.delete(id, state);
    const { KeyMetadata } = await aws().kms.describeKey({ KeyId: id });
    assert.equal(KeyMetadata?.KeyState, 'PendingDeletion');
    const days = ((KeyMetadata.DeletionDate?.getTime() ?? 0) - Date.now()) / 86_400_000;
    assert.ok(days > 8 && days < 10, String(days));
  });

  it('Key: takes another policy in place', async () => {
    const resource = aws().provider.resource('aws:kms/key:Key');
    const policy = (Sid: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid,
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::000000000000:root' },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      });
    const inputs = await resource.checked({ policy: policy('One') });
    const { id, state } = await resource.create(inputs);
    const news = await resource.checked({ policy: policy('Two') }, inputs);
    await resource.update(id, state, news, inputs);
    const { Policy } = await aws().kms.getKeyPolicy({ KeyId: id, PolicyName: 'default' });
    assert.match(Policy ?? '', /Two/);
    await resource.delete(id, state);
  });

  it('Alias: points to a key, by id or by ARN', async () => {
    const keys = await Promise.all([aws().kms.createKey({}), aws().kms.createKey({})]);
    const [one, other] = keys.map(({ KeyMetadata }) => KeyMetadata);
    const alias = aws().provider.resource('aws:kms/alias:Alias', 'data');
    await live(alias, {
      args: { name: 'alias/data', targetKeyId: one?.KeyId ?? '' },
      unknown: ['arn', 'targetKeyArn'],
      observe: async (KeyId) => (await aws().kms.describeKey({ KeyId })).KeyMetadata?.KeyId,
      created: one?.KeyId,
      changed: { name: 'alias/data', targetKeyId: other?.KeyId ?? '' },
      changes: { targetKeyId: 'update' },
      updated: other?.KeyId,
    });
    const inputs = await alias.checked({ targetKeyId: one?.Arn ?? '' });
    assert.match(inputs['name'] as string, /^alias\/data-[0-9a-f]{7}$/);
    const same = await alias.diff(
      { ...inputs, targetKeyId: one?.KeyId ?? '', region: 'us-east-1' },
      inputs,
      inputs,
    );
    assert.deepEqual(same.detailed, {});
    assert.deepEqual((await alias.check({ name: 'data', targetKeyId: 'x' })).failures, [
      { property: 'name', reason: 'must begin with alias/, not "data"' },
    ]);
  });
});

describe('the Lambda function of the aws stand-in', () => {
  const aws = useAws();
  const type = 'aws:lambda/function:Function';
  const handler = (version: string) =>
    `exports.handler = async (event) => ({ version: '${version}', event, greeting: process.env.GREETING });`;
  let role: string;

  before(async () => {
    const { Role } = await aws().iam.createRole({
      RoleName: 'lambda-runner',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    });
    role = Role?.Arn ?? '';
  });
  after(() => aws().iam.deleteRole({ RoleName: 'lambda-runner' }));

  const args = (version: string, greeting: string): JsonObject => ({
    code: archive({ 'index.js': handler(version) }, `hash of ${version}`),
    handler: 'index.handler',
    runtime: 'nodejs20.x',
    role,
    timeout: 10,
    environment: { variables: { GREETING: greeting } },
    tags: { team: 'search' },
  });
  const invoke = async (FunctionName: string): Promise<unknown> => {
    const { Payload } = await aws().lambda.invoke({ FunctionName, Payload: '{"a":1}' });
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };

  it('runs its code, then its next code, with its environment', async () => {
    const { state } = await live(aws().provider.resource(type, 'fn'), {
      args: args('one', 'hello'),
      unknown: [
        'architectures',
        'arn',
        'codeSha256',
        'ephemeralStorage',
        'invokeArn',
        'lastModified',
        'qualifiedArn',
        'sourceCodeHash',
        'sourceCodeSize',
        'version',
      ],
      unreadable: ['code'],
      observe: invoke,
      created: { version: 'one', event: { a: 1 }, greeting: 'hello' },
      changed: args('two', 'good bye'),
      changes: { code: 'update', 'environment.variables.GREETING': 'update' },
      updated: { version: 'two', event: { a: 1 }, greeting: 'good bye' },
    });
    assert.equal(state['memorySize'], 128);
  });

  it('is the same for the same files, whose hash the service confirms', async () => {
    const resource = aws().provider.resource(type);
    const { id, state } = await resource.create(
      await resource.checked({ ...args('one', 'x'), name: 'hashed' }),
    );
    const package_ = zip(
      await filesOf(archiveOf({ assets: { 'index.js': asset({ text: handler('one') }) } })),
    );
    const { createHash } = await import('node:crypto');
    assert.equal(state['codeSha256'], createHash('sha256').update(package_).digest('base64'));
    await resource.delete(id, state);
  });

  it('shows in a preview which outputs a change of code makes unknown', async () => {
    const resource = aws().provider.resource(type);
    const inputs = await resource.checked(args('one', 'x'));
    const state = {
      ...(await resource.previewCreate(inputs)),
      codeSha256: 'known',
      arn: 'known',
      lastModified: 'then',
    };
    const same = await resource.update('id', state, { ...inputs, timeout: 11 }, inputs, true);
    assert.deepEqual([same['codeSha256'], same['arn'], same['lastModified']], ['known', 'known', UNKNOWN]);
    const other = await resource.checked(args('two', 'x'), inputs);
    const next = await resource.update('id', state, other, inputs, true);
    assert.deepEqual([next['codeSha256'], next['arn']], [UNKNOWN, 'known']);
  });

  it('takes a zip file as it is, and no other file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lambda-'));
    const fileArchive = (file: string): JsonObject => ({
      [SIGNATURE]: '0def7320c3a5731c473e5ecbe6d01bc7',
      hash: file,
      path: file,
    });
    const file = path.join(folder, 'code.zip');
    writeFileSync(
      file,
      zip(await filesOf(archiveOf({ assets: { 'index.js': asset({ text: handler('zipped') }) } }))),
    );
    const resource = aws().provider.resource(type);
    const inputs = await resource.checked({ ...args('', 'x'), code: fileArchive(file) });
    const { id, state } = await resource.create(inputs);
    assert.deepEqual(await invoke(id), { version: 'zipped', event: { a: 1 }, greeting: 'x' });
    await resource.delete(id, state);

    const tar = path.join(folder, 'code.tgz');
    writeFileSync(tar, '');
    const wrong = await resource.checked({ ...args('', 'x'), code: fileArchive(tar) });
    await assert.rejects(
      resource.create(wrong),
      /code\.tgz: the local stand-in takes a folder or a \.zip file/,
    );
    rmSync(folder, { recursive: true });
  });

  it('is refused without code, handler and runtime, and with what a local Lambda does not have', async () => {
    const { failures } = await aws().provider.resource(type).check({ role: 'r', publish: true });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ['code', 'handler', 'runtime', 'publish'],
    );
    const more = await aws()
      .provider.resource(type)
      .check({ ...args('x', 'y'), layers: ['l'], packageType: 'Image', timeout: 901 });
    assert.deepEqual(more.failures.map(({ property }) => property).sort(), [
      'layers',
      'packageType',
      'timeout',
    ]);
  });
});
