// What a stack author imports. Pulumi discovers the components of the package here too, for every language.
export { BedrockInvocationPolicy } from './bedrock-invocation-policy';
export type { BedrockInferenceProfile, BedrockInvocationPolicyArgs } from './bedrock-invocation-policy';
export { DistanceMetric } from './distance-metric';
export { EmbeddingBucket } from './embedding-bucket';
export type { EmbeddingBucketArgs, ExistingEmbeddingBucket } from './embedding-bucket';
export { EncryptionKey } from './encryption-key';
export type { EncryptionKeyArgs, ExistingEncryptionKey } from './encryption-key';
export { GithubDeployer } from './github-deployer';
export type { ExistingDeployerRole, GithubDeployerArgs } from './github-deployer';
export { ManagementPolicy } from './management-policy';
export type { ManagementPolicyArgs } from './management-policy';
export { ServiceAccess, ServiceHost } from './service-access';
export type { ServiceAccessArgs } from './service-access';
export { ServiceAccessPolicy } from './service-access-policy';
export type { ServiceAccessPolicyArgs } from './service-access-policy';
export { VectorAccess, VectorAccessPolicy } from './vector-access-policy';
export type { VectorAccessPolicyArgs } from './vector-access-policy';
export { PolicyEffect, VectorBucket } from './vector-bucket';
export type {
  ExistingVectorBucket,
  VectorBucketArgs,
  VectorBucketIndex,
  VectorBucketStatement,
} from './vector-bucket';
export { VectorIndex, episodesIndex } from './vector-index';
export type { EpisodesIndexArgs, ExistingVectorIndex, VectorIndexArgs } from './vector-index';
