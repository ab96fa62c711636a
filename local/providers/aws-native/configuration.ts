// The configuration of the aws-native stand-in, in the form that the real provider takes: `endpoints` is a map.
import {
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

const NO_FILES = 'it reads no credentials but accessKey and secretKey, and a local cloud takes any';
const KEYS: ConfigurationKeys = {
  read: ['region', 'endpoints', 'defaultTags', 'accessKey', 'secretKey', 'token'],
  ignored: [
    'skipCredentialsValidation',
    'skipMetadataApiCheck',
    'skipRegionValidation',
    'skipRequestingAccountId',
    'skipGetEc2Platforms',
    's3UsePathStyle',
    'maxRetries',
  ],
  refused: { profile: NO_FILES, sharedCredentialsFile: NO_FILES, assumeRole: NO_FILES, roleArn: NO_FILES },
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
