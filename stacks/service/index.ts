// Service, a sample consumer of the other two stacks: a Lambda that stores and searches texts, under a role that
// reads and writes vectors and administers nothing.
import { join } from 'node:path';
import { Role } from '@pulumi/aws/iam/role';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy';
import { Function as LambdaFunction } from '@pulumi/aws/lambda/function';
import * as pulumi from '@pulumi/pulumi';
import { knownDocument } from '../../components/known-document';
import { awsDocument } from '../../components/managed-policy';
import { placeOf } from '../../components/place';
import { ServiceAccess, ServiceHost } from '../../components/service-access';
import { lambdaLogsDocument } from '../../contract/iam/documents/lambda-logs';
import { serviceTrustDocument } from '../../contract/iam/documents/service-trust';
import { modelDimensionProblems } from '../../contract/embedding-models';
import { refuse } from '../../contract/invalid-input';
import { serviceName, serviceNameLengthProblems } from '../../contract/names';
import { parseBootstrapOutputs } from '../../contract/outputs/bootstrap';
import type { ServiceOutputs } from '../../contract/outputs/service';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { configRecord, configSubject } from '../config-record';
import type { OutputsOf } from '../outputs-of';
import { withReadableErrors } from '../readable-errors';
import { stackTags } from '../stack-tags';
import { SERVICE_KEYS, SERVICE_NAMESPACE, parseServiceConfig } from './config';
import { BUNDLE_FILE, HANDLER, bundleHandler } from './handler-bundle';
import { stackOutputs } from './stack-outputs';

const HANDLER_SOURCE = join(__dirname, '..', '..', 'runtime', 'handler', 'main.ts');

/** The program: Pulumi calls it once the engine is connected. */
async function service(): Promise<OutputsOf<ServiceOutputs>> {
  const config = parseServiceConfig(
    configRecord(pulumi.runtime.allConfig(), SERVICE_NAMESPACE, SERVICE_KEYS),
    { organization: pulumi.getOrganization(), stack: pulumi.getStack() },
  );
  const code = bundleHandler(HANDLER_SOURCE);
  const [bootstrap, storage] = await Promise.all([
    stackOutputs('bootstrap', config.bootstrapStack, parseBootstrapOutputs),
    stackOutputs('storage', config.storageStack, parseStorageOutputs),
  ]);
  const { project, environment } = storage;
  // Before anything is declared: a function that cannot embed for this index would fail at its first call.
  refuse(configSubject(SERVICE_NAMESPACE), [
    ...modelDimensionProblems(config.modelId, storage.episodeIndex.dimension).map(
      (problem) => `field "modelId": ${problem}`,
    ),
    ...serviceNameLengthProblems(project, environment).map(
      (problem) => `project and environment of stack ${config.storageStack}: ${problem}`,
    ),
  ]);
  const name = serviceName(project, environment);
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const tags = stackTags({ project, environment, stack }, config.tags, `${SERVICE_NAMESPACE}:tags`);

  const role = new Role('service-role', {
    name,
    description: 'Reads and writes vectors; administers nothing',
    assumeRolePolicy: awsDocument(serviceTrustDocument('lambda')),
    // Where CI deploys, it may make roles within this boundary only.
    permissionsBoundary: bootstrap.serviceBoundaryPolicyArn,
    tags,
  });
  const logs = new RolePolicy('service-logs', {
    name: 'function-log',
    role: role.name,
    policy: awsDocument(knownDocument('managed', placeOf(), {}, (place) => lambdaLogsDocument(place, name))),
  });
  const access = new ServiceAccess('service-access', {
    host: ServiceHost.Lambda,
    roleName: role.name,
    vectorAccessPolicyArn: storage.vectorAccessPolicyArn,
    bedrockInvocationPolicyArn: bootstrap.bedrockInvocationPolicyArn,
    serviceAccessPolicyArn: bootstrap.s3VectorServiceAccessPolicyArn,
    vectorBucketName: storage.vectorBucketName,
    indexName: storage.episodeIndexName,
    dimension: storage.episodeIndex.dimension,
    modelId: config.modelId,
    embeddingBucketName: onlyOf(storage.embeddingBuckets)?.name,
  });
  const lambda = new LambdaFunction(
    'service-function',
    {
      name,
      description: `Stores and searches texts in the index ${storage.episodeIndexName}`,
      role: role.arn,
      runtime: 'nodejs22.x',
      // Nothing in the bundle is native, and arm64 costs a fifth less for the same time.
      architectures: ['arm64'],
      handler: HANDLER,
      code: new pulumi.asset.AssetArchive({ [BUNDLE_FILE]: new pulumi.asset.StringAsset(code) }),
      memorySize: config.memoryMegabytes,
      timeout: config.timeoutSeconds,
      environment: { variables: access.environmentVariables },
      tags,
    },
    { dependsOn: [logs, access] },
  );

  return { functionName: lambda.name, functionArn: lambda.arn, roleArn: role.arn };
}

/** The bucket of the older layout that a service reads where there is exactly one; of several none is meant. */
function onlyOf<T>(buckets: Readonly<Record<string, T>>): T | undefined {
  const [only, ...others] = Object.values(buckets);
  return others.length === 0 ? only : undefined;
}

export = () => withReadableErrors(service);
