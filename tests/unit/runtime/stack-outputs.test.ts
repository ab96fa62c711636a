import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Output } from '@pulumi/pulumi';
import { InvalidInputError } from '../../../contract/invalid-input';
import { parseServiceOutputs } from '../../../contract/outputs/service';
import { outputsFromFile, outputsFromPipe } from '../../../runtime/stack-outputs/outputs-file';
import { outputsFrom, outputsFromText } from '../../../runtime/stack-outputs/outputs-json';
import { outputsOfReference } from '../../../runtime/stack-outputs/outputs-of-reference';
import type { StackReferenceLike } from '../../../runtime/stack-outputs/outputs-of-reference';
import { outputsOfStack } from '../../../runtime/stack-outputs/outputs-of-stack';
import { serviceEnvironment } from '../../../runtime/stack-outputs/service-environment';

const OUTPUTS = {
  functionName: 'acme-dev-vector-service',
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:acme-dev-vector-service',
  roleArn: 'arn:aws:iam::123456789012:role/acme-dev-vector-service',
};

function refused(...patterns: RegExp[]) {
  return (error: unknown) => {
    assert.ok(error instanceof InvalidInputError, String(error));
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  };
}

describe('stack outputs', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3-vectors-outputs-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are read from an object, a text, a file and a pipe alike', async () => {
    const text = JSON.stringify(OUTPUTS);
    const path = join(folder, 'outputs.json');
    await writeFile(path, text);
    assert.deepEqual(outputsFrom(OUTPUTS, parseServiceOutputs), OUTPUTS);
    assert.deepEqual(outputsFromText(text, parseServiceOutputs, 'here'), OUTPUTS);
    assert.deepEqual(await outputsFromFile(path, parseServiceOutputs), OUTPUTS);
    const pipe = Readable.from([Buffer.from(text.slice(0, 20)), Buffer.from(text.slice(20))]);
    assert.deepEqual(await outputsFromPipe(parseServiceOutputs, pipe), OUTPUTS);
  });

  it('are refused with every missing and malformed field, and where they came from', async () => {
    const path = join(folder, 'half.json');
    await writeFile(path, JSON.stringify({ functionName: '', functionArn: 'arn:aws:s3:::bucket' }));
    await assert.rejects(
      outputsFromFile(path, parseServiceOutputs),
      refused(/half\.json/, /"functionName"/, /"functionArn"/, /"roleArn" is missing/),
    );
  });

  it('are refused when the file is missing, empty or no JSON, naming its path and the remedy', async () => {
    await assert.rejects(
      outputsFromFile(join(folder, 'nowhere.json'), parseServiceOutputs),
      refused(/nowhere\.json/, /ENOENT/, /pulumi stack output --json/),
    );
    await assert.rejects(
      outputsFromPipe(parseServiceOutputs, Readable.from([])),
      refused(/standard input/, /it is empty/),
    );
    assert.throws(
      () => outputsFromText('{"a":', parseServiceOutputs, 'broken.json'),
      refused(/broken\.json/, /no JSON/),
    );
    assert.throws(
      () => outputsFromText('[]', parseServiceOutputs, 'list.json'),
      refused(/must be an object/),
    );
  });

  it('that are hidden secrets are named, with the flag that shows them', () => {
    assert.throws(
      () => outputsFrom({ ...OUTPUTS, roleArn: '[secret]' }, parseServiceOutputs),
      refused(/"roleArn" is a hidden secret.*--show-secrets/),
    );
  });

  describe('asked of the Pulumi CLI', () => {
    async function pulumi(script: string): Promise<string> {
      const path = join(folder, `pulumi-${Math.random().toString(36).slice(2)}`);
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
      return path;
    }

    it('are those of the named stack in the given directory', async () => {
      const command = await pulumi(`[ "$*" = "stack output --json --non-interactive --stack dev" ] || exit 9
[ "$(pwd -P)" = "$(cd '${folder}' && pwd -P)" ] || exit 8
echo '${JSON.stringify(OUTPUTS)}'`);
      assert.deepEqual(
        await outputsOfStack(parseServiceOutputs, { command, stack: 'dev', directory: folder }),
        OUTPUTS,
      );
    });

    it('fail with what the CLI said', async () => {
      const command = await pulumi('echo "error: no stack named dev found" >&2; exit 255');
      await assert.rejects(
        outputsOfStack(parseServiceOutputs, { command }),
        refused(/stack output --json/, /exit code 255: error: no stack named dev found/),
      );
    });

    it('fail in one sentence when there is no CLI', async () => {
      await assert.rejects(
        outputsOfStack(parseServiceOutputs, { command: join(folder, 'no-such-pulumi') }),
        refused(/was not found.*install the Pulumi CLI/),
      );
    });

    it('do not wait for a CLI that hangs', async () => {
      const command = await pulumi('exec sleep 60');
      await assert.rejects(
        outputsOfStack(parseServiceOutputs, { command, timeoutMs: 100 }),
        refused(/did not end within 0.1 seconds/),
      );
    });

    it('end with the caller’s signal', async () => {
      const command = await pulumi('exec sleep 60');
      await assert.rejects(
        outputsOfStack(parseServiceOutputs, { command, signal: AbortSignal.abort(new Error('enough')) }),
        /enough/,
      );
    });
  });

  it('of a stack reference are parsed where Pulumi knows them, and name the stack', () => {
    const reference = (record: Record<string, unknown>): StackReferenceLike => ({
      outputs: {
        apply: (parse: (record: Record<string, unknown>) => unknown) => parse(record),
      } as unknown as Output<Record<string, unknown>>,
    });
    assert.deepEqual(outputsOfReference(reference(OUTPUTS), parseServiceOutputs, 'org/p/dev'), OUTPUTS);
    assert.throws(
      () => outputsOfReference(reference({}), parseServiceOutputs, 'org/p/dev'),
      refused(/outputs of stack org\/p\/dev/, /"functionName" is missing/),
    );
  });
});

describe('the environment of a service', () => {
  const ENVIRONMENT = {
    S3_VECTOR_BUCKET_NAME: 'acme-dev-vector-knowledge',
    S3_VECTOR_INDEX_NAME: 'episodes',
    AWS_REGION: 'us-east-1',
    BEDROCK_MODEL_ID: 'amazon.titan-embed-text-v2:0',
    VECTOR_DIMENSION: '1024',
  };

  it('is read whole', () => {
    assert.deepEqual(
      serviceEnvironment({ ...ENVIRONMENT, VECTOR_BUCKET_NAME: 'acme-dev-vector-documents' }),
      {
        vectorBucketName: 'acme-dev-vector-knowledge',
        vectorIndexName: 'episodes',
        region: 'us-east-1',
        modelId: 'amazon.titan-embed-text-v2:0',
        dimension: 1024,
        embeddingBucketName: 'acme-dev-vector-documents',
      },
    );
  });

  it('takes EMBEDDING_MODEL where BEDROCK_MODEL_ID is not set, and no dimension for the model’s own', () => {
    const read = serviceEnvironment({
      ...ENVIRONMENT,
      BEDROCK_MODEL_ID: undefined,
      VECTOR_DIMENSION: '',
      EMBEDDING_MODEL: 'amazon.titan-embed-text-v1',
    });
    assert.deepEqual([read.modelId, read.dimension], ['amazon.titan-embed-text-v1', undefined]);
  });

  it('is refused with every variable that is missing', () => {
    assert.throws(
      () => serviceEnvironment({}),
      refused(
        /S3_VECTOR_BUCKET_NAME is not set/,
        /S3_VECTOR_INDEX_NAME is not set/,
        /AWS_REGION is not set/,
        /BEDROCK_MODEL_ID is not set \(nor EMBEDDING_MODEL\)/,
      ),
    );
  });

  it('is refused with every variable that is malformed', () => {
    assert.throws(
      () =>
        serviceEnvironment({
          ...ENVIRONMENT,
          S3_VECTOR_BUCKET_NAME: 'Not A Bucket',
          S3_VECTOR_INDEX_NAME: '-',
          VECTOR_DIMENSION: '1024.5',
        }),
      refused(/S3_VECTOR_BUCKET_NAME: /, /S3_VECTOR_INDEX_NAME: /, /VECTOR_DIMENSION is "1024\.5"/),
    );
  });
});
