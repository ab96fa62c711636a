import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import { DEFAULT_MODEL_IDS, parseBootstrapConfig } from '../../../stacks/bootstrap/config';
import { parseServiceConfig } from '../../../stacks/service/config';
import { parseStorageConfig } from '../../../stacks/storage/config';
import type { ProviderRegions } from '../../../stacks/storage/provider-regions';

const OWN = { organization: 'organization', stack: 'dev' };

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof InvalidInputError, String(error));
    return error.problems;
  }
  return assert.fail('nothing was refused');
}

/** Every expected text is found in one problem of its own, and there is no other problem. */
function assertProblems(problems: readonly string[], expected: readonly string[]): void {
  for (const text of expected) {
    assert.ok(
      problems.some((problem) => problem.includes(text)),
      `"${text}" not among:\n${problems.join('\n')}`,
    );
  }
  assert.equal(problems.length, expected.length, problems.join('\n'));
}

describe('configuration of the storage stack', () => {
  it('needs a project and takes the rest by default, the environment from the stack', () => {
    assert.deepEqual(parseStorageConfig({ project: 'acme' }, 'dev'), {
      project: 'acme',
      environment: 'dev',
      purpose: 'knowledge',
      embeddingPurposes: ['documents'],
      encryption: 'AES256',
      disposable: false,
      tags: {},
    });
  });

  it('takes everything that it documents', () => {
    const record = {
      project: 'acme',
      environment: 'prod',
      purpose: 'episodes',
      embeddingPurposes: ['documents', 'users'],
      encryption: 'aws:kms',
      disposable: true,
      archiveAfterDays: 30,
      expireAfterDays: 60,
      abortUploadsAfterDays: 3,
      intelligentTieringAfterDays: 0,
      deleteAfterDays: 400,
      accessLogBucketName: 'logs',
      tags: { Team: 'search' },
    } as const;
    assert.deepEqual(parseStorageConfig(record, 'ignored'), record);
  });

  it('takes a key and a vector bucket that are there already; a key means aws:kms', () => {
    const existing = {
      encryptionKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd',
      existingVectorBucketName: 'team-vectors',
    };
    const config = parseStorageConfig({ project: 'acme', ...existing }, 'dev');
    assert.deepEqual(config, {
      ...parseStorageConfig({ project: 'acme' }, 'dev'),
      ...existing,
      encryption: 'aws:kms',
    });
  });

  it('refuses an alias for a key, a key beside AES256, and a name that no vector bucket has', () => {
    assertProblems(
      problemsOf(() =>
        parseStorageConfig(
          {
            project: 'acme',
            encryption: 'AES256',
            encryptionKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd',
            existingVectorBucketName: 'Team.Vectors',
          },
          'dev',
        ),
      ),
      ['beside encryption AES256', 'vector bucket name "Team.Vectors"'],
    );
    assertProblems(
      problemsOf(() => parseStorageConfig({ project: 'acme', encryptionKeyArn: 'alias/team' }, 'dev')),
      ['an ARN like arn:aws:kms'],
    );
  });

  it('lists every fault at once, misspelt keys included', () => {
    assertProblems(
      problemsOf(() =>
        parseStorageConfig(
          {
            project: 'Acme',
            environment: 'dev-1',
            purpos: 'x',
            purpose: 'not ok',
            embeddingPurposes: ['a', 'a'],
            encryption: 'kms',
            disposable: 'maybe',
            archiveAfterDays: 0,
            tags: { Team: 1 },
          },
          'dev',
        ),
      ),
      [
        'field "purpos" is not known',
        'project "Acme"',
        'environment "dev-1"',
        'purpose "not ok"',
        '"a" is given twice',
        'field "encryption" must be one of "AES256", "aws:kms"',
        'field "disposable" must be true or false, not "maybe"',
        'field "archiveAfterDays" must be a whole number',
        'field "tags" must be a map of texts',
      ],
    );
  });

  it('blames a name that is too long on the purpose', () => {
    assertProblems(
      problemsOf(() => parseStorageConfig({ project: 'acme', purpose: 'x'.repeat(60) }, 'dev')),
      ['field "purpose": "acme-dev-vector-x'],
    );
  });

  it('refuses a stack name that is no environment, unless one is configured', () => {
    assertProblems(
      problemsOf(() => parseStorageConfig({ project: 'acme' }, 'my-dev')),
      ['environment "my-dev"'],
    );
    assert.equal(parseStorageConfig({ project: 'acme', environment: 'dev' }, 'my-dev').environment, 'dev');
  });

  it('refuses two Regions, beside everything else; one that is not set is for the providers to say', () => {
    const parse = (regions: ProviderRegions) => parseStorageConfig({ project: 'acme' }, 'dev', regions);
    const regions = { aws: 'us-east-1', awsNative: 'eu-west-1' };
    assertProblems(
      problemsOf(() => parseStorageConfig({}, 'dev', regions)),
      [
        'field "aws-native:region": the provider aws-native is in eu-west-1 and the provider aws in us-east-1',
        'field "project" is missing',
      ],
    );
    for (const one of [{}, { aws: 'us-east-1' }, { awsNative: 'eu-west-1' }]) {
      assert.deepEqual(parse(one), parse({}));
    }
    assert.deepEqual(parse({ aws: 'eu-west-1', awsNative: 'eu-west-1' }), parse({}));
  });

  it('lists days that make no lifecycle, log buckets and tags that cannot be with everything else', () => {
    assertProblems(
      problemsOf(() =>
        parseStorageConfig(
          {
            project: 'acme',
            purpose: 'not ok',
            archiveAfterDays: 200,
            intelligentTieringAfterDays: 30,
            deleteAfterDays: 30,
            accessLogBucketName: 'a..b',
            tags: { 'aws:team': 'x' },
          },
          'dev',
        ),
      ),
      [
        'purpose "not ok"',
        'field "expireAfterDays": expireAfterDays 180 must be more than archiveAfterDays 200',
        'field "deleteAfterDays": deleteAfterDays 30 must be more than intelligentTieringAfterDays 30',
        'field "accessLogBucketName": bucket name "a..b"',
        'field "tags": tag "aws:team"',
      ],
    );
    assertProblems(
      problemsOf(() =>
        parseStorageConfig({ project: 'acme', accessLogBucketName: 'acme-dev-vector-documents' }, 'dev'),
      ),
      ['"acme-dev-vector-documents" is a bucket of this stack'],
    );
  });

  it('says that a project is missing', () => {
    assertProblems(
      problemsOf(() => parseStorageConfig({}, 'dev')),
      ['field "project" is missing'],
    );
  });
});

describe('configuration of the bootstrap stack', () => {
  it('makes no deployer where no repository is named', () => {
    assert.deepEqual(parseBootstrapConfig({ project: 'acme' }), {
      project: 'acme',
      environments: [],
      modelIds: [...DEFAULT_MODEL_IDS],
      inferenceProfiles: [],
      tags: {},
    });
  });

  it('refuses inference profiles that are none, beside everything else', () => {
    assertProblems(
      problemsOf(() =>
        parseBootstrapConfig({
          project: 'acme',
          modelIds: [],
          inferenceProfiles: { 'cohere.embed-v4:0': ['us-east-1'], 'us.cohere.embed-v4:0': 'us-east-1' },
        }),
      ),
      [
        '"cohere.embed-v4:0" is no inference profile',
        'field "inferenceProfiles.us.cohere.embed-v4:0" must be a list of texts',
        '"us.cohere.embed-v4:0" names no Region',
      ],
    );
    assertProblems(
      problemsOf(() => parseBootstrapConfig({ project: 'acme', inferenceProfiles: 'us' })),
      ['field "inferenceProfiles" must be an object'],
    );
  });

  it('refuses what would be ignored, twice, or too long, each under its own field', () => {
    assertProblems(
      problemsOf(() =>
        parseBootstrapConfig({
          project: 'acme',
          environments: ['dev', 'dev'],
          inferenceProfiles: { 'cohere.embed-v4:0': ['us-east-1'] },
          githubEnvironments: ['dev'],
          githubBranches: ['main'],
          useExistingGithubProvider: true,
          tags: { 'aws:x': 'y' },
        }),
      ),
      [
        'field "environments": "dev" is given twice',
        'field "inferenceProfiles": "cohere.embed-v4:0" is no inference profile',
        'field "githubEnvironments": it stands without githubRepositories',
        'field "githubBranches": it stands without githubRepositories',
        'field "useExistingGithubProvider": it stands without githubRepositories',
        'field "tags": tag "aws:x"',
      ],
    );
    assertProblems(
      problemsOf(() =>
        parseBootstrapConfig({
          project: 'a'.repeat(49),
          githubRepositories: ['acme/vectors'],
          githubBranches: ['main'],
        }),
      ),
      ['field "project": "' + 'a'.repeat(49) + '-github-deployer" is 65 characters long'],
    );
  });

  it('takes a role that deploys already, instead of what a new one would need', () => {
    const existingDeployerRoleArn = 'arn:aws:iam::123456789012:role/ci/deployer';
    assert.deepEqual(parseBootstrapConfig({ project: 'acme', existingDeployerRoleArn }).deployer, {
      existingRoleArn: existingDeployerRoleArn,
    });
    assertProblems(
      problemsOf(() =>
        parseBootstrapConfig({
          project: 'acme',
          existingDeployerRoleArn,
          githubRepositories: ['acme/vectors'],
          githubBranches: ['main'],
        }),
      ),
      ['it stands beside githubRepositories', 'it stands beside githubBranches'],
    );
    assertProblems(
      problemsOf(() => parseBootstrapConfig({ project: 'acme', existingDeployerRoleArn: 'ci-deployer' })),
      ['an ARN like arn:aws:iam'],
    );
  });

  it('takes everything that it documents', () => {
    assert.deepEqual(
      parseBootstrapConfig({
        project: 'acme',
        environments: ['dev'],
        modelIds: ['cohere.embed-v4:0'],
        inferenceProfiles: { 'us.cohere.embed-v4:0': ['us-east-1', 'us-west-2'] },
        githubRepositories: ['acme/vectors'],
        githubEnvironments: ['dev'],
        githubBranches: ['main'],
        useExistingGithubProvider: true,
        tags: { Team: 'x' },
      }),
      {
        project: 'acme',
        environments: ['dev'],
        modelIds: ['cohere.embed-v4:0'],
        inferenceProfiles: [{ profileId: 'us.cohere.embed-v4:0', regions: ['us-east-1', 'us-west-2'] }],
        deployer: {
          repositories: ['acme/vectors'],
          environments: ['dev'],
          branches: ['main'],
          useExistingProvider: true,
        },
        tags: { Team: 'x' },
      },
    );
  });

  it('lists every fault at once', () => {
    assertProblems(
      problemsOf(() =>
        parseBootstrapConfig({
          environments: ['a-b'],
          modelIds: ['*'],
          githubRepositories: ['acme/*'],
          githubRepository: 'acme/vectors',
          useExistingGithubProvider: 'yes',
        }),
      ),
      [
        'field "githubRepository" is not known',
        'field "project" is missing',
        'environment "a-b"',
        '"*" is no model id',
        'field "useExistingGithubProvider" must be true or false',
        'repository "acme/*"',
        'neither an environment nor a branch',
      ],
    );
  });
});

describe('configuration of the service stack', () => {
  it('looks for the other stacks beside its own, by default', () => {
    assert.deepEqual(parseServiceConfig({}, OWN), {
      bootstrapStack: 'organization/s3-vectors-bootstrap/dev',
      storageStack: 'organization/s3-vectors/dev',
      modelId: 'amazon.nova-2-multimodal-embeddings-v1:0',
      memoryMegabytes: 512,
      timeoutSeconds: 60,
      tags: {},
    });
  });

  it('lists every fault at once', () => {
    assertProblems(
      problemsOf(() =>
        parseServiceConfig(
          {
            storageStack: 'dev',
            bootstrapStack: '',
            modelId: 'x',
            memoryMegabytes: 64,
            timeoutSeconds: 901,
            t: 1,
          },
          OWN,
        ),
      ),
      [
        'field "t" is not known',
        'field "storageStack" must be a full stack name',
        'field "bootstrapStack" must be a full stack name',
        '"x" is no model id',
        'field "memoryMegabytes" must be a whole number from 128 to 10240',
        'field "timeoutSeconds" must be a whole number from 1 to 900',
      ],
    );
  });
});
