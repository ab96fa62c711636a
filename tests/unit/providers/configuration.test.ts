import assert from 'node:assert/strict';
import { readConfiguration as readAws } from '../../../local/providers/aws/configuration';
import { readConfiguration as readNative } from '../../../local/providers/aws-native/configuration';
import { unknown, type PlainMap } from '../../../local/providers/plugin/property-value';

const LOCAL = 'http://127.0.0.1:4566';
const everywhere = { AWS_ENDPOINT_URL: LOCAL, AWS_REGION: 'us-east-1' };
const problems = ({ failures }: ReturnType<typeof readAws>): string[] =>
  failures.map(({ property, reason }) => `${property}: ${reason}`);
const properties = ({ failures }: ReturnType<typeof readAws> | ReturnType<typeof readNative>): string[] =>
  failures.map(({ property }) => property).sort();

describe('the configuration of the aws stand-in', () => {
  it('takes one endpoint from the environment for all services', () => {
    const { configuration } = readAws({}, everywhere);
    assert.deepEqual(configuration?.endpoints, {
      s3: LOCAL,
      s3vectors: LOCAL,
      iam: LOCAL,
      kms: LOCAL,
      lambda: LOCAL,
      sts: LOCAL,
    });
    assert.equal(configuration.region, 'us-east-1');
  });

  it('prefers configuration to a service’s variable, and that to the general one', () => {
    const environment = {
      ...everywhere,
      AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:3',
    };
    const endpoints: PlainMap[] = [{ s3: 'http://localhost:1' }, { sts: 'http://[::1]:5' }];
    const { configuration } = readAws({ endpoints, region: 'eu-west-1' }, environment);
    assert.equal(configuration?.region, 'eu-west-1');
    assert.deepEqual(
      [configuration.endpoints.s3, configuration.endpoints.kms, configuration.endpoints.sts],
      ['http://localhost:1', 'http://127.0.0.1:2', 'http://[::1]:5'],
    );
  });

  it('reads structured values as the engine gives them to a default provider: as JSON text', () => {
    const config = {
      endpoints: JSON.stringify([{ s3: 'http://localhost:1' }]),
      defaultTags: JSON.stringify({ tags: { team: 'search' } }),
      skipCredentialsValidation: 'true',
      version: '7.48.0',
      __internal: {},
    };
    const { configuration } = readAws(config, everywhere);
    assert.equal(configuration?.endpoints.s3, 'http://localhost:1');
    assert.deepEqual(configuration.defaultTags, { team: 'search' });
  });

  it('refuses services that have no endpoint, in one message with keys, variables and fix', () => {
    const environment = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_IAM: LOCAL, AWS_ENDPOINT_URL_S3: LOCAL };
    assert.deepEqual(problems(readAws({ endpoints: [{ s3vectors: LOCAL, kms: LOCAL }] }, environment)), [
      'endpoints: missing for lambda, sts; set AWS_ENDPOINT_URL to a local URL such as http://127.0.0.1:4566, or each ' +
        'in aws:endpoints or in AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL_STS: this stand-in runs against the local ' +
        'cloud only; use the real pulumi-resource-aws for AWS',
    ]);
  });

  it('refuses endpoints that are not on this machine, wherever they come from', () => {
    const real = 'https://s3.us-east-1.amazonaws.com';
    const found = problems(
      readAws({ endpoints: [{ s3: real }] }, { ...everywhere, AWS_ENDPOINT_URL_STS: 'http://10.0.0.1' }),
    );
    assert.equal(found.length, 2);
    assert.match(
      found[0] ?? '',
      /^endpoints\.s3: "https:\/\/s3\.us-east-1\.amazonaws\.com" is not on this machine \(loopback\) \(from aws:endpoints\).*local cloud only/,
    );
    assert.match(found[1] ?? '', /^endpoints\.sts: "http:\/\/10\.0\.0\.1".*\(from AWS_ENDPOINT_URL_STS\)/);
  });

  it('refuses misspelt endpoints and keys instead of passing over them', () => {
    assert.deepEqual(
      properties(
        readAws(
          { endpoints: [{ S3: LOCAL, s3vector: LOCAL, kms: 3 }], regoin: 'x', endpoint: LOCAL },
          everywhere,
        ),
      ),
      ['endpoint', 'endpoints.S3', 'endpoints.kms', 'endpoints.s3vector', 'regoin'],
    );
  });

  it('refuses whatever would look for a person’s credentials', () => {
    assert.deepEqual(
      properties(
        readAws({ profile: 'work', sharedCredentialsFiles: ['~/.aws'], assumeRoles: [] }, everywhere),
      ),
      ['assumeRoles', 'profile', 'sharedCredentialsFiles'],
    );
    const persons = {
      AWS_PROFILE: 'work',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
    };
    const { configuration } = readAws({}, { ...everywhere, ...persons });
    assert.deepEqual(configuration?.credentials, { accessKeyId: '000000000000', secretAccessKey: 'local' });
  });

  it('takes the local account for a key from the environment, and any key that is configured', () => {
    const account = readAws({}, { ...everywhere, AWS_ACCESS_KEY_ID: '123456789012' });
    assert.equal(account.configuration?.credentials.accessKeyId, '123456789012');
    const session = readAws({ accessKey: 'ASIA', secretKey: 's', token: 't' }, everywhere);
    assert.deepEqual(session.configuration?.credentials, {
      accessKeyId: 'ASIA',
      secretAccessKey: 's',
      sessionToken: 't',
    });
  });

  it('wants a region, and default tags in the shape that the real provider reads', () => {
    assert.deepEqual(properties(readAws({ defaultTags: { team: 'x' } }, { AWS_ENDPOINT_URL: LOCAL })), [
      'defaultTags',
      'region',
    ]);
    assert.deepEqual(properties(readAws({ defaultTags: { tags: { n: 1 } }, region: 3 }, everywhere)), [
      'defaultTags',
      'region',
    ]);
  });

  it('cannot wait for values that are known only later', () => {
    assert.deepEqual(properties(readAws({ endpoints: [{ s3: unknown }], region: unknown }, everywhere)), [
      'endpoints.s3',
      'region',
    ]);
  });
});

describe('the configuration of the aws-native stand-in', () => {
  it('takes endpoints as one map, as a value or as JSON text', () => {
    const map = { cloudcontrol: 'http://127.0.0.1:1', sts: 'http://127.0.0.1:2' };
    for (const endpoints of [map, JSON.stringify(map)]) {
      const { configuration } = readNative({ endpoints }, { AWS_REGION: 'us-east-1' });
      assert.deepEqual(configuration?.endpoints, map);
    }
  });

  it('refuses a list of maps, which the real provider does not read although its SDK suggests it', () => {
    assert.deepEqual(properties(readNative({ endpoints: [{ sts: LOCAL }] }, everywhere)), ['endpoints']);
  });

  it('refuses the misspelling with which the real provider goes to AWS', () => {
    const { failures } = readNative({ endpoints: { cloudControl: LOCAL, sts: LOCAL } }, { AWS_REGION: 'x' });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ['endpoints.cloudControl', 'endpoints'],
    );
    assert.match(failures[0]?.reason ?? '', /no such endpoint; the keys are cloudcontrol, sts/);
  });
});
