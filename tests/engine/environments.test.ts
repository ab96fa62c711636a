// Environments on the real engine: two beside each other in one account, changed in place, built on what was there
// before, and renamed without anything being made anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetBucketLifecycleConfigurationCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  GetIndexCommand,
  GetVectorBucketCommand,
  ListIndexesCommand,
  ListVectorBucketsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { EngineError } from '../../local/engine/engine-error';
import { destroy, expectNoChanges, stackOutputs, up } from '../../local/engine/stack';
import { ENGINE_TIMEOUT, POLICY_PACK, ROOT, useLocalRun } from './support/local-run';

const policyPacks = [POLICY_PACK];

describe('environments on the engine', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  // Made once the cloud is up.
  let s3: S3Client;
  let s3vectors: S3VectorsClient;

  before(() => {
    s3 = new S3Client({ ...run().client('ministack'), forcePathStyle: true });
    s3vectors = new S3VectorsClient(run().client('s3vectors'));
  });
  after(() => {
    s3.destroy();
    s3vectors.destroy();
  });

  /** A storage stack with the settings of the local cloud, as the environment that its name says. */
  const storage = (environment: string) => {
    const stack = run().stack('.', environment);
    const local = readFileSync(path.join(ROOT, 'Pulumi.local.yaml'), 'utf8');
    writeFileSync(
      stack.configFile,
      local.replace('s3-vectors:environment: local', `s3-vectors:environment: ${environment}`),
    );
    return stack;
  };
  const bucketsOf = async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const { vectorBuckets = [] } = await s3vectors.send(new ListVectorBucketsCommand({}));
    return [...Buckets.map(({ Name }) => Name), ...vectorBuckets.map((each) => each.vectorBucketName)].sort();
  };

  describe('beside each other in one account', () => {
    it('come up under the policy pack, each with names of its own', async () => {
      const [one, two] = [storage('one'), storage('two')];
      for (const stack of [one, two]) {
        await up(stack, { policyPacks });
        await expectNoChanges(stack, { policyPacks });
      }
      assert.deepEqual(await bucketsOf(), [
        'acme-one-vector-documents',
        'acme-one-vector-knowledge',
        'acme-two-vector-documents',
        'acme-two-vector-knowledge',
      ]);
      const [first, second] = [
        parseStorageOutputs(await stackOutputs(one)),
        parseStorageOutputs(await stackOutputs(two)),
      ];
      assert.notEqual(first.vectorAccessPolicyArn, second.vectorAccessPolicyArn);
      assert.notEqual(first.episodeIndexArn, second.episodeIndexArn);
    });

    it('are changed in place one at a time: the lifecycle of one, and nothing of the other', async () => {
      const [one, two] = [storage('one'), storage('two')];
      const lifecycle = async (environment: string) => {
        const Bucket = `acme-${environment}-vector-documents`;
        const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
        return Rules ?? [];
      };
      const other = await lifecycle('two');
      await run().configure(one, 's3-vectors:archiveAfterDays', '30');
      await run().configure(one, 's3-vectors:deleteAfterDays', '365');
      const changes = await up(one, { policyPacks });
      assert.deepEqual(changes['updated'], 1);
      assert.equal(changes['replaced'], undefined);
      const changed = await lifecycle('one');
      const rule = (id: string) => changed.find(({ ID }) => ID === id);
      assert.equal(rule('archive-old-versions')?.NoncurrentVersionTransitions?.[0]?.NoncurrentDays, 30);
      assert.equal(rule('delete-current-versions')?.Expiration?.Days, 365);
      assert.equal(rule('remove-delete-markers')?.Expiration?.ExpiredObjectDeleteMarker, true);
      assert.deepEqual(await lifecycle('two'), other);
      await expectNoChanges(one, { policyPacks });
      await expectNoChanges(two, { policyPacks });
    });

    it('go one at a time: the other stays whole', async () => {
      const [one, two] = [storage('one'), storage('two')];
      await destroy(one);
      assert.deepEqual(await bucketsOf(), ['acme-two-vector-documents', 'acme-two-vector-knowledge']);
      await expectNoChanges(two, { policyPacks });
      await destroy(two);
      assert.deepEqual(await bucketsOf(), []);
    });
  });

  describe('with a vector bucket that somebody made already', () => {
    const vectorBucketName = 'engine-test-vector-theirs';
    const tags = { Project: 'engine', ManagedBy: 'pulumi' };
    const stack = () => run().stack('tests/engine/programs/adopted');
    const created = async () => {
      const { vectorBucket } = await s3vectors.send(new GetVectorBucketCommand({ vectorBucketName }));
      return vectorBucket?.creationTime?.getTime();
    };
    let since: number | undefined;
    let vectorBucketArn: string;

    before(async () => {
      const made = await s3vectors.send(new CreateVectorBucketCommand({ vectorBucketName, tags }));
      vectorBucketArn = made.vectorBucketArn ?? assert.fail('no ARN');
      since = await created();
      await run().pulumi(stack(), 'stack', 'init');
    });

    it('use it as it is: only what is new is made', async () => {
      await run().configure(stack(), 'engine-test-adopted:existing', vectorBucketName);
      const changes = await up(stack(), { policyPacks });
      // The stack, three components, the index and the policy.
      assert.deepEqual(changes, { created: 6 });
      const outputs = (await stackOutputs(stack())) as Record<string, string>;
      assert.deepEqual(
        { name: outputs['vectorBucketName'], arn: outputs['vectorBucketArn'], index: outputs['indexArn'] },
        { name: vectorBucketName, arn: vectorBucketArn, index: `${vectorBucketArn}/index/notes` },
      );
      await expectNoChanges(stack(), { policyPacks });
    });

    it('adopt an index of it too, when it has the shape that is declared, and refuse it otherwise', async () => {
      const index = { vectorBucketName, indexName: 'archive' };
      await s3vectors.send(
        new CreateIndexCommand({
          ...index,
          dataType: 'float32',
          dimension: 4,
          distanceMetric: 'euclidean',
          metadataConfiguration: { nonFilterableMetadataKeys: ['text'] },
        }),
      );
      await run().configure(stack(), 'engine-test-adopted:archiveDimension', '8');
      await assert.rejects(up(stack(), { policyPacks }), (error) => {
        assert.ok(error instanceof EngineError);
        const printed = error.printed.replaceAll(/\s+/g, ' ');
        assert.match(
          printed,
          /VectorIndex "archive": .*index\/archive is not as declared: dimension is 4, not 8\./,
        );
        return true;
      });
      await run().configure(stack(), 'engine-test-adopted:archiveDimension', '4');
      await up(stack(), { policyPacks });
      await expectNoChanges(stack(), { policyPacks });
    });

    it('are left as they were when the stack goes', async () => {
      await destroy(stack());
      const index = { vectorBucketName, indexName: 'archive' };
      const { index: archive } = await s3vectors.send(new GetIndexCommand(index));
      assert.equal(archive?.dimension, 4);
      await s3vectors.send(new DeleteIndexCommand(index));
      await run().configure(stack(), 'engine-test-adopted:archiveDimension', '0');
      const { indexes } = await s3vectors.send(new ListIndexesCommand({ vectorBucketName }));
      assert.deepEqual(indexes, []);
      assert.equal(await created(), since);
    });

    it('take it over by an import, with exactly the inputs that it has, and manage it from then on', async () => {
      await s3vectors.send(
        new CreateIndexCommand({
          vectorBucketName,
          indexName: 'kept',
          dataType: 'float32',
          dimension: 4,
          distanceMetric: 'euclidean',
          metadataConfiguration: { nonFilterableMetadataKeys: ['text'] },
          tags,
        }),
      );
      await run().configure(stack(), 'engine-test-adopted:managed', 'true');
      await run().configure(stack(), 'engine-test-adopted:importId', vectorBucketArn);
      const changes = await up(stack(), { policyPacks });
      // Everything but the bucket and the index, of whose names a second one could not be made.
      assert.equal(changes['created'], 7, JSON.stringify(changes));
      assert.equal(await created(), since);
      await run().configure(stack(), 'engine-test-adopted:importId', '');
      await expectNoChanges(stack(), { policyPacks });
    });

    it('rename the component with an alias: nothing is made anew, and nothing lost', async () => {
      await run().configure(stack(), 'engine-test-adopted:name', 'renamed');
      const changes = await up(stack(), { policyPacks });
      assert.equal(changes['created'], undefined, JSON.stringify(changes));
      assert.equal(changes['deleted'], undefined, JSON.stringify(changes));
      assert.equal(await created(), since);
      await expectNoChanges(stack(), { policyPacks });
    });

    it('really delete it once it is declared disposable', async () => {
      await run().configure(stack(), 'engine-test-adopted:disposable', 'true');
      await up(stack(), { policyPacks });
      await destroy(stack());
      await assert.rejects(created(), { name: 'NotFoundException' });
    });
  });
});
