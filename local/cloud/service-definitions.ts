// ministack and S3 Vectors Local as this package runs them.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocalPaths } from '../paths';
import type { Environment } from './environment';
import { awsEnvironment, confinedEnvironment } from './environment';
import type { ServiceAddresses, ServiceDefinition } from './service-definition';
import { serviceMarker } from './service-definition';
import type { ServiceName } from './types';

/**
 * What ministack is allowed to be. Bedrock and Cloud Control are left out on purpose: S3 Vectors Local is both, and a
 * call that goes astray must fail instead of getting somebody else's answer.
 */
const MINISTACK_SERVICES = [
  's3',
  'kms',
  'iam',
  'sts',
  'lambda',
  'states',
  'monitoring',
  'logs',
  'events',
  'tagging',
];

export interface ServiceDefinitionOptions {
  readonly paths: LocalPaths;
  /** The Python that has ministack. */
  readonly python: string;
  /** The person's environment, of which little is taken over. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

export function serviceDefinitions(
  options: ServiceDefinitionOptions,
): Readonly<Record<ServiceName, ServiceDefinition>> {
  return { ministack: ministack(options), s3vectors: s3vectors(options) };
}

function sharedEnvironment(
  { paths, inherited }: ServiceDefinitionOptions,
  { urls, region, accountId }: ServiceAddresses,
): Environment {
  return {
    ...confinedEnvironment(paths, inherited, []),
    ...awsEnvironment(paths, { ...urls, region, accountId }),
  };
}

function ministack(options: ServiceDefinitionOptions): ServiceDefinition {
  const { paths, python } = options;
  const definition = { name: 'ministack', dataDirectory: paths.ministackData } as const;
  return {
    ...definition,
    title: 'ministack',
    scratchDirectory: paths.temporary,
    usualPort: 4566,
    healthPath: '/_ministack/health',
    losesSettingsInCrash: true,
    // -X with a name that Python does not know is kept in the command line and otherwise ignored.
    command: () => [
      python,
      '-I',
      '-u',
      '-X',
      serviceMarker(definition),
      path.join(__dirname, 'ministack_on_loopback.py'),
    ],
    // Lambda functions run as children of ministack and inherit this: the endpoints are for them.
    environment: (addresses) => ({
      ...sharedEnvironment(options, addresses),
      TMPDIR: paths.temporary,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(addresses.ports.ministack),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: addresses.accountId,
      MINISTACK_REGION: addresses.region,
      SERVICES: MINISTACK_SERVICES.join(','),
      PERSIST_STATE: '1',
      STATE_DIR: path.join(paths.ministackData, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: path.join(paths.ministackData, 's3'),
      LOG_LEVEL: 'INFO',
      // Both would listen on every interface.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // With a daemon in reach it would run functions in containers, and remove containers that others made.
      DOCKER_HOST: `unix://${path.join(paths.run, 'no-docker.sock')}`,
      LAMBDA_EXECUTOR: 'local',
    }),
  };
}

function s3vectors(options: ServiceDefinitionOptions): ServiceDefinition {
  const { paths } = options;
  return {
    name: 's3vectors',
    dataDirectory: paths.s3VectorsData,
    title: 'S3 Vectors Local',
    usualPort: 4570,
    healthPath: '/_local/health',
    losesSettingsInCrash: false,
    command: ({ ports, urls, region, accountId }) => [
      process.execPath,
      '--import',
      pathToFileURL(createRequire(path.join(paths.root, 'package.json')).resolve('tsx')).href,
      path.join(paths.root, 'local', 's3vectors', 'main.ts'),
      '--port',
      String(ports.s3vectors),
      '--data-dir',
      paths.s3VectorsData,
      '--region',
      region,
      '--account-id',
      accountId,
      '--iam',
      'enforce',
      '--identity-endpoint',
      urls.ministack,
    ],
    environment: (addresses) => sharedEnvironment(options, addresses),
  };
}
