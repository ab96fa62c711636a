// The aws-native stand-in: the types of AWS::S3Vectors, which are what the local Cloud Control serves.
import sdk from '@pulumi/aws-native/package.json';
import { explainAwsError } from '../plugin/aws-clients';
import type { PackageDefinition } from '../plugin/resource-type';
import { OperationFailed } from './cloud-control';
import { readConfiguration } from './configuration';
import { NATIVE_FUNCTIONS } from './functions';
import { nativeLookup, nativeResource } from './native-resource';
import { NATIVE_TYPES } from './resource-types';
import { NativeSession } from './session';

export const awsNativePackage: PackageDefinition<NativeSession> = {
  name: 'aws-native',
  version: sdk.version,
  description: 'Stand-in for @pulumi/aws-native against a local cloud: AWS::S3Vectors over Cloud Control',
  configure(config, environment) {
    const { failures, configuration } = readConfiguration(config, environment);
    return configuration === undefined
      ? { failures }
      : { failures, session: new NativeSession(configuration) };
  },
  resources: NATIVE_TYPES.map(nativeResource),
  functions: [...NATIVE_FUNCTIONS, ...NATIVE_TYPES.map(nativeLookup)],
  explain: (error) => (error instanceof OperationFailed ? error.message : explainAwsError(error)),
  cancel: (session) => session.destroy(),
};
