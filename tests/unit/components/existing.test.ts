import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  EmbeddingBucket,
  EncryptionKey,
  VectorAccessPolicy,
  VectorBucket,
  VectorIndex,
} from '../../../components/index';
import { InputCheck } from '../../../components/checked-input';
import { adoptVectorBucket } from '../../../components/existing';
import { record, valueOf } from './recorded-program';

const VECTORS_ARN = 'arn:aws:s3vectors:eu-west-1:210987654321:bucket/team-vectors';
const KEY_ARN = 'arn:aws:kms:eu-west-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SHAPE = { dimension: 8, distanceMetric: 'cosine' } as const;

/** What adoption came to: the outputs, once it is certain that nothing but the component was declared. */
async function adopted(make: () => pulumi.ComponentResource): Promise<Record<string, unknown>> {
  const run = await record(make);
  assert.equal(run.resources.length, 1, 'nothing is created');
  assert.equal(run.resources[0]!.beforeUpdateHooks.length, 0, 'another may be adopted later');
  const outputs = Object.entries(run.result).filter(
    ([name, value]) => name !== 'urn' && pulumi.Output.isInstance(value),
  );
  return Object.fromEntries(
    await Promise.all(
      outputs.map(async ([name, value]) => [name, await valueOf(value as pulumi.Output<unknown>)] as const),
    ),
  );
}

describe('what exists already', () => {
  it('a vector bucket is adopted by its name, its ARN made for the place of the provider', async () => {
    assert.deepEqual(await adopted(() => new VectorBucket('a', { existing: { name: 'team-vectors' } })), {
      vectorBucketName: 'team-vectors',
      vectorBucketArn: 'arn:aws:s3vectors:us-east-1:123456789012:bucket/team-vectors',
      indexArns: {},
    });
  });

  it('a vector bucket is adopted by its ARN, that of another account and Region too', async () => {
    assert.deepEqual(await adopted(() => new VectorBucket('a', { existing: { arn: VECTORS_ARN } })), {
      vectorBucketName: 'team-vectors',
      vectorBucketArn: VECTORS_ARN,
      indexArns: {},
    });
  });

  it('an index is adopted by its name in a bucket, or by its ARN alone', async () => {
    const shape = { dimension: 8, distanceMetric: 'cosine', nonFilterableMetadataKeys: ['text'] };
    assert.deepEqual(
      await adopted(
        () =>
          new VectorIndex('a', {
            ...SHAPE,
            nonFilterableMetadataKeys: ['text'],
            vectorBucketName: pulumi.output('team-vectors'),
            existing: { name: 'notes' },
          }),
      ),
      {
        ...shape,
        indexName: 'notes',
        indexArn: 'arn:aws:s3vectors:us-east-1:123456789012:bucket/team-vectors/index/notes',
        vectorBucketName: 'team-vectors',
      },
    );
    const arn = `${VECTORS_ARN}/index/notes`;
    assert.deepEqual(await adopted(() => new VectorIndex('a', { ...SHAPE, existing: { arn } })), {
      ...shape,
      nonFilterableMetadataKeys: [],
      indexName: 'notes',
      indexArn: arn,
      vectorBucketName: 'team-vectors',
    });
  });

  it('an index that the provider cannot see is believed', async () => {
    const arn = `${VECTORS_ARN}/index/notes`;
    const outputs = await adopted(
      () => new VectorIndex('a', { ...SHAPE, existing: { arn, unverified: true } }),
    );
    assert.equal(outputs['dimension'], 8);
    assert.equal(outputs['indexArn'], arn);
  });

  it('an embedding bucket is adopted by its name, dots included, or by its ARN', async () => {
    const expected = { bucketName: 'team.embeddings', bucketArn: 'arn:aws:s3:::team.embeddings' };
    assert.deepEqual(
      await adopted(() => new EmbeddingBucket('a', { existing: { name: 'team.embeddings' } })),
      expected,
    );
    assert.deepEqual(
      await adopted(() => new EmbeddingBucket('a', { existing: { arn: pulumi.output(expected.bucketArn) } })),
      expected,
    );
  });

  it('a key is adopted by its ARN, with its alias where that is given', async () => {
    const expected = { keyArn: KEY_ARN, keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' };
    assert.deepEqual(await adopted(() => new EncryptionKey('a', { existing: { arn: KEY_ARN } })), {
      ...expected,
      aliasName: undefined,
    });
    assert.deepEqual(
      await adopted(() => new EncryptionKey('a', { existing: { arn: KEY_ARN, aliasName: 'alias/team' } })),
      { ...expected, aliasName: 'alias/team' },
    );
  });

  it('is what other components are built on, a policy for a bucket of another name too', async () => {
    const run = await record(() => {
      const bucket = new VectorBucket('theirs', { existing: { name: 'team-vectors' } });
      new VectorIndex('notes', { ...SHAPE, vectorBucketName: bucket.vectorBucketName, indexName: 'notes' });
      new VectorAccessPolicy('read', {
        project: 'acme',
        environment: 'dev',
        purpose: 'knowledge',
        access: 'read',
        vectorBucketName: bucket.vectorBucketName,
      });
    });
    assert.equal(run.named('notes-index').inputs['vectorBucketName'], 'team-vectors');
    const { name, policy } = run.named('read-policy').inputs;
    assert.equal(name, 'acme-dev-vector-knowledge-read');
    assert.match(JSON.stringify(policy), /bucket\/team-vectors\/index\/\*/);
    assert.doesNotMatch(JSON.stringify(policy), /acme-dev-vector/);
  });

  const refused: Record<string, readonly [() => unknown, RegExp]> = {
    'neither a name nor what exists': [
      () => new VectorBucket('bad', { environment: 'dev' }),
      /VectorBucket "bad": project, purpose missing: give project, environment, purpose to create it, or existing/,
    ],
    'neither an index name nor what exists': [
      () => new VectorIndex('bad', { ...SHAPE, vectorBucketName: 'team-vectors' }),
      /indexName missing/,
    ],
    'an embedding bucket of no name': [() => new EmbeddingBucket('bad', {}), /project, environment, purpose/],
    'a key of no environment': [() => new EncryptionKey('bad', { project: 'acme' }), /environment missing/],
    'arguments that would change what exists': [
      () => new VectorBucket('bad', { existing: { name: 'team-vectors' }, tags: {}, disposable: false }),
      /tags, disposable given beside existing/,
    ],
    'a name of its own beside an existing index': [
      () => new VectorIndex('bad', { ...SHAPE, indexName: 'x', existing: { arn: `${VECTORS_ARN}/index/x` } }),
      /indexName given beside existing/,
    ],
    'both name and ARN': [
      () => new EmbeddingBucket('bad', { existing: { name: 'one', arn: 'arn:aws:s3:::one' } }),
      /existing has both of name and arn/,
    ],
    'neither name nor ARN': [
      () => new EmbeddingBucket('bad', { existing: {} }),
      /existing has neither of name and arn/,
    ],
    'a name that no bucket has': [
      () => new EmbeddingBucket('bad', { existing: { name: 'No Bucket' } }),
      /bucket name "No Bucket"/,
    ],
    'a name with two dots side by side': [
      () => new EmbeddingBucket('bad', { existing: { name: 'a..b' } }),
      /bucket name "a..b" may hold no two dots side by side/,
    ],
    'a name like an IP address': [
      () => new EmbeddingBucket('bad', { existing: { name: '192.168.0.1' } }),
      /bucket name "192.168.0.1" .* may not look like an IP address/,
    ],
    'a name that no vector bucket has': [
      () => new VectorBucket('bad', { existing: { name: 'team.vectors' } }),
      /vector bucket name "team.vectors"/,
    ],
    'the ARN of something else': [
      () => new VectorBucket('bad', { existing: { arn: 'arn:aws:s3:::team-vectors' } }),
      /existing.arn "arn:aws:s3:::team-vectors" must be an ARN like arn:aws:s3vectors/,
    ],
    'an index by name without its bucket': [
      () => new VectorIndex('bad', { ...SHAPE, existing: { name: 'notes' } }),
      /vectorBucketName is missing/,
    ],
    'an index by ARN with a bucket': [
      () =>
        new VectorIndex('bad', {
          ...SHAPE,
          vectorBucketName: 'team-vectors',
          existing: { arn: `${VECTORS_ARN}/index/notes` },
        }),
      /vectorBucketName is given beside existing.arn/,
    ],
    'an alias where a key is needed': [
      () => new EncryptionKey('bad', { existing: { arn: 'alias/team' } }),
      /existing.arn "alias\/team" must be an ARN like/,
    ],
    'an alias that is none': [
      () => new EncryptionKey('bad', { existing: { arn: KEY_ARN, aliasName: 'team' } }),
      /existing.aliasName "team" must be written alias\/name/,
    ],
  };
  for (const [what, [make, message]] of Object.entries(refused)) {
    it(`is refused with ${what}`, async () => {
      await record(() => assert.throws(make, message));
    });
  }

  it('is checked inside apply where its ARN is an output', async () => {
    const found = adoptVectorBucket(new InputCheck('late'), { arn: pulumi.output('arn:aws:s3:::x') });
    const place = () => assert.fail('an ARN needs no place');
    await assert.rejects(valueOf(found.name), /late: existing.arn "arn:aws:s3:::x" must be an ARN like/);
    await assert.rejects(valueOf(found.arnIn(place)), /late: existing.arn "arn:aws:s3:::x" must be/);
  });
});
