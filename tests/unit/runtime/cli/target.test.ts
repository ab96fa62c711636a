import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { InvalidInputError } from '../../../../contract/invalid-input';
import { CommandFailure, EXIT } from '../../../../runtime/cli/exit-codes';
import { packagesLast } from '../../../../runtime/cli/pulumi-path';
import { targetOf } from '../../../../runtime/cli/target';

const ACCOUNT = 'arn:aws:iam::123456789012:policy';
const OUTPUTS = {
  vectorBucketName: 'acme-dev-vector-episodes',
  vectorBucketArn: 'arn:aws:s3vectors:us-west-2:123456789012:bucket/acme-dev-vector-episodes',
  episodeIndexName: 'episodes',
  episodeIndexArn: 'arn:aws:s3vectors:us-west-2:123456789012:bucket/acme-dev-vector-episodes/index/episodes',
  episodeIndex: {
    dimension: 8,
    distanceMetric: 'cosine',
    dataType: 'float32',
    nonFilterableMetadataKeys: ['successful_prompt'],
  },
  vectorAccessPolicyArn: `${ACCOUNT}/acme-dev-vector-access`,
  vectorReadPolicyArn: `${ACCOUNT}/acme-dev-vector-read`,
  embeddingBuckets: {},
  region: 'us-west-2',
  project: 'acme',
  environment: 'dev',
};
const SERVICE = { S3_VECTOR_BUCKET_NAME: 'of-service', S3_VECTOR_INDEX_NAME: 'served' };

const usage = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandFailure, String(error));
  assert.equal(error.exitCode, EXIT.usage);
  assert.match(error.message, words);
  return true;
};

describe('the index that a command works on', () => {
  let folder: string;
  let outputs: string;
  let PATH: string | undefined;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3v-target-'));
    outputs = path.join(folder, 'outputs.json');
    writeFileSync(outputs, JSON.stringify(OUTPUTS));
    // A Pulumi CLI that has a selected stack and says how it was asked.
    const pulumi = path.join(folder, 'pulumi');
    writeFileSync(pulumi, `#!/bin/sh\necho "$@" > '${folder}/asked'\ncat '${outputs}'\n`);
    chmodSync(pulumi, 0o755);
    ({ PATH } = process.env);
    process.env['PATH'] = `${folder}${path.delimiter}${PATH ?? ''}`;
  });
  after(() => {
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is first what the command line names, whatever else there is', async () => {
    const { from, ...target } = await targetOf({ bucket: 'bbb', index: 'iii', region: 'eu-west-1' }, SERVICE);
    assert.deepEqual(target, { vectorBucketName: 'bbb', indexName: 'iii', region: 'eu-west-1' });
    assert.equal(from, 'the command line');
  });

  it('is then that of a stack or a file that the command line names, before the environment', async () => {
    const target = await targetOf({ outputs }, SERVICE);
    assert.equal(target.vectorBucketName, OUTPUTS.vectorBucketName);
    assert.equal(target.indexName, 'episodes');
    assert.equal(target.region, 'us-west-2');
    assert.equal(target.shape?.dimension, 8);
    assert.equal((await targetOf({ stack: 'dev' }, SERVICE)).from, 'stack dev');
  });

  it('is then that of the environment of a service, of which --bucket or --index may replace one', async () => {
    const names = async (options: { bucket?: string; index?: string }) => {
      const { vectorBucketName, indexName, from } = await targetOf(options, SERVICE);
      return [vectorBucketName, indexName, from];
    };
    assert.deepEqual(await names({}), [
      'of-service',
      'served',
      'S3_VECTOR_BUCKET_NAME and S3_VECTOR_INDEX_NAME',
    ]);
    assert.deepEqual(await names({ index: 'x' }), ['of-service', 'x', 'S3_VECTOR_BUCKET_NAME and --index']);
    assert.deepEqual(await names({ bucket: 'xxx' }), ['xxx', 'served', '--bucket and S3_VECTOR_INDEX_NAME']);
  });

  it('is at last that of the stack selected in the current directory, without any configuration', async () => {
    const target = await targetOf({}, { S3_VECTOR_BUCKET_NAME: ' ' });
    assert.equal(target.vectorBucketName, OUTPUTS.vectorBucketName);
    assert.equal(target.from, 'stack acme dev');
    assert.equal(target.outputs?.environment, 'dev');
  });

  it('has the shape of the stack only where it is the index of the stack', async () => {
    const other = await targetOf({ outputs, index: 'other' }, {});
    assert.deepEqual([other.indexName, other.shape, other.outputs], ['other', undefined, undefined]);
    assert.equal((await targetOf({ outputs, index: 'episodes' }, {})).shape?.dimension, 8);
  });

  it('keeps Region and endpoint of the command line before those of the stack', async () => {
    const { region, endpoint } = await targetOf({ outputs, region: 'eu-west-1', endpoint: 'http://x' }, {});
    assert.deepEqual([region, endpoint], ['eu-west-1', 'http://x']);
  });

  it('is refused where names contradict each other or one is missing', async () => {
    await assert.rejects(targetOf({ bucket: 'bbb' }, {}), usage(/without --index, and S3_VECTOR_INDEX_NAME/));
    await assert.rejects(
      targetOf({ bucket: 'bbb', index: 'iii', stack: 'dev' }, {}),
      usage(/--bucket names the vector bucket, and so does the stack of --stack/),
    );
    await assert.rejects(
      targetOf({ outputs, stack: 'dev' }, {}),
      usage(/--outputs has the outputs, and --stack/),
    );
  });

  it('is told, where no stack is selected, how else to name it', async () => {
    writeFileSync(outputs, '');
    try {
      await assert.rejects(targetOf({}, {}), (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.match(error.message, /it is empty/);
        assert.match(error.message, /Neither --bucket and --index nor S3_VECTOR_BUCKET_NAME/);
        return true;
      });
    } finally {
      writeFileSync(outputs, JSON.stringify(OUTPUTS));
    }
  });

  it('does not wait for standard input once it was interrupted', async () => {
    const interruption = new AbortController();
    const waiting = targetOf({ outputs: '-' }, {}, { stdin: new PassThrough(), signal: interruption.signal });
    interruption.abort(new CommandFailure('Interrupted.', EXIT.interrupted));
    await assert.rejects(waiting, /Interrupted/);
  });
});

describe('the PATH on which the Pulumi CLI is looked for', () => {
  it('has the commands of npm packages last: theirs of that name downloads another CLI', () => {
    assert.equal(
      packagesLast('/a/node_modules/.bin:/usr/bin:/b/node_modules/npm/bin:/bin', ':'),
      '/usr/bin:/bin:/a/node_modules/.bin:/b/node_modules/npm/bin',
    );
    assert.equal(packagesLast('', ':'), '');
  });
});
