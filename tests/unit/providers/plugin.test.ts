import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import {
  clientConfiguration,
  LOCAL_CREDENTIALS,
  loopbackOnly,
} from '../../../local/providers/plugin/aws-clients';
import { awsPackage } from '../../../local/providers/aws/package';
import { awsNativePackage } from '../../../local/providers/aws-native/package';
import { empty, toStruct } from '../../../local/providers/plugin/messages';
import { takeAwsEnvironment } from '../../../local/providers/plugin/serve';
import { Provider, secret, SIGNATURE, unary, type CallError } from './support/provider';

const LOCAL = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' };

describe('a stand-in', () => {
  let provider: Provider;
  before(async () => {
    provider = await Provider.start(awsPackage, LOCAL);
    await provider.configure({});
  });
  after(() => provider.stop());

  it('refuses a resource type that it does not implement, and says which it does', async () => {
    await assert.rejects(provider.resource('aws:ec2/instance:Instance').check({}), (error: CallError) => {
      assert.equal(error.code, status.UNIMPLEMENTED);
      assert.match(
        error.message,
        /stand-in for pulumi-resource-aws does not implement the resource type aws:ec2\/instance:Instance; it implements aws:iam\/openIdConnectProvider.*aws:s3\/bucket:Bucket/,
      );
      return true;
    });
  });

  it('refuses a function that it does not implement, and arguments that it does not take', async () => {
    await assert.rejects(
      provider.invoke('aws:ec2/getAmi:getAmi'),
      /does not implement the function aws:ec2\/getAmi:getAmi; it implements aws:iam\/getOpenIdConnectProvider/,
    );
    const { failures } = await provider.invoke('aws:index/getRegion:getRegion', { nmae: 'x' });
    assert.deepEqual(failures, [
      { property: 'nmae', reason: 'unknown property; the resource takes name, region' },
    ]);
  });

  it('answers region and partition without asking anyone', async () => {
    const region = await provider.invoke('aws:index/getRegion:getRegion');
    assert.deepEqual(region.result, { id: 'us-east-1', name: 'us-east-1', region: 'us-east-1' });
    const partition = await provider.invoke('aws:index/getPartition:getPartition');
    assert.equal(partition.result['partition'], 'aws');
  });

  it('finds every problem of a configuration in CheckConfig, and refuses it in Configure', async () => {
    for (const definition of [awsPackage, awsNativePackage]) {
      const bare = await Provider.start(definition as typeof awsPackage);
      const failures = await bare.checkConfig({ regoin: 'x' });
      assert.deepEqual(failures.map(({ property }) => property).sort(), ['endpoints', 'region', 'regoin']);
      await assert.rejects(bare.configure({ region: 'us-east-1' }), (error: CallError) => {
        assert.equal(error.code, status.INVALID_ARGUMENT);
        assert.match(error.message, new RegExp(`^${definition.name}:endpoints: missing for \\w+`));
        assert.match(error.message, /this stand-in runs against the local cloud only/);
        return true;
      });
      await assert.rejects(
        bare.resource(definition.resources[0]?.token ?? '').check({}),
        /has not been configured yet/,
      );
      bare.stop();
    }
  });

  it('keeps what is secret secret, in inputs and previews', async () => {
    const role = provider.resource('aws:iam/role:Role');
    const inputs = await role.checked({
      name: 'r',
      description: secret('hush'),
      assumeRolePolicy: { Version: '2012-10-17', Statement: [secret('s')] },
      tags: { open: 'x', closed: secret('y') },
    });
    const isSecret = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && SIGNATURE in value;
    for (const values of [inputs, await role.previewCreate(inputs)]) {
      assert.ok(isSecret(values['description']) && isSecret(values['assumeRolePolicy']));
      const tags = values['tags'] as Record<string, unknown>;
      assert.equal(tags['open'], 'x');
      assert.ok(isSecret(tags['closed']));
      assert.ok(isSecret((values['tagsAll'] as Record<string, unknown>)['closed']));
    }
  });

  it('tells the engine what it can do, and names its version after the SDK package', async () => {
    const handshake = await unary<messages.ProviderHandshakeResponse>((done) =>
      provider.client.handshake(new messages.ProviderHandshakeRequest(), done),
    );
    assert.ok(handshake.getAcceptSecrets());
    assert.ok(!handshake.getAcceptOutputs() && !handshake.getAcceptResources());
    const schema = await unary<messages.GetSchemaResponse>((done) =>
      provider.client.getSchema(new messages.GetSchemaRequest(), done),
    );
    const { resources, functions } = JSON.parse(schema.getSchema()) as Record<string, object>;
    assert.equal(Object.keys(resources ?? {}).length, awsPackage.resources.length);
    assert.equal(Object.keys(functions ?? {}).length, awsPackage.functions.length);
    await assert.rejects(
      unary((done) => provider.client.parameterize(new messages.ParameterizeRequest(), done)),
      { code: status.UNIMPLEMENTED },
    );
    await unary((done) => provider.client.cancel(empty() as never, done));
  });

  it('reads configuration from an engine that sends variables only', async () => {
    const older = await Provider.start(awsPackage, LOCAL);
    const request = new messages.ConfigureRequest();
    request.getVariablesMap().set('aws:config:region', 'eu-west-1');
    request.getVariablesMap().set('aws:config:defaultTags', '{"tags":{"team":"search"}}');
    await unary((done) => older.client.configure(request, done));
    assert.equal((await older.invoke('aws:index/getRegion:getRegion')).result['region'], 'eu-west-1');
    older.stop();
  });

  it('does not replace everything when the local cloud has moved to another port', async () => {
    const config = (port: number) => new Map([['endpoints', `[{"s3":"http://127.0.0.1:${String(port)}"}]`]]);
    const request = new messages.DiffRequest()
      .setOldInputs(toStruct(Object.fromEntries(config(1))))
      .setNews(toStruct(Object.fromEntries(config(2))));
    const response = await unary<messages.DiffResponse>((done) => provider.client.diffConfig(request, done));
    assert.equal(response.getChanges(), messages.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(response.getReplacesList(), []);
  });
});

describe('the clients of the stand-ins', () => {
  it('send nothing to another machine, even if they were configured to', async () => {
    const { STS } = await import('@aws-sdk/client-sts');
    const configuration = clientConfiguration('https://sts.amazonaws.com', 'us-east-1', LOCAL_CREDENTIALS);
    const sts = loopbackOnly(new STS(configuration));
    await assert.rejects(
      sts.getCallerIdentity({}),
      /refused to send a request to sts\.amazonaws\.com: the local stand-in talks to this machine only/,
    );
  });
});

describe('the environment of a plugin', () => {
  it('loses everything of AWS, and gets configuration files that hold nothing', () => {
    const environment: NodeJS.ProcessEnv = { PATH: '/bin', AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIA' };
    const before = takeAwsEnvironment(environment);
    assert.equal(before['AWS_PROFILE'], 'work');
    assert.deepEqual(Object.keys(environment).sort(), [
      'AWS_CONFIG_FILE',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
      'AWS_SHARED_CREDENTIALS_FILE',
      'PATH',
    ]);
    assert.equal(environment['AWS_CONFIG_FILE'], '/dev/null');
  });
});

describe('the plugin executables', () => {
  const root = path.resolve(__dirname, '..', '..', '..');
  let home: string;
  before(() => {
    // A person's home with credentials and an endpoint that must never be used.
    home = mkdtempSync(path.join(tmpdir(), 'home-'));
    mkdirSync(path.join(home, '.aws'));
    writeFileSync(
      path.join(home, '.aws', 'credentials'),
      '[default]\naws_access_key_id=AKIAPERSON\naws_secret_access_key=s\n',
    );
    writeFileSync(
      path.join(home, '.aws', 'config'),
      '[default]\nregion=eu-north-1\nendpoint_url=https://example.com\n',
    );
  });
  after(() => rmSync(home, { recursive: true }));

  for (const [name, type, id] of [
    ['aws', 'aws:iam/role:Role', 'some-role'],
    ['aws-native', 'aws-native:s3vectors:VectorBucket', 'arn:aws:s3vectors:us-east-1:1:bucket/b'],
  ] as const) {
    it(`pulumi-resource-${name} prints its port, and signs with nobody's key`, async () => {
      const seen: string[] = [];
      const service = createServer((request, response) => {
        seen.push(String(request.headers.authorization));
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end('{"__type":"x#NoSuchEntity","message":"for the test"}');
      });
      await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${String((service.address() as AddressInfo).port)}`;
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', path.join('local', 'providers', name, 'main.ts'), '127.0.0.1:1'],
        {
          cwd: root,
          env: {
            PATH: process.env['PATH'],
            HOME: home,
            AWS_ENDPOINT_URL: url,
            AWS_REGION: 'us-east-1',
            AWS_PROFILE: 'default',
            AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT',
            AWS_SECRET_ACCESS_KEY: 'secret',
          },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      try {
        const port = await new Promise<string>((resolve, reject) => {
          child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
          child.once('exit', (code) => reject(new Error(`exit code ${String(code)}`)));
        });
        assert.match(port, /^\d+\n$/);
        const client = new ResourceProviderClient(`127.0.0.1:${port.trim()}`, credentials.createInsecure());
        const plugin = new Provider(client, () => client.close());
        const info = await unary<{ getVersion(): string }>((done) =>
          client.getPluginInfo(empty() as never, done),
        );
        assert.match(info.getVersion(), /^\d+\.\d+\.\d+$/);
        await plugin.configure({});
        await assert.rejects(plugin.resource(type).read(id));
        plugin.stop();
        assert.ok(seen.length > 0);
        for (const authorization of seen) {
          assert.match(authorization, /Credential=000000000000\/\d+\/us-east-1\//);
        }
      } finally {
        child.kill();
        service.close();
        service.closeAllConnections();
      }
    });
  }
});
