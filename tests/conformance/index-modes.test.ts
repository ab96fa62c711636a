import assert from 'node:assert/strict';
import { CreateIndexCommand, CreateVectorBucketCommand, PutVectorsCommand } from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import { openDatabase } from '../../local/s3vectors/storage/database';
import { startS3VectorsLocal } from '../../local/s3vectors/server';
import {
  ACCOUNT_ID,
  REGION,
  sendRaw,
  startService,
  uniqueName,
  type IndexAddress,
  type RunningService,
  type WireAnswer,
} from './running-service';

// [mode] user guide, s3-vectors-index-mode; [model] the API model of 2026-09-30 (botocore 1.43.106). The installed
// JavaScript client knows neither the operations nor queryMode: requests are sent without it, and by boto3 in
// boto3.test.ts. No message of these rules is published.
describe('index modes', () => {
  const LAUNCH = Date.UTC(2026, 8, 30);
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  /** A bucket of before the launch has the clock of the day before, one of after it that of the launch itself. */
  const bucketOf = async (generation: 'older' | 'newer'): Promise<string> => {
    const vectorBucketName = uniqueName(generation);
    service.clockAhead = LAUNCH - Date.now() + (generation === 'older' ? -86_400_000 : 1_000);
    try {
      await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
    } finally {
      service.clockAhead = 0;
    }
    return vectorBucketName;
  };
  const indexIn = async (vectorBucketName: string): Promise<IndexAddress> => {
    const at = { vectorBucketName, indexName: uniqueName('index') };
    await service.client.send(
      new CreateIndexCommand({ ...at, dataType: 'float32', dimension: 2, distanceMetric: 'cosine' }),
    );
    return at;
  };
  const defaultModeOf = async (vectorBucketName: string, of = service): Promise<unknown> => {
    const { body } = await sendRaw(of, 'GetVectorBucket', { vectorBucketName });
    return (body as { vectorBucket: { defaultIndexMode?: unknown } }).vectorBucket.defaultIndexMode;
  };
  const modeOf = async (at: IndexAddress, of = service): Promise<unknown> => {
    const { body } = await sendRaw(of, 'GetIndex', at);
    return (body as { index: { indexMode?: unknown } }).index.indexMode;
  };
  const update = (at: object, indexMode: string): Promise<WireAnswer> =>
    sendRaw(service, 'UpdateIndexMode', { ...at, indexMode });
  const putDefault = (bucket: object, defaultIndexMode: string): Promise<WireAnswer> =>
    sendRaw(service, 'PutVectorBucketDefaultIndexMode', { ...bucket, defaultIndexMode });
  const query = (at: IndexAddress, more: object): Promise<WireAnswer> =>
    sendRaw(service, 'QueryVectors', { ...at, topK: 10, queryVector: { float32: [1, 1] }, ...more });
  const keysOf = ({ status, body }: WireAnswer): string[] => {
    assert.equal(status, 200, JSON.stringify(body));
    return (body as { vectors: { key: string }[] }).vectors.map(({ key }) => key);
  };
  const done = ({ status, body }: WireAnswer): void => {
    assert.deepEqual([status, body], [200, {}]);
  };
  const refused = (answer: WireAnswer, error: string, message: RegExp): void => {
    assert.equal(answer.error, error, JSON.stringify(answer.body));
    assert.match((answer.body as { message: string }).message, message);
  };
  const put = (at: IndexAddress, key: string, metadata: Record<string, string>) =>
    service.client.send(
      new PutVectorsCommand({ ...at, vectors: [{ key, data: { float32: [1, 1] }, metadata }] }),
    );

  it('are ENHANCED in a bucket created on or after 2026-09-30, and CLASSIC in an older one [mode]', async () => {
    for (const [generation, mode] of [
      ['newer', 'ENHANCED'],
      ['older', 'CLASSIC'],
    ] as const) {
      const bucket = await bucketOf(generation);
      assert.equal(await defaultModeOf(bucket), mode);
      assert.equal(await modeOf(await indexIn(bucket)), mode);
    }
  });

  it('are shown by GetIndex and GetVectorBucket and by no list [model]', async () => {
    const bucket = await bucketOf('newer');
    await indexIn(bucket);
    const indexes = await sendRaw(service, 'ListIndexes', { vectorBucketName: bucket });
    const buckets = await sendRaw(service, 'ListVectorBuckets', { prefix: bucket });
    assert.deepEqual(Object.keys((indexes.body as { indexes: object[] }).indexes[0]!).sort(), [
      'creationTime',
      'indexArn',
      'indexName',
      'vectorBucketName',
    ]);
    assert.deepEqual(Object.keys((buckets.body as { vectorBuckets: object[] }).vectorBuckets[0]!).sort(), [
      'creationTime',
      'vectorBucketArn',
      'vectorBucketName',
    ]);
  });

  it('of new indexes follow the default of the bucket, those of existing ones do not [model]', async () => {
    const bucket = await bucketOf('older');
    const before = await indexIn(bucket);
    done(await putDefault({ vectorBucketName: bucket }, 'ENHANCED'));
    done(await putDefault({ vectorBucketName: bucket }, 'ENHANCED'));
    assert.equal(await defaultModeOf(bucket), 'ENHANCED');
    assert.equal(await modeOf(await indexIn(bucket)), 'ENHANCED');
    assert.equal(await modeOf(before), 'CLASSIC');
    const vectorBucketArn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${bucket}`;
    done(await putDefault({ vectorBucketArn }, 'CLASSIC'));
    assert.equal(await modeOf(await indexIn(bucket)), 'CLASSIC');
  });

  it('of one index change in place, both ways in an older bucket, and of no other index [model]', async () => {
    const bucket = await bucketOf('older');
    const [at, other] = [await indexIn(bucket), await indexIn(bucket)];
    await put(at, 'a', { s: 'abc' });
    done(await update(at, 'ENHANCED'));
    assert.deepEqual([await modeOf(at), await modeOf(other)], ['ENHANCED', 'CLASSIC']);
    assert.equal(await defaultModeOf(bucket), 'CLASSIC');
    assert.deepEqual(keysOf(await query(at, { filter: { s: { $startsWith: 'ab' } } })), ['a']);
    const indexArn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${bucket}/index/${at.indexName}`;
    done(await update({ indexArn }, 'CLASSIC'));
    assert.equal(await modeOf(at), 'CLASSIC');
    assert.deepEqual(keysOf(await query(at, {})), ['a']);
  });

  it('cannot be CLASSIC in a bucket created on or after 2026-09-30, nor can its default [model; the default is our decision]', async () => {
    const bucket = await bucketOf('newer');
    const at = await indexIn(bucket);
    const message = /^CLASSIC can be specified only for vector buckets created before September 30, 2026$/;
    refused(await update(at, 'CLASSIC'), 'ValidationException', message);
    refused(await putDefault({ vectorBucketName: bucket }, 'CLASSIC'), 'ValidationException', message);
    done(await update(at, 'ENHANCED'));
    assert.equal(await modeOf(at), 'ENHANCED');
    assert.equal(await defaultModeOf(bucket), 'ENHANCED');
  });

  it('allow $startsWith on ENHANCED, and on CLASSIC for a query with queryMode ENHANCED [mode]', async () => {
    const bucket = await bucketOf('older');
    const at = await indexIn(bucket);
    await put(at, 'doc', { path: '/docs/a' });
    await put(at, 'src', { path: '/src/a' });
    const filter = { path: { $startsWith: '/docs/' } };
    refused(await query(at, { filter }), 'ValidationException', /^Invalid filter$/);
    refused(await query(at, { filter, queryMode: 'CLASSIC' }), 'ValidationException', /^Invalid filter$/);
    assert.deepEqual(keysOf(await query(at, { filter, queryMode: 'ENHANCED' })), ['doc']);
    assert.equal(await modeOf(at), 'CLASSIC');
  });

  it('limit a filter to 100 constraints on ENHANCED, and not on CLASSIC [mode]', async () => {
    const at = await indexIn(await bucketOf('older'));
    await put(at, 'a', { s: 'v3' });
    const filter = { s: { $in: Array.from({ length: 101 }, (_, n) => `v${n}`) } };
    assert.deepEqual(keysOf(await query(at, { filter })), ['a']);
    refused(await query(at, { filter, queryMode: 'ENHANCED' }), 'ValidationException', /^Invalid filter$/);
  });

  it('of a query cannot be CLASSIC where the index is ENHANCED [model]', async () => {
    const at = await indexIn(await bucketOf('newer'));
    const message = /^queryMode CLASSIC cannot be used on an index in ENHANCED mode$/;
    refused(await query(at, { queryMode: 'CLASSIC' }), 'ValidationException', message);
    assert.deepEqual(keysOf(await query(at, { queryMode: 'ENHANCED' })), []);
  });

  it('of a query must be repeated with its page token [user guide, s3-vectors-query]', async () => {
    const at = await indexIn(await bucketOf('older'));
    const vectors = Array.from({ length: 150 }, (_, n) => ({ key: `k${n}`, data: { float32: [1, n] } }));
    await service.client.send(new PutVectorsCommand({ ...at, vectors }));
    const first = await query(at, { topK: 150, queryMode: 'ENHANCED' });
    const { nextToken } = first.body as { nextToken: string };
    refused(await query(at, { topK: 150, nextToken }), 'ValidationException', /^Invalid page token$/);
    assert.equal(keysOf(await query(at, { topK: 150, queryMode: 'ENHANCED', nextToken })).length, 50);
  });

  it('are refused in the words of the framework where they are missing or another word [model]', async () => {
    const bucket = { vectorBucketName: await bucketOf('newer') };
    const at = await indexIn(bucket.vectorBucketName);
    const enumeration = /Member must satisfy enum value set: \[CLASSIC, ENHANCED\]$/;
    refused(await update(at, 'FAST'), 'ValidationException', enumeration);
    refused(await putDefault(bucket, 'FAST'), 'ValidationException', enumeration);
    refused(await query(at, { queryMode: 'FAST' }), 'ValidationException', enumeration);
    refused(
      await sendRaw(service, 'UpdateIndexMode', at),
      'ValidationException',
      /'\/indexMode' failed to satisfy constraint: Member must not be null$/,
    );
    refused(
      await sendRaw(service, 'PutVectorBucketDefaultIndexMode', bucket),
      'ValidationException',
      /'\/defaultIndexMode' failed to satisfy constraint: Member must not be null$/,
    );
  });

  it('of what does not exist, or is named in two ways, are refused as everywhere [model]', async () => {
    const bucket = await bucketOf('newer');
    const at = await indexIn(bucket);
    const vectorBucketArn = `arn:aws:s3vectors:${REGION}:${ACCOUNT_ID}:bucket/${bucket}`;
    const absent = uniqueName('absent');
    const notFound = 'NotFoundException';
    refused(await update({ ...at, indexName: absent }, 'ENHANCED'), notFound, /index could not be found$/);
    refused(
      await putDefault({ vectorBucketName: absent }, 'ENHANCED'),
      notFound,
      /vector bucket could not be found$/,
    );
    const indexArn = `${vectorBucketArn}/index/${at.indexName}`;
    refused(await update({ ...at, indexArn }, 'ENHANCED'), 'ValidationException', /^Must specify either/);
    refused(
      await putDefault({ vectorBucketName: bucket, vectorBucketArn }, 'ENHANCED'),
      'ValidationException',
      /^Must specify either/,
    );
  });

  it('are ENHANCED in a data directory that was written before there were index modes', async () => {
    const older = await startService(async (dataDir) => {
      const database = openDatabase(dataDir);
      const common = {
        creationTime: LAUNCH - 86_400_000,
        encryption: { sseType: 'AES256' },
        tags: {},
      };
      await database.commit(() => {
        void database.catalog.put('bucket/kept', { ...common, name: 'kept' });
        void database.catalog.put('index/kept/index', {
          ...common,
          id: 1,
          bucketName: 'kept',
          name: 'index',
          shape: {
            dimension: 2,
            distanceMetric: 'cosine',
            dataType: 'float32',
            nonFilterableMetadataKeys: [],
          },
        });
        void database.catalog.put('last-index-id', 1);
      });
      await database.close();
    });
    try {
      const at = { vectorBucketName: 'kept', indexName: 'index' };
      assert.equal(await modeOf(at, older), 'ENHANCED');
      assert.equal(await defaultModeOf('kept', older), 'ENHANCED');
    } finally {
      await older.stop();
    }
  });

  it('are kept when the service ends and starts again', async () => {
    const first = await startService();
    const at = { vectorBucketName: 'kept', indexName: 'index' };
    first.clockAhead = LAUNCH - Date.now() - 86_400_000;
    await sendRaw(first, 'CreateVectorBucket', at);
    await sendRaw(first, 'CreateIndex', {
      ...at,
      dataType: 'float32',
      dimension: 2,
      distanceMetric: 'cosine',
    });
    done(await sendRaw(first, 'UpdateIndexMode', { ...at, indexMode: 'ENHANCED' }));
    await first.server.close();
    const options = { port: 0, dataDir: first.dataDir, region: REGION, accountId: ACCOUNT_ID };
    const again = { ...first, server: await startS3VectorsLocal(options) };
    try {
      assert.equal(await modeOf(at, again), 'ENHANCED');
      assert.equal(await defaultModeOf(at.vectorBucketName, again), 'CLASSIC');
    } finally {
      await again.server.close();
      await first.stop();
    }
  });
});
