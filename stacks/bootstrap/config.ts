// The configuration of the bootstrap stack, as documented in docs/stacks.md.
import { FieldReader } from '../../contract/field-reader';
import { inferenceProfileProblems, modelIdProblems } from '../../contract/iam/documents/bedrock-invocation';
import type { InferenceProfile } from '../../contract/iam/documents/bedrock-invocation';
import { githubWorkflowProblems } from '../../contract/iam/documents/github-trust';
import type { GithubWorkflows } from '../../contract/iam/documents/github-trust';
import { deployerRoleNameProblems, environmentProblems, projectProblems } from '../../contract/names';
import { roleArnRule } from '../../contract/outputs/arn-rules';
import { repeated } from '../../contract/repeated';
import { tagProblems } from '../../contract/tags';
import { configSubject } from '../config-record';
import type { ConfigKeys } from '../config-record';

export const BOOTSTRAP_NAMESPACE = 's3-vectors-bootstrap';

export const BOOTSTRAP_KEYS = {
  project: 'text',
  environments: 'json',
  modelIds: 'json',
  inferenceProfiles: 'json',
  githubRepositories: 'json',
  githubEnvironments: 'json',
  githubBranches: 'json',
  useExistingGithubProvider: 'json',
  existingDeployerRoleArn: 'text',
  tags: 'json',
} as const satisfies ConfigKeys;

/** Models that services may call where the configuration names none: 3072 dimensions, and 1024 for less. */
export const DEFAULT_MODEL_IDS = [
  'amazon.nova-2-multimodal-embeddings-v1:0',
  'amazon.titan-embed-text-v2:0',
] as const;

export interface BootstrapConfig {
  readonly project: string;
  /** Environments that the policies cover; empty for all. */
  readonly environments: readonly string[];
  readonly modelIds: readonly string[];
  readonly inferenceProfiles: readonly InferenceProfile[];
  /** Who deploys: workflows that a role is made for, or the role that there is; absent where nobody is to. */
  readonly deployer?:
    (GithubWorkflows & { readonly useExistingProvider: boolean }) | { readonly existingRoleArn: string };
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads the configuration.
 * @throws InvalidInputError listing every fault at once.
 */
export function parseBootstrapConfig(record: unknown): BootstrapConfig {
  const read = new FieldReader(configSubject(BOOTSTRAP_NAMESPACE), record);
  read.only(Object.keys(BOOTSTRAP_KEYS));
  const project = read.text('project');
  if (project !== '') read.check('project', projectProblems(project));
  const environments = read.optionalTexts('environments') ?? [];
  read.check('environments', environments.flatMap(environmentProblems));
  read.check(
    'environments',
    repeated(environments).map((twice) => `"${twice}" is given twice.`),
  );
  const modelIds = read.optionalTexts('modelIds') ?? [...DEFAULT_MODEL_IDS];
  const inferenceProfiles = readProfiles(read, record);
  // A service may call profiles alone.
  if (modelIds.length > 0 || inferenceProfiles.length === 0)
    read.check('modelIds', modelIdProblems(modelIds));
  read.check('inferenceProfiles', inferenceProfileProblems(inferenceProfiles));

  const repositories = read.optionalTexts('githubRepositories') ?? [];
  const workflows = {
    repositories,
    environments: read.optionalTexts('githubEnvironments') ?? [],
    branches: read.optionalTexts('githubBranches') ?? [],
  };
  const useExistingProvider = read.optionalFlag('useExistingGithubProvider') ?? false;
  if (repositories.length > 0) read.check('githubRepositories', githubWorkflowProblems(workflows));
  const existingRoleArn = read.optionalText('existingDeployerRoleArn', roleArnRule);
  const isNew = repositories.length > 0 && existingRoleArn === undefined;
  if (isNew && projectProblems(project).length === 0)
    read.check('project', deployerRoleNameProblems(project));
  if (repositories.length === 0 && existingRoleArn === undefined) {
    for (const [key, given] of [
      ['githubEnvironments', workflows.environments.length > 0],
      ['githubBranches', workflows.branches.length > 0],
      ['useExistingGithubProvider', useExistingProvider],
    ] as const) {
      if (given)
        read.check(key, ['it stands without githubRepositories, and would do nothing; name who deploys.']);
    }
  }
  if (existingRoleArn !== undefined) {
    const ofANewRole = [
      ...(repositories.length > 0 ? ['githubRepositories'] : []),
      ...(workflows.environments.length > 0 ? ['githubEnvironments'] : []),
      ...(workflows.branches.length > 0 ? ['githubBranches'] : []),
      ...(useExistingProvider ? ['useExistingGithubProvider'] : []),
    ];
    read.check(
      'existingDeployerRoleArn',
      ofANewRole.map(
        (key) => `it stands beside ${key}, which is for a role that is made; remove one of them.`,
      ),
    );
  }
  const deployer =
    existingRoleArn === undefined ? { ...workflows, useExistingProvider } : { existingRoleArn };
  const tags = read.optionalTextMap('tags') ?? {};
  read.check('tags', tagProblems(tags));
  return read.finish({
    project,
    environments,
    modelIds,
    inferenceProfiles,
    ...(repositories.length === 0 && existingRoleArn === undefined ? {} : { deployer }),
    tags,
  });
}

/** The profiles as they are written: a map from a profile's id to the Regions that it may route to. */
function readProfiles(read: FieldReader, record: unknown): InferenceProfile[] {
  const written = (record as { inferenceProfiles?: unknown } | undefined)?.inferenceProfiles;
  if (written === undefined) return [];
  const ids = typeof written === 'object' && written !== null ? Object.keys(written) : [];
  return read.nested('inferenceProfiles', (map) =>
    ids.map((profileId) => ({ profileId, regions: map.texts(profileId) })),
  );
}
