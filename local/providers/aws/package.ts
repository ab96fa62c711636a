// The aws stand-in: exactly the resources and functions of @pulumi/aws that this project's stacks use.
import sdk from '@pulumi/aws/package.json';
import { explainAwsError } from '../plugin/aws-clients';
import type { PackageDefinition } from '../plugin/resource-type';
import { readConfiguration } from './configuration';
import { getCallerIdentity } from './functions/get-caller-identity';
import { getOpenIdConnectProvider } from './functions/get-open-id-connect-provider';
import { getPartition } from './functions/get-partition';
import { getRegion } from './functions/get-region';
import { bucket } from './resources/bucket';
import { bucketEncryption } from './resources/bucket-encryption';
import { bucketLifecycle } from './resources/bucket-lifecycle';
import { bucketLogging } from './resources/bucket-logging';
import { bucketOwnershipControls } from './resources/bucket-ownership-controls';
import { bucketPolicy } from './resources/bucket-policy';
import { bucketPublicAccessBlock } from './resources/bucket-public-access-block';
import { bucketVersioning } from './resources/bucket-versioning';
import { key } from './resources/key';
import { keyAlias } from './resources/key-alias';
import { lambdaFunction } from './resources/lambda-function';
import { openIdConnectProvider } from './resources/open-id-connect-provider';
import { policy } from './resources/policy';
import { role } from './resources/role';
import { rolePolicy } from './resources/role-policy';
import { rolePolicyAttachment } from './resources/role-policy-attachment';
import { vectorBucketPolicy } from './resources/vector-bucket-policy';
import { AwsSession } from './session';

export const awsPackage: PackageDefinition<AwsSession> = {
  name: 'aws',
  version: sdk.version,
  description: 'Stand-in for @pulumi/aws against a local cloud: only what is listed here is implemented',
  configure(config, environment) {
    const { failures, configuration } = readConfiguration(config, environment);
    return configuration === undefined ? { failures } : { failures, session: new AwsSession(configuration) };
  },
  resources: [
    bucket,
    bucketEncryption,
    bucketLifecycle,
    bucketLogging,
    bucketOwnershipControls,
    bucketPolicy,
    bucketPublicAccessBlock,
    bucketVersioning,
    key,
    keyAlias,
    lambdaFunction,
    openIdConnectProvider,
    policy,
    role,
    rolePolicy,
    rolePolicyAttachment,
    vectorBucketPolicy,
  ],
  functions: [getCallerIdentity, getOpenIdConnectProvider, getPartition, getRegion],
  explain: explainAwsError,
  cancel: (session) => session.destroy(),
};
