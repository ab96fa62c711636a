// Outputs are the contract between stacks and services: a missing one must be named, not discovered later.
import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../contract/invalid-input';
import { parseBootstrapOutputs } from '../../../contract/outputs/bootstrap';
import { parseServiceOutputs } from '../../../contract/outputs/service';
import { parseStorageOutputs } from '../../../contract/outputs/storage';

const storage = {
  vectorBucketName: 'acme-dev-vector-knowledge',
  vectorBucketArn: 'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge',
  episodeIndexName: 'episodes',
  episodeIndexArn: 'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge/index/episodes',
  episodeIndex: {
    dimension: 3072,
    distanceMetric: 'cosine',
    dataType: 'float32',
    nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'],
  },
  vectorAccessPolicyArn: 'arn:aws:iam::123456789012:policy/acme-dev-vector-access',
  vectorReadPolicyArn: 'arn:aws:iam::123456789012:policy/acme-dev-vector-read',
  embeddingBuckets: {
    documents: { name: 'acme-dev-vector-documents', arn: 'arn:aws:s3:::acme-dev-vector-documents' },
  },
  region: 'us-east-1',
  project: 'acme',
  environment: 'dev',
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.problems;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

describe('storage outputs', () => {
  it('are read as they are', () => {
    assert.deepEqual(parseStorageOutputs(storage), storage);
  });

  it('keep the key where there is one, in any partition', () => {
    const encryptionKeyArn = 'arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234';
    assert.equal(parseStorageOutputs({ ...storage, encryptionKeyArn }).encryptionKeyArn, encryptionKeyArn);
  });

  it('name every missing field at once', () => {
    const problems = problemsOf(() => parseStorageOutputs({}));
    for (const field of Object.keys(storage)) {
      assert.ok(
        problems.some((problem) => problem === `field "${field}" is missing.`),
        `${field} in ${problems.join('\n')}`,
      );
    }
  });

  it('name a malformed field with its value and what is wanted', () => {
    const problems = problemsOf(() =>
      parseStorageOutputs({
        ...storage,
        vectorBucketArn: 'acme-dev-vector-knowledge',
        vectorBucketName: 'Knowledge',
        episodeIndex: { ...storage.episodeIndex, dimension: 5000, nonFilterableMetadataKeys: ['a', 'a'] },
        embeddingBuckets: { documents: { name: 7 } },
      }),
    );
    assert.match(
      problems.join('\n'),
      /"vectorBucketArn" must be an ARN like .*, not "acme-dev-vector-knowledge"/,
    );
    assert.match(problems.join('\n'), /"vectorBucketName": vector bucket name "Knowledge"/);
    assert.match(
      problems.join('\n'),
      /"episodeIndex.dimension" must be a whole number from 1 to 4096, not 5000/,
    );
    assert.match(problems.join('\n'), /"episodeIndex.nonFilterableMetadataKeys": .*"a" is given twice/);
    assert.match(problems.join('\n'), /"embeddingBuckets.documents.name" must be .*, not 7/);
    assert.match(problems.join('\n'), /"embeddingBuckets.documents.arn" is missing/);
    assert.equal(problems.length, 6);
  });

  it('that are no object at all are refused with one sentence first', () => {
    assert.match(problemsOf(() => parseStorageOutputs([]))[0] ?? '', /must be an object, not \[\]/);
    assert.match(problemsOf(() => parseStorageOutputs(null))[0] ?? '', /must be an object, not null/);
  });

  it('name the stack that they came from', () => {
    assert.throws(
      () => parseStorageOutputs({}, 'outputs of stack s3-vectors/dev'),
      /outputs of stack s3-vectors\/dev/,
    );
  });
});

describe('bootstrap outputs', () => {
  const bootstrap = {
    githubDeployerRoleArn: 'arn:aws:iam::123456789012:role/acme-github-deployer',
    s3VectorManagementPolicyArn: 'arn:aws:iam::123456789012:policy/acme-s3-vector-management',
    s3VectorServiceAccessPolicyArn: 'arn:aws:iam::123456789012:policy/acme-s3-vector-service-access',
    bedrockInvocationPolicyArn: 'arn:aws:iam::123456789012:policy/acme-bedrock-invocation',
  };

  it('are read as they are, the deployer role being optional', () => {
    assert.deepEqual(parseBootstrapOutputs(bootstrap), bootstrap);
    assert.equal(
      'githubDeployerRoleArn' in parseBootstrapOutputs({ ...bootstrap, githubDeployerRoleArn: null }),
      false,
    );
  });

  it('refuse the ARN of another kind', () => {
    assert.match(
      problemsOf(() =>
        parseBootstrapOutputs({ ...bootstrap, bedrockInvocationPolicyArn: storage.vectorBucketArn }),
      )[0] ?? '',
      /bedrockInvocationPolicyArn/,
    );
  });
});

describe('service outputs', () => {
  it('are read as they are and name what is missing', () => {
    const service = {
      functionName: 'acme-dev-vector-service',
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:acme-dev-vector-service',
      roleArn: 'arn:aws:iam::123456789012:role/acme-dev-vector-service',
    };
    assert.deepEqual(parseServiceOutputs(service), service);
    assert.equal(problemsOf(() => parseServiceOutputs({})).length, 3);
  });
});
