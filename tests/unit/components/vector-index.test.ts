import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { DistanceMetric, VectorIndex, episodesIndex } from '../../../components/index';
import { DISTANCE_METRICS } from '../../../contract/index-shape';
import { InvalidInputError } from '../../../contract/invalid-input';
import { record, valueOf } from './recorded-program';

const NOTES = {
  vectorBucketName: 'acme-dev-vector-knowledge',
  indexName: 'notes',
  dimension: 1024,
  distanceMetric: DistanceMetric.Euclidean,
};

describe('VectorIndex', () => {
  it('creates an index of the given shape, without a metadata configuration where no key is named', async () => {
    const run = await record(() => new VectorIndex('notes', NOTES));
    const index = run.named('notes-index');
    assert.equal(index.type, 'aws-native:s3vectors:Index');
    assert.equal(index.parent, 'notes');
    assert.deepEqual(index.inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'notes',
      dataType: 'float32',
      dimension: 1024,
      distanceMetric: 'euclidean',
    });
  });

  it('has the episodes preset in one call', async () => {
    const run = await record(() => episodesIndex('episodes', { vectorBucketName: NOTES.vectorBucketName }));
    assert.deepEqual(run.named('episodes-index').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'episodes',
      dataType: 'float32',
      dimension: 3072,
      distanceMetric: 'cosine',
      metadataConfiguration: { nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'] },
    });
    assert.deepEqual(await valueOf(run.result.nonFilterableMetadataKeys), [
      'successful_prompt',
      'why_it_worked',
    ]);
  });

  it('offers exactly the distance metrics of the contract', () => {
    assert.deepEqual(Object.values(DistanceMetric).sort(), [...DISTANCE_METRICS].sort());
  });

  it('protects and retains the index, and neither when it is disposable', async () => {
    const kept = (await record(() => new VectorIndex('a', NOTES))).named('a-index');
    assert.deepEqual([kept.protect, kept.retainOnDelete], [true, true]);
    const run = await record(() => new VectorIndex('b', { ...NOTES, disposable: true }));
    assert.deepEqual([run.named('b-index').protect, run.named('b-index').retainOnDelete], [false, false]);
  });

  it('leaves out a metadata configuration whose keys turn out to be none', async () => {
    const run = await record(
      () => new VectorIndex('notes', { ...NOTES, nonFilterableMetadataKeys: pulumi.output<string[]>([]) }),
    );
    assert.equal('metadataConfiguration' in run.named('notes-index').inputs, false);
  });

  it('uses a key of its own where one is given', async () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/abc';
    const run = await record(() => new VectorIndex('notes', { ...NOTES, encryptionKeyArn: kmsKeyArn }));
    assert.deepEqual(run.named('notes-index').inputs['encryptionConfiguration'], {
      sseType: 'aws:kms',
      kmsKeyArn,
    });
  });

  it('throws at construction for a shape that cannot be, listing every fault', async () => {
    await record(() =>
      assert.throws(
        () =>
          new VectorIndex('bad', {
            ...NOTES,
            indexName: 'No',
            dimension: 4097,
            nonFilterableMetadataKeys: ['a', 'a'],
          }),
        (error) =>
          error instanceof InvalidInputError &&
          error.subject === 'VectorIndex "bad"' &&
          /index name "No"/.test(error.message) &&
          /dimension 4097/.test(error.message) &&
          /"a" is given twice/.test(error.message),
      ),
    );
  });

  it('hands its immutable inputs to the engine, so that a change of one is refused', async () => {
    const run = await record(() => new VectorIndex('notes', NOTES));
    assert.deepEqual(run.named('notes').inputs, {
      vectorBucketName: 'acme-dev-vector-knowledge',
      indexName: 'notes',
      dimension: 1024,
      distanceMetric: 'euclidean',
      nonFilterableMetadataKeys: [],
      encryption: 'as the bucket',
    });
    assert.equal(run.named('notes').beforeUpdateHooks.length, 1);
  });

  it('knows name and shape at preview', async () => {
    const run = await record(() => new VectorIndex('notes', NOTES), { preview: true });
    assert.equal(await valueOf(run.result.indexName), 'notes');
    assert.equal(await valueOf(run.result.dimension), 1024);
  });

  describe('with a metric in capitals', () => {
    /** Runs a program and gives what it warned of. */
    const warningsOf = async (distanceMetric: pulumi.Input<string>) => {
      const warnings: string[] = [];
      const { warn } = console;
      console.warn = (text: string) => void warnings.push(text);
      try {
        const run = await record(
          () => new VectorIndex('notes', { ...NOTES, distanceMetric: distanceMetric as DistanceMetric }),
        );
        return { warnings, metric: run.named('notes-index').inputs['distanceMetric'] };
      } finally {
        console.warn = warn;
      }
    };

    for (const written of ['COSINE', pulumi.output('COSINE')]) {
      it(`takes it as S3 Vectors spells it, and says so (${typeof written})`, async () => {
        const { warnings, metric } = await warningsOf(written);
        assert.equal(metric, 'cosine');
        assert.equal(warnings.length, 1);
        assert.match(
          warnings[0]!,
          /VectorIndex "notes": distanceMetric "COSINE" is taken as "cosine", which is how S3 Vectors spells it/,
        );
      });
    }

    it('says nothing where it is spelled right', async () => {
      assert.deepEqual(await warningsOf('euclidean'), { warnings: [], metric: 'euclidean' });
    });

    it('refuses what is no metric in any spelling', async () => {
      await assert.rejects(warningsOf('DOTPRODUCT'), /distance metric "DOTPRODUCT" must be "cosine" or/);
    });
  });
});
