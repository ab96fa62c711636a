// A local run cannot reach real AWS, whatever is missing, misspelt or lying around: every way out ends on this machine
// and says so.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localEnvironment } from '../../local/cloud';
import { EngineError } from '../../local/engine/engine-error';
import { up } from '../../local/engine/stack';
import { ENGINE_TIMEOUT, useLocalRun } from './support/local-run';

const REAL_LOOKING = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_PROFILE: 'production',
  AWS_REGION: 'eu-central-1',
  PULUMI_ACCESS_TOKEN: 'pul-0123456789abcdef0123456789abcdef01234567',
};

describe('a local run', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  let home: string;
  before(() => {
    home = mkdtempSync(path.join(tmpdir(), 's3v-home-'));
    mkdirSync(path.join(home, '.aws'));
    const profile = `aws_access_key_id = ${REAL_LOOKING.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${REAL_LOOKING.AWS_SECRET_ACCESS_KEY}\n`;
    writeFileSync(path.join(home, '.aws', 'credentials'), `[default]\n${profile}[production]\n${profile}`);
    writeFileSync(path.join(home, '.aws', 'config'), '[profile production]\nregion = eu-central-1\n');
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  /** The environment without any endpoint, and with somebody's credentials in variables and home folder. */
  const exposed = (): Record<string, string> => ({
    ...Object.fromEntries(
      Object.entries(run().environment).filter(
        ([name]) =>
          !name.startsWith('AWS_ENDPOINT_URL') &&
          !name.endsWith('CREDENTIALS_FILE') &&
          name !== 'AWS_CONFIG_FILE',
      ),
    ),
    ...REAL_LOOKING,
    HOME: home,
  });
  const refused = async (
    program: string,
    environment: Record<string, string>,
    config: readonly [string, string][] = [],
  ) => {
    const stack = {
      ...run().stack(`tests/engine/programs/${program}`, `s${Math.random().toString(36).slice(2, 8)}`),
      environment,
    };
    await run().pulumi(stack, 'stack', 'init');
    for (const [key, value] of config) await run().configure(stack, key, value);
    let printed = '';
    await assert.rejects(up(stack, { policyPacks: [] }), (error) => {
      assert.ok(error instanceof EngineError);
      printed = error.printed;
      return true;
    });
    return printed;
  };

  it('takes nothing from the person that leads to AWS or to a Pulumi account', () => {
    const environment = localEnvironment(run().cloud, run().toolchain, {
      paths: run().paths,
      inherited: { ...process.env, ...REAL_LOOKING, HOME: home },
    });
    const values = Object.values(environment).join('\n');
    for (const value of Object.values(REAL_LOOKING)) assert.ok(!values.includes(value), value);
    assert.ok(!values.includes(home));
  });

  for (const [program, provider] of [
    ['leaking-management', 'aws'],
    ['index', 'aws-native'],
  ] as const) {
    it(`with every endpoint removed fails in the provider ${provider}, naming what is missing`, async () => {
      const printed = await refused(program, exposed(), [['aws-native:region', 'us-east-1']]);
      assert.match(printed, new RegExp(`providers:${provider} `));
      assert.match(printed, /AWS_ENDPOINT_URL/);
      assert.match(printed, /local cloud only/);
      assert.doesNotMatch(printed, /created/);
    });
  }

  it('with a misspelt endpoint fails, naming the key', async () => {
    const printed = await refused('index', exposed(), [
      ['aws-native:region', 'us-east-1'],
      ['aws-native:endpoints.cloudControl', run().cloud.services.s3vectors.url],
    ]);
    assert.match(printed, /cloudControl/);
  });

  it('with the endpoint of AWS itself fails, naming it', async () => {
    const printed = await refused('index', {
      ...exposed(),
      AWS_ENDPOINT_URL: 'https://cloudcontrolapi.us-east-1.amazonaws.com',
    });
    assert.match(printed, /amazonaws\.com/);
    assert.match(printed, /loopback|local cloud/);
  });
});
