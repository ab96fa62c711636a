// The configuration of the aws stand-in: region, endpoints, default tags, credentials for the local cloud.
import {
  NO_CREDENTIAL_FILES,
  readConfiguration as read,
  type Configuration,
  type ConfigurationKeys,
} from '../plugin/configuration';
import type { PlainMap } from '../plugin/property-value';

/** The services that the resources and functions of this stand-in call. */
export const SERVICES = {
  s3: { key: 's3', suffix: 'S3' },
  s3vectors: { key: 's3vectors', suffix: 'S3VECTORS' },
  iam: { key: 'iam', suffix: 'IAM' },
  kms: { key: 'kms', suffix: 'KMS' },
  lambda: { key: 'lambda', suffix: 'LAMBDA' },
  sts: { key: 'sts', suffix: 'STS' },
} as const;
export type Service = keyof typeof SERVICES;

const KEYS: ConfigurationKeys = {
  ignored: [
    'skipCredentialsValidation',
    'skipMetadataApiCheck',
    'skipRegionValidation',
    'skipRequestingAccountId',
    's3UsePathStyle',
    'maxRetries',
    'retryMode',
  ],
  refused: {
    profile: NO_CREDENTIAL_FILES,
    sharedConfigFiles: NO_CREDENTIAL_FILES,
    sharedCredentialsFiles: NO_CREDENTIAL_FILES,
    assumeRoles: NO_CREDENTIAL_FILES,
    assumeRoleWithWebIdentity: NO_CREDENTIAL_FILES,
  },
};

export type AwsConfiguration = Configuration<Service>;

export const readConfiguration = (config: PlainMap, environment: NodeJS.ProcessEnv) =>
  read(
    'aws',
    SERVICES,
    KEYS,
    (endpoints) => (Array.isArray(endpoints) ? endpoints : [endpoints]),
    config,
    environment,
  );
