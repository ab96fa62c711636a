import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { parseBootstrapOutputs } from '../../../contract/outputs/bootstrap';
import { parseServiceOutputs } from '../../../contract/outputs/service';
import { parseStorageOutputs } from '../../../contract/outputs/storage';
import bootstrap from '../../../stacks/bootstrap/index';
import service from '../../../stacks/service/index';
import storage from '../../../stacks/storage/index';
import { record, valueOf } from '../components/recorded-program';
import type { Settings } from '../components/recorded-program';

const root = resolve(__dirname, '..', '..', '..');

const BOOTSTRAP: Settings = {
  project: 's3-vectors-bootstrap',
  stack: 'dev',
  config: {
    's3-vectors-bootstrap:project': 'acme',
    's3-vectors-bootstrap:githubRepositories': '["acme/vectors"]',
    's3-vectors-bootstrap:githubEnvironments': '["dev"]',
  },
};
const STORAGE: Settings = {
  project: 's3-vectors',
  stack: 'dev',
  config: { 's3-vectors:project': 'acme', 's3-vectors:tags': '{"Team":"search"}' },
};
const WITH_KEY: Settings = {
  ...STORAGE,
  config: { ...STORAGE.config, 's3-vectors:encryption': 'aws:kms' },
};

/** The outputs of a program as another stack reads them. */
async function outputsOf(program: () => Promise<object>, settings: Settings): Promise<unknown> {
  const run = await record(program, settings);
  return JSON.parse(JSON.stringify(await valueOf(pulumi.output(run.result)))) as unknown;
}

describe('the programs of the stacks', function () {
  this.timeout(60_000);

  it('bootstrap exports what its contract promises', async () => {
    assert.deepEqual(parseBootstrapOutputs(await outputsOf(bootstrap, BOOTSTRAP)), {
      githubDeployerRoleArn: 'arn:aws:iam::123456789012:role/acme-github-deployer',
      serviceBoundaryPolicyArn: 'arn:aws:iam::123456789012:policy/acme-s3-vector-service-boundary',
      s3VectorManagementPolicyArn: 'arn:aws:iam::123456789012:policy/acme-s3-vector-management',
      s3VectorServiceAccessPolicyArn: 'arn:aws:iam::123456789012:policy/acme-s3-vector-service-access',
      bedrockInvocationPolicyArn: 'arn:aws:iam::123456789012:policy/acme-bedrock-invocation',
    });
  });

  it('bootstrap makes no deployer and no boundary where no repository is named', async () => {
    const settings = { ...BOOTSTRAP, config: { 's3-vectors-bootstrap:project': 'acme' } };
    const outputs = parseBootstrapOutputs(await outputsOf(bootstrap, settings));
    assert.equal('githubDeployerRoleArn' in outputs, false);
    const run = await record(bootstrap, settings);
    assert.deepEqual(run.namesOf('aws:iam/role:Role'), []);
  });

  it('bootstrap gives the rights to a role that deploys already, and makes none', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/ci/deployer';
    const settings = {
      ...BOOTSTRAP,
      config: {
        's3-vectors-bootstrap:project': 'acme',
        's3-vectors-bootstrap:existingDeployerRoleArn': roleArn,
      },
    };
    const outputs = parseBootstrapOutputs(await outputsOf(bootstrap, settings));
    assert.equal(outputs.githubDeployerRoleArn, roleArn);
    const run = await record(bootstrap, settings);
    assert.deepEqual(run.namesOf('aws:iam/role:Role'), []);
    assert.equal(run.named('deployer-deployment-attachment').inputs['role'], 'deployer');
  });

  it('storage is built on a key and a vector bucket that are there already', async () => {
    const encryptionKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';
    const settings = {
      ...STORAGE,
      config: {
        ...STORAGE.config,
        's3-vectors:encryptionKeyArn': encryptionKeyArn,
        's3-vectors:existingVectorBucketName': 'team-vectors',
      },
    };
    const outputs = parseStorageOutputs(await outputsOf(storage, settings));
    assert.equal(outputs.vectorBucketName, 'team-vectors');
    assert.equal(outputs.encryptionKeyArn, encryptionKeyArn);
    const run = await record(storage, settings);
    assert.deepEqual(run.namesOf('aws:kms/key:Key'), []);
    assert.deepEqual(run.namesOf('aws-native:s3vectors:VectorBucket'), []);
    assert.equal(run.named('episodes-index').inputs['vectorBucketName'], 'team-vectors');
    const { policy } = run.named('vectors-read-policy').inputs;
    assert.match(JSON.stringify(policy), /bucket\/team-vectors/);
    assert.match(JSON.stringify(policy), /key\/1234abcd/);
  });

  it('storage exports what its contract promises', async () => {
    const arn = 'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge';
    assert.deepEqual(parseStorageOutputs(await outputsOf(storage, STORAGE)), {
      vectorBucketName: 'acme-dev-vector-knowledge',
      vectorBucketArn: arn,
      episodeIndexName: 'episodes',
      episodeIndexArn: `${arn}/index/episodes`,
      episodeIndex: EPISODES_SHAPE,
      vectorAccessPolicyArn: 'arn:aws:iam::123456789012:policy/acme-dev-vector-knowledge-access',
      vectorReadPolicyArn: 'arn:aws:iam::123456789012:policy/acme-dev-vector-knowledge-read',
      embeddingBuckets: {
        documents: { name: 'acme-dev-vector-documents', arn: 'arn:aws:s3:::acme-dev-vector-documents' },
      },
      region: 'us-east-1',
      project: 'acme',
      environment: 'dev',
    });
  });

  it('storage declares nothing where its providers are in two Regions, by configuration or surroundings', async () => {
    const configured = { 'aws:region': 'us-east-1', 'aws-native:region': 'eu-west-1' };
    for (const settings of [
      { ...STORAGE, nativeRegion: 'eu-west-1' },
      { ...STORAGE, config: { ...STORAGE.config, ...configured } },
    ]) {
      await assert.rejects(
        record(storage, settings),
        (error) =>
          pulumi.RunError.isInstance(error) &&
          /aws-native is in eu-west-1 and the provider aws in us-east-1/.test(error.message) &&
          /set aws:region and aws-native:region to the same/.test(error.message),
      );
    }
  });

  it('storage encrypts everything with one key where it is told to', async () => {
    const run = await record(storage, WITH_KEY);
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/encryption-key-key';
    assert.equal(await valueOf(run.result.encryptionKeyArn as pulumi.Output<string>), keyArn);
    assert.deepEqual(run.named('vectors-bucket').inputs['encryptionConfiguration'], {
      sseType: 'aws:kms',
      kmsKeyArn: keyArn,
    });
    assert.equal('encryptionConfiguration' in run.named('episodes-index').inputs, false, 'as the bucket');
    assert.match(JSON.stringify(run.named('embeddings-documents-encryption').inputs), /"aws:kms"/);
    for (const policy of ['vectors-read-policy', 'vectors-read-write-policy']) {
      assert.match(JSON.stringify(run.named(policy).inputs), /EncryptionKeyUse/);
    }
  });

  it('storage keeps data protected, and nothing in a disposable environment', async () => {
    const kept = await record(storage, WITH_KEY);
    const held = ['vectors-bucket', 'episodes-index', 'encryption-key', 'embeddings-documents-bucket'];
    const isProtected = ({ protect }: { protect: boolean }) => protect;
    assert.deepEqual(
      kept.resources
        .filter(isProtected)
        .map(({ name }) => name)
        .sort(),
      [...held].sort(),
    );
    const config = { ...WITH_KEY.config, 's3-vectors:disposable': 'true' };
    const disposable = await record(storage, { ...WITH_KEY, config });
    assert.deepEqual(disposable.resources.filter(isProtected), []);
  });

  it('storage tags everything that takes tags', async () => {
    const run = await record(storage, WITH_KEY);
    const expected = {
      Project: 'acme',
      Environment: 'dev',
      ManagedBy: 'pulumi',
      Stack: 's3-vectors/dev',
      Team: 'search',
    };
    for (const name of ['encryption-key', 'embeddings-documents-bucket', 'vectors-read-policy']) {
      assert.deepEqual(run.named(name).inputs['tags'], expected, name);
    }
    for (const name of ['vectors-bucket', 'episodes-index']) {
      const list = run.named(name).inputs['tags'] as { key: string; value: string }[];
      assert.deepEqual(Object.fromEntries(list.map(({ key, value }) => [key, value])), expected, name);
    }
  });

  it('storage keeps tags secret on everything where their key of the configuration is', async () => {
    const run = await record(storage, { ...WITH_KEY, secretConfig: ['s3-vectors:tags'] });
    const tagged = run.resources.filter(({ inputs }) => inputs['tags'] !== undefined);
    assert.ok(tagged.length >= 5);
    for (const { name, secretInputs } of tagged) assert.deepEqual(secretInputs, ['tags'], name);
  });

  it('service is refused before anything is declared where its model makes no vectors for the index', async () => {
    const settings: Settings = {
      project: 's3-vectors-service',
      stack: 'dev',
      config: { 's3-vectors-service:modelId': 'us.cohere.embed-v4:0' },
      stacks: {
        'organization/s3-vectors-bootstrap/dev': await outputsOf(bootstrap, BOOTSTRAP),
        'organization/s3-vectors/dev': await outputsOf(storage, STORAGE),
      },
    };
    await assert.rejects(
      record(service, settings),
      /"us.cohere.embed-v4:0" makes vectors of 1536, 1024, 512, 256 numbers, and those of the index have 3072; choose amazon.nova/,
    );
  });

  it('service joins both stacks and exports what its contract promises', async () => {
    const settings: Settings = {
      project: 's3-vectors-service',
      stack: 'dev',
      stacks: {
        'organization/s3-vectors-bootstrap/dev': await outputsOf(bootstrap, BOOTSTRAP),
        'organization/s3-vectors/dev': await outputsOf(storage, STORAGE),
      },
    };
    const run = await record(service, settings);
    assert.deepEqual(parseServiceOutputs(await valueOf(pulumi.output(run.result))), {
      functionName: 'acme-dev-vector-service',
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:acme-dev-vector-service',
      roleArn: 'arn:aws:iam::123456789012:role/acme-dev-vector-service',
    });
    const role = run.named('service-role').inputs;
    assert.equal(
      role['permissionsBoundary'],
      'arn:aws:iam::123456789012:policy/acme-s3-vector-service-boundary',
    );
    const lambda = run.named('service-function').inputs;
    assert.equal(lambda['handler'], 'index.handler');
    assert.deepEqual(lambda['environment'], {
      variables: {
        S3_VECTOR_BUCKET_NAME: 'acme-dev-vector-knowledge',
        S3_VECTOR_INDEX_NAME: 'episodes',
        VECTOR_DIMENSION: '3072',
        BEDROCK_MODEL_ID: 'amazon.nova-2-multimodal-embeddings-v1:0',
        VECTOR_BUCKET_NAME: 'acme-dev-vector-documents',
      },
    });
    const attached = run.resources
      .filter(({ type }) => type === 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')
      .map(({ inputs }) => inputs['policyArn']);
    assert.equal(attached.length, 3);
    assert.ok(!attached.includes('arn:aws:iam::123456789012:policy/acme-s3-vector-management'));
  });

  it('service names the stack and every output that is missing', async () => {
    const settings: Settings = {
      project: 's3-vectors-service',
      stack: 'dev',
      stacks: {
        'organization/s3-vectors-bootstrap/dev': await outputsOf(bootstrap, BOOTSTRAP),
        'organization/s3-vectors/dev': { project: 'acme' },
      },
    };
    await assert.rejects(record(service, settings), (error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /outputs of stack organization\/s3-vectors\/dev \(deploy that stack first/);
      assert.match(error.message, /field "vectorBucketName" is missing/);
      return true;
    });
  });

  for (const [name, program] of Object.entries({ bootstrap, storage })) {
    it(`${name} prints the faults of its configuration without a stack trace`, async () => {
      await assert.rejects(
        record(program as () => Promise<unknown>, { project: `s3-vectors`, stack: 'dev', config: {} }),
        (error) =>
          pulumi.RunError.isInstance(error) &&
          /field "project" is missing/.test(error.message) &&
          !/\n\s+at /.test(error.stack ?? ''),
      );
    });
  }

  it('are started from TypeScript, in every project file', () => {
    for (const file of ['Pulumi.yaml', 'stacks/bootstrap/Pulumi.yaml', 'stacks/service/Pulumi.yaml']) {
      const text = readFileSync(resolve(root, file), 'utf8');
      assert.match(text, /^main: (stacks\/storage\/)?index\.ts$/m, file);
      assert.match(text, /typescript: false\n\s+nodeargs: '--import tsx'/, file);
    }
  });

  it('have local configurations that name no endpoint and carry the salt of the passphrase', () => {
    for (const directory of ['.', 'stacks/bootstrap', 'stacks/service']) {
      const text = readFileSync(resolve(root, directory, 'Pulumi.local.yaml'), 'utf8');
      assert.doesNotMatch(text, /endpoint[^s]|127\.0\.0\.1|localhost/, directory);
      assert.match(text, /^encryptionsalt: v1:/m, directory);
    }
  });
});
