import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { localEnvironment } from '../../../../local/cloud';
import type { Cloud, ServiceName } from '../../../../local/cloud';
import { localPaths } from '../../../../local/paths';
import { scratchDirectory } from '../scratch-directory';

const service = (name: ServiceName, port: number) => ({
  name,
  pid: 1,
  port,
  url: `http://127.0.0.1:${port}`,
  log: '',
});
const cloud: Cloud = {
  services: { ministack: service('ministack', 4566), s3vectors: service('s3vectors', 4570) },
  accountId: '000000000000',
  region: 'us-east-1',
};
const paths = localPaths({ environment: { S3V_LOCAL_DIR: '/clone/.local', S3V_CACHE_DIR: '/cache' } });

describe('The environment of a local run', () => {
  const person = {
    PATH: '/clone/node_modules/.bin:relative:/usr/bin:/bin',
    HOME: '/home/me',
    TERM: 'xterm',
    LC_ALL: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_PROFILE: 'production',
    AWS_CONFIG_FILE: '/home/me/.aws/config',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
    PULUMI_ACCESS_TOKEN: 'pul-real',
    PULUMI_BACKEND_URL: 'https://api.pulumi.com',
    PULUMI_HOME: '/home/me/.pulumi',
    PULUMI_CONFIG_PASSPHRASE_FILE: '/home/me/passphrase',
    HTTPS_PROXY: 'http://proxy.corp:3128',
    NODE_OPTIONS: '--import /home/me/agent.mjs',
    SOME_API_TOKEN: 'secret',
  };
  const toolchain = {
    pathDirs: ['/cache/pulumi/bin'],
    environment: { PULUMI_IGNORE_AMBIENT_PLUGINS: 'true' },
  };
  const local = localEnvironment(cloud, toolchain, { paths, inherited: person });

  it('takes nothing over from the person but how the terminal looks', () => {
    const taken = Object.entries(local).filter(
      ([name, value]) => (person as Record<string, string>)[name] === value,
    );
    assert.deepEqual(taken, [
      ['TERM', 'xterm'],
      ['LC_ALL', 'C.UTF-8'],
    ]);
    assert.doesNotMatch(JSON.stringify(local), /real|AKIA|production|corp|\/home\/me|secret/);
    for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'PULUMI_ACCESS_TOKEN', 'SOME_API_TOKEN']) {
      assert.ok(!(name in local), name);
    }
  });

  it('leads every AWS service to this machine, by its own name and in general', () => {
    const endpoints = Object.entries(local).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
    const toVectors = endpoints.filter(([, url]) => url === 'http://127.0.0.1:4570').map(([name]) => name);
    assert.deepEqual(toVectors.sort(), [
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
      'AWS_ENDPOINT_URL_CLOUDCONTROL',
      'AWS_ENDPOINT_URL_S3VECTORS',
    ]);
    for (const [name, url] of endpoints) assert.match(url, /^http:\/\/127\.0\.0\.1:45(66|70)$/, name);
    for (const name of ['', '_S3', '_STS', '_IAM', '_KMS', '_LAMBDA']) {
      assert.equal(local[`AWS_ENDPOINT_URL${name}`], 'http://127.0.0.1:4566');
    }
    assert.match(local['AWS_ACCESS_KEY_ID'] ?? '', /^\d{12}$/);
    assert.equal(local['AWS_EC2_METADATA_DISABLED'], 'true');
  });

  it('keeps Pulumi to the clone', () => {
    assert.equal(local['PULUMI_HOME'], '/clone/.local/pulumi-home');
    assert.equal(local['PULUMI_BACKEND_URL'], 'file:///clone/.local/state');
    assert.equal(local['PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION'], 'true');
    assert.equal(local['PULUMI_IGNORE_AMBIENT_PLUGINS'], 'true');
    assert.equal(local['HOME'], '/clone/.local/home');
  });

  it('puts the tool chain and this Node first on PATH, and npm and relative directories nowhere', () => {
    assert.deepEqual(local['PATH']?.split(':'), [
      ...new Set(['/cache/pulumi/bin', path.dirname(process.execPath), '/usr/bin', '/bin']),
    ]);
  });

  it('leads to the same places when one local run starts another', () => {
    const inner = localPaths({ environment: local });
    assert.deepEqual([inner.local, inner.cache], [paths.local, paths.cache]);
    const again = localEnvironment(cloud, toolchain, { paths: inner, inherited: local });
    assert.deepEqual(again, local);
  });

  it('works in a clone with spaces and quotes in its path', async () => {
    const scratch = await scratchDirectory();
    const root = path.join(scratch.directory, `my "odd" clone`);
    await scratch.write(`my "odd" clone/local/cloud/loopback-guard.cjs`, 'globalThis.guarded = true;');
    const { NODE_OPTIONS: options = '' } = localEnvironment(cloud, undefined, {
      paths: { ...paths, root },
      inherited: {},
    });
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'globalThis.guarded'], {
      env: { NODE_OPTIONS: options },
    });
    assert.equal(stdout, 'true\n');
    await scratch.remove();
  });
});
