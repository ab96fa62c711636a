// Where `s3-vectors migrate` reads from and keeps its checkpoint, by the way it is written.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandFailure, EXIT } from '../../../../runtime/cli/exit-codes';
import {
  checkpointOf,
  expectFailuresKnown,
  s3Place,
  sourceOf,
} from '../../../../runtime/cli/migration-places';

const TARGET = { vectorBucketName: 'b', indexName: 'i', region: 'us-west-2', from: 'a test' };
const ARN = 'arn:aws:s3vectors:us-west-2:123456789012:bucket/acme-dev-vector-episodes';
const POLICY = 'arn:aws:iam::123456789012:policy/acme-dev-vector';
const bucket = (name: string) => ({ name, arn: `arn:aws:s3:::${name}` });
const OUTPUTS = {
  vectorBucketName: 'acme-dev-vector-episodes',
  vectorBucketArn: ARN,
  episodeIndexName: 'episodes',
  episodeIndexArn: `${ARN}/index/episodes`,
  episodeIndex: {
    dimension: 8,
    distanceMetric: 'cosine',
    dataType: 'float32',
    nonFilterableMetadataKeys: [],
  },
  vectorAccessPolicyArn: `${POLICY}-access`,
  vectorReadPolicyArn: `${POLICY}-read`,
  region: 'us-west-2',
  project: 'acme',
  environment: 'dev',
};

const usage = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandFailure, String(error));
  assert.equal(error.exitCode, EXIT.usage);
  assert.match(error.message, words);
  return true;
};

describe('the place that a migration is told', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3v-places-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const outputsWith = (...names: string[]) => {
    const file = path.join(folder, `outputs-${names.length}.json`);
    const embeddingBuckets = Object.fromEntries(names.map((name, at) => [`purpose${at}`, bucket(name)]));
    writeFileSync(file, JSON.stringify({ ...OUTPUTS, embeddingBuckets }));
    return file;
  };

  it('is a bucket with or without a prefix, a folder, or a file', async () => {
    const nameOf = async (from: string) => (await sourceOf({ from }, TARGET)).name;
    assert.equal(await nameOf('s3://acme-old'), 's3://acme-old/embeddings/');
    assert.equal(await nameOf('s3://acme-old/'), 's3://acme-old/embeddings/');
    assert.equal(await nameOf('s3://acme-old/other/place'), 's3://acme-old/other/place/');
    mkdirSync(path.join(folder, 'old'));
    writeFileSync(path.join(folder, 'r.jsonl'), '');
    assert.equal(await nameOf(path.join(folder, 'old')), path.join(folder, 'old'));
    assert.equal(await nameOf(path.join(folder, 'r.jsonl')), path.join(folder, 'r.jsonl'));
    await assert.rejects(nameOf('/dev/null'), usage(/neither a folder nor a file/));
    await assert.rejects(nameOf(path.join(folder, 'gone')), usage(/cannot be read/));
  });

  it('is the older bucket of the stack where there is exactly one', async () => {
    const one = await sourceOf({ outputs: outputsWith('acme-dev-vector-old') }, TARGET);
    assert.equal(one.name, 's3://acme-dev-vector-old/embeddings/');
    await assert.rejects(
      sourceOf({ outputs: outputsWith() }, TARGET),
      usage(/no bucket of the older layout/),
    );
    await assert.rejects(
      sourceOf({ outputs: outputsWith('acme-dev-vector-a', 'acme-dev-vector-b') }, TARGET),
      usage(/2 buckets.*--from s3:\/\/acme-dev-vector-a or --from s3:\/\/acme-dev-vector-b/),
    );
    await assert.rejects(sourceOf({ outputs: '-' }, TARGET), usage(/--outputs a file/));
  });

  it('of a checkpoint is a file or an S3 object', async () => {
    assert.equal(await checkpointOf(undefined, TARGET), undefined);
    assert.equal((await checkpointOf('move.json', TARGET))?.name, 'move.json');
    assert.equal((await checkpointOf('s3://b/state/c.json', TARGET))?.name, 's3://b/state/c.json');
    for (const place of ['s3://b', 's3://b/', 's3://b/folder/']) {
      await assert.rejects(checkpointOf(place, TARGET), usage(/names no object/));
    }
    assert.equal(s3Place('./s3'), undefined);
    const checkpoint = 's3://b/c.json';
    assert.throws(() => expectFailuresKnown({ checkpoint, verify: true }), usage(/give --failed <file>/));
    expectFailuresKnown({ checkpoint, verify: true, failed: 'f.jsonl' });
    expectFailuresKnown({ checkpoint });
  });
});
