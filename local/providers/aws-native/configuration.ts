// The configuration of the aws-native stand-in, in the form that the real provider takes: `endpoints` is a map.
import {
  NO_CREDENTIAL_FILES,
  readConfiguration as read,
  type Configuration,
  type ConfigurationKeys,
} from '../plugin/configuration';
import type { PlainMap } from '../plugin/property-value';

export const SERVICES = {
  cloudcontrol: { key: 'cloudcontrol', suffix: 'CLOUDCONTROL' },
  sts: { key: 'sts', suffix: 'STS' },
} as const;
export type Service = keyof typeof SERVICES;

const KEYS: ConfigurationKeys = {
  ignored: [
    'skipCredentialsValidation',
    'skipMetadataApiCheck',
    'skipRegionValidation',
    'skipRequestingAccountId',
    'skipGetEc2Platforms',
    's3UsePathStyle',
    'maxRetries',
  ],
  refused: {
    profile: NO_CREDENTIAL_FILES,
    sharedCredentialsFile: NO_CREDENTIAL_FILES,
    assumeRole: NO_CREDENTIAL_FILES,
    roleArn: NO_CREDENTIAL_FILES,
  },
};

export type NativeConfiguration = Configuration<Service>;

export const readConfiguration = (config: PlainMap, environment: NodeJS.ProcessEnv) =>
  read(
    'aws-native',
    SERVICES,
    KEYS,
    (endpoints) => (Array.isArray(endpoints) && endpoints.length === 0 ? [] : [endpoints]),
    config,
    environment,
  );
