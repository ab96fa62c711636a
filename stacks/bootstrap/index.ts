// Bootstrap, once an account: the managed policies of the two layers, and the role that CI deploys with.
import * as pulumi from '@pulumi/pulumi';
import { BedrockInvocationPolicy } from '../../components/bedrock-invocation-policy';
import { GithubDeployer } from '../../components/github-deployer';
import { ManagementPolicy } from '../../components/management-policy';
import { ServiceAccessPolicy } from '../../components/service-access-policy';
import type { BootstrapOutputs } from '../../contract/outputs/bootstrap';
import { configRecord } from '../config-record';
import type { OutputsOf } from '../outputs-of';
import { withReadableErrors } from '../readable-errors';
import { stackTags } from '../stack-tags';
import { BOOTSTRAP_KEYS, BOOTSTRAP_NAMESPACE, parseBootstrapConfig } from './config';

/** The program: Pulumi calls it once the engine is connected. */
function bootstrap(): OutputsOf<BootstrapOutputs> {
  const config = parseBootstrapConfig(
    configRecord(pulumi.runtime.allConfig(), BOOTSTRAP_NAMESPACE, BOOTSTRAP_KEYS),
  );
  const { project, environments: covered } = config;
  const environments = [...covered];
  const tags = stackTags(
    { project, stack: `${pulumi.getProject()}/${pulumi.getStack()}` },
    config.tags,
    `${BOOTSTRAP_NAMESPACE}:tags`,
  );

  const management = new ManagementPolicy('management', { project, environments, tags });
  const serviceAccess = new ServiceAccessPolicy('service-access', { project, environments, tags });
  const inferenceProfiles = config.inferenceProfiles.map(({ profileId, regions }) => ({
    profileId,
    regions: [...regions],
  }));
  const bedrock = new BedrockInvocationPolicy('bedrock', {
    project,
    modelIds: [...config.modelIds],
    inferenceProfiles,
    tags,
  });
  const deployer =
    config.deployer === undefined
      ? undefined
      : new GithubDeployer('deployer', {
          project,
          environments,
          ...('existingRoleArn' in config.deployer
            ? { existing: { roleArn: config.deployer.existingRoleArn } }
            : {
                repositories: [...config.deployer.repositories],
                githubEnvironments: [...(config.deployer.environments ?? [])],
                branches: [...(config.deployer.branches ?? [])],
                useExistingProvider: config.deployer.useExistingProvider,
              }),
          managementPolicyArn: management.policyArn,
          inferenceProfiles,
          tags,
        });

  return {
    ...(deployer === undefined
      ? {}
      : {
          githubDeployerRoleArn: deployer.roleArn,
          serviceBoundaryPolicyArn: deployer.serviceBoundaryArn,
        }),
    s3VectorManagementPolicyArn: management.policyArn,
    s3VectorServiceAccessPolicyArn: serviceAccess.policyArn,
    bedrockInvocationPolicyArn: bedrock.policyArn,
  };
}

export = () => withReadableErrors(bootstrap);
