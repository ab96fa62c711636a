import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { parseStorageOutputs } from '../../../contract/outputs/storage';
import type { StorageOutputs } from '../../../contract/outputs/storage';
import { EmbeddingArchive } from '../../../runtime/embedding-archive/embedding-archive';
import type { Embedder } from '../../../runtime/embedders/embedder';
import { EmbeddingError } from '../../../runtime/embedders/embedding-error';
import { checkArchive } from '../../../runtime/health/check-archive';
import { checkClock } from '../../../runtime/health/check-clock';
import { checkEmbedder } from '../../../runtime/health/check-embedder';
import { checkEnvironment } from '../../../runtime/health/check-environment';
import { checkHealth } from '../../../runtime/health/check-health';
import { checkVectorStore } from '../../../runtime/health/check-vector-store';
import { healthReport } from '../../../runtime/health/health-report';
import type { Finding } from '../../../runtime/health/health-report';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { closedEndpoint } from './surroundings/closed-endpoint';
import { refusal, startFaultyService } from './surroundings/faulty-service';
import type { Fault, ReceivedRequest } from './surroundings/faulty-service';
import { S3_CREDENTIALS, START_WITHIN, startLocalBucket } from './surroundings/local-archive';
import type { LocalBucket } from './surroundings/local-archive';
import { CREDENTIALS, shapeOf, startLocalIndex, VECTOR_BUCKET } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

/** `check: severity`, with the cause where there is one. */
const summary = (findings: readonly Finding[]) =>
  findings.map(
    ({ check, severity, cause }) => `${check}: ${severity}${cause === undefined ? '' : ` ${cause}`}`,
  );
const finding = (findings: readonly Finding[], check: string) => {
  const found = findings.find((each) => each.check === check);
  assert.ok(found, `no finding "${check}" among ${summary(findings).join(', ')}`);
  return found;
};
const DENIED = refusal(403, 'AccessDeniedException', 'not allowed');

describe('the health of an index', () => {
  let local: LocalIndex;
  before(async () => {
    local = await startLocalIndex();
    await local.create('small', shapeOf(4, ['text']));
  });
  after(() => local.close());

  const checked = async (
    options: Parameters<typeof checkVectorStore>[1],
    connection: Partial<ConstructorParameters<typeof VectorStore>[0]> = {},
  ) => {
    const store = new VectorStore({ ...local.connection('small'), ...connection });
    try {
      return await checkVectorStore(store, options);
    } finally {
      store.close();
    }
  };
  /** Checks through a service that refuses some operations. */
  const refusing = async (
    decide: (request: ReceivedRequest) => Fault,
    options: Parameters<typeof checkVectorStore>[1] = {},
  ) => {
    const service = await startFaultyService(decide, local.url);
    try {
      return {
        findings: await checked(options, { endpoint: service.url, retry: { baseDelayMs: 1 } }),
        operations: service.received.map(({ operation }) => operation),
      };
    } finally {
      await service.close();
    }
  };
  const forward: Fault = { kind: 'forward' };

  it('is good where everything fits, and nothing is written', async () => {
    const { findings, operations } = await refusing(() => forward, { shape: shapeOf(4, ['text']) });
    assert.deepEqual(summary(findings), [
      'reachable: ok',
      'shape: ok',
      'encryption: ok',
      'get: ok',
      'query: ok',
    ]);
    assert.deepEqual(operations, ['GetIndex', 'GetVectors', 'QueryVectors']);
  });

  it('writes and takes back a probe only when asked to', async () => {
    const findings = await checked({ probeWrites: true });
    assert.deepEqual(summary(findings).slice(-2), ['write: ok', 'delete: ok']);
    assert.deepEqual(await local.keys('small'), []);
  });

  it('names every property that is not as expected', async () => {
    const findings = await checked({
      shape: { dimension: 8, distanceMetric: 'euclidean', nonFilterableMetadataKeys: [] },
      encryption: { kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1' },
      indexArn: 'arn:aws:s3vectors:us-east-1:999999999999:bucket/b/index/i',
    });
    const shape = finding(findings, 'shape');
    assert.equal(shape.severity, 'error');
    assert.match(
      shape.message,
      /dimension is 4, not 8; distanceMetric is cosine, not euclidean; non-filterable/,
    );
    assert.match(shape.fix ?? '', /never changes/);
    assert.match(finding(findings, 'encryption').message, /AES256, not aws:kms with .*key\/1/);
    assert.equal(finding(findings, 'encryption').severity, 'error');
    assert.match(finding(findings, 'name').fix ?? '', /another account/);
  });

  it('tells not allowed from not there from not reachable from not configured', async () => {
    const missing = await checked({}, { indexName: 'nobody' });
    assert.deepEqual(summary(missing), ['reachable: error not-there']);
    const nobody = await checked({}, { endpoint: await closedEndpoint(), retry: { baseDelayMs: 1 } });
    assert.deepEqual(summary(nobody), ['reachable: error not-reachable']);
    const { findings: down } = await refusing(() => refusal(503, 'ServiceUnavailableException', 'down'));
    assert.deepEqual(summary(down), ['reachable: error not-reachable']);
    const { findings: denied } = await refusing(() => DENIED);
    assert.deepEqual(summary(denied), [
      'reachable: error not-allowed',
      'get: error not-allowed',
      'query: info',
    ]);
    assert.match(denied[0]?.message ?? '', /s3vectors:GetIndex/);
    const { findings: expired } = await refusing(() => refusal(403, 'ExpiredTokenException', 'expired'));
    assert.deepEqual(summary(expired), ['reachable: error not-configured']);
    for (const { severity, fix } of [missing, nobody, down, expired].flat()) {
      assert.ok(severity === 'ok' || fix !== undefined);
    }
  });

  it('knows a role that may search but not read metadata', async () => {
    const { findings } = await refusing(({ operation, body }) =>
      operation === 'GetVectors' || (operation === 'QueryVectors' && body['returnMetadata'] === true)
        ? DENIED
        : forward,
    );
    const query = finding(findings, 'query');
    assert.equal(query.severity, 'error');
    assert.match(query.message, /neither with a filter nor with metadata/);
    assert.match(query.fix ?? '', /s3vectors:GetVectors/);
  });

  it('knows a role that may read but not write, and a key whose policy forbids indexing', async () => {
    const { findings, operations } = await refusing(
      ({ operation }) => (operation === 'PutVectors' ? DENIED : forward),
      { probeWrites: true },
    );
    assert.equal(finding(findings, 'write').cause, 'not-allowed');
    assert.match(finding(findings, 'write').message, /s3vectors:PutVectors/);
    assert.ok(!operations.includes('DeleteVectors'));
    const { findings: key } = await refusing(
      ({ operation }) =>
        operation === 'PutVectors'
          ? refusal(403, 'AccessDeniedException', 'Insufficient access to perform asynchronous indexing')
          : forward,
      { probeWrites: true },
    );
    assert.match(finding(key, 'write').fix ?? '', /indexing\.s3vectors\.amazonaws\.com/);
  });

  it('takes a probe back that was written without an answer, and names one that it cannot', async () => {
    const { findings } = await refusing(
      ({ operation }) => (operation === 'PutVectors' ? { kind: 'cut' } : forward),
      { probeWrites: true },
    );
    assert.equal(finding(findings, 'write').severity, 'error');
    assert.equal(finding(findings, 'delete').severity, 'ok');
    assert.deepEqual(await local.keys('small'), []);
    const { findings: left } = await refusing(
      ({ operation }) => (operation === 'DeleteVectors' ? DENIED : forward),
      { probeWrites: true },
    );
    const [key] = await local.keys('small');
    assert.match(key ?? '', /^health-check\//);
    assert.ok(finding(left, 'delete').fix?.includes(key ?? ''));
  });

  it('ends at the caller’s signal', async () => {
    await assert.rejects(checked({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });
});

describe('the health of an embedding bucket', () => {
  let bucket: LocalBucket;
  before(async function () {
    this.timeout(START_WITHIN);
    bucket = await startLocalBucket('acme-test-vector-health');
  });
  after(() => {
    bucket.client.destroy();
  });

  const checked = async (
    expected: Parameters<typeof checkArchive>[1],
    connection: Partial<ConstructorParameters<typeof EmbeddingArchive>[0]> = {},
  ) => {
    const archive = new EmbeddingArchive({
      ...bucket.connection,
      retry: { baseDelayMs: 1, maxAttempts: 2 },
      ...connection,
    });
    try {
      return await checkArchive(archive, expected);
    } finally {
      await archive.close();
    }
  };
  const versions = async () => {
    const listed = await bucket.client.send(new ListObjectVersionsCommand({ Bucket: bucket.bucketName }));
    return [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].length;
  };

  it('is good where everything fits, and nothing is written', async () => {
    const findings = await checked({ encryption: 'AES256' });
    assert.ok(
      findings.every(({ severity }) => severity === 'ok' || severity === 'info'),
      summary(findings).join(),
    );
    for (const check of ['reachable', 'get', 'list']) assert.equal(finding(findings, check).severity, 'ok');
    assert.equal(await versions(), 0);
  });

  it('writes and takes back a probe only when asked to', async () => {
    const findings = await checked({ probeWrites: true });
    assert.equal(finding(findings, 'write').severity, 'ok');
    assert.equal(finding(findings, 'delete').severity, 'ok');
    const archive = new EmbeddingArchive(bucket.connection);
    for await (const { id } of archive.list()) assert.fail(`${id} was left behind`);
    await archive.close();
  });

  it('looks at an embedding that is there: its dimension, and whether it can be read', async () => {
    const prefix = 'sample/';
    await bucket.put(`${prefix}a.json`, JSON.stringify({ embedding: [1, 2, 3] }));
    assert.equal(finding(await checked({ dimension: 3 }, { prefix }), 'sample').severity, 'ok');
    const misfit = finding(await checked({ dimension: 4 }, { prefix }), 'sample');
    assert.deepEqual([misfit.severity, misfit.cause], ['warning', 'misfit']);
    await bucket.put(`${prefix}a.json`, '{');
    const torn = finding(await checked({}, { prefix }), 'sample');
    assert.deepEqual([torn.severity, torn.cause], ['error', 'misfit']);
    assert.match(torn.message, /sample\/a\.json.*not JSON/);
  });

  it('tells not there from not reachable from not allowed', async () => {
    assert.deepEqual(summary(await checked({}, { bucketName: 'acme-test-vector-nobody' })), [
      'reachable: error not-there',
    ]);
    assert.deepEqual(summary(await checked({}, { endpoint: await closedEndpoint() })), [
      'reachable: error not-reachable',
    ]);
    const server = createServer((_, response) => {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const denied = await checked({ probeWrites: true }, { endpoint });
    server.closeAllConnections();
    server.close();
    assert.deepEqual(summary(denied), [
      'reachable: error not-allowed',
      'get: error not-allowed',
      'list: error not-allowed',
      'encryption: info not-allowed',
      'write: error not-allowed',
    ]);
  });

  it('says where encryption or Region are others', async () => {
    const findings = await checked({
      encryption: { kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1' },
      region: 'eu-central-1',
    });
    const encryption = finding(findings, 'encryption');
    assert.equal(encryption.severity, 'error');
    const region = findings.find(({ check }) => check === 'region');
    // Not every service names its Region.
    if (region !== undefined) assert.equal(region.severity, 'warning');
  });
});

describe('the health of a model', () => {
  const model = (vector: readonly number[], dimension = 2): Embedder => ({
    modelId: 'a-model',
    dimension,
    embed: () => Promise.resolve([{ embedding: { vector, truncated: false, inputTokens: 1 } }]),
  });

  it('is good where it answers with vectors that fit', async () => {
    assert.deepEqual(summary(await checkEmbedder(model([1, 0]), { dimension: 2 })), [
      'dimension: ok',
      'invoke: ok',
    ]);
  });

  it('is bad where its dimension is not the index’s, or its vectors cannot be used', async () => {
    const [misfit] = await checkEmbedder(model([1, 0]), { dimension: 3072, invoke: false });
    assert.equal(misfit?.severity, 'error');
    assert.match(misfit.fix ?? '', /VECTOR_DIMENSION to 3072/);
    for (const vector of [[1], [0, 0], [1, Number.NaN]]) {
      assert.equal(finding(await checkEmbedder(model(vector)), 'invoke').cause, 'misfit');
    }
    const failing: Embedder = {
      ...model([]),
      embed: () =>
        Promise.resolve([{ error: new EmbeddingError('ACCESS_DENIED', 'no access to the model.') }]),
    };
    const denied = finding(await checkEmbedder(failing), 'invoke');
    assert.deepEqual(
      [denied.severity, denied.cause, denied.message],
      ['error', 'not-allowed', 'no access to the model.'],
    );
  });
});

describe('the health of a clock', () => {
  const against = async (aheadMs: number, date: string | undefined = new Date(0).toUTCString()) => {
    const server = createServer((_, response) => {
      response.sendDate = false;
      if (date !== '') response.setHeader('date', date);
      response.writeHead(405).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const [found] = await checkClock(url, { now: () => aheadMs + 500 });
      return `${found?.severity ?? ''} ${found?.message ?? ''}`;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  it('is judged by how far it is from the service’s', async () => {
    assert.match(await against(0), /^ok/);
    assert.match(await against(-29_000), /^ok/);
    assert.match(await against(31_000), /^warning This clock is 31 s ahead of/);
    assert.match(await against(-400_000), /^error This clock is 400 s behind.*refused/);
    assert.match(await against(0, ''), /^info .*without a date/);
  });

  it('is unknown where nobody answers, which alone makes nothing unhealthy', async () => {
    const [found] = await checkClock(await closedEndpoint());
    assert.deepEqual([found?.severity, found?.cause], ['info', 'not-reachable']);
  });
});

describe('a health report', () => {
  const ARN = 'arn:aws:s3vectors:us-east-1:000000000000:bucket/' + VECTOR_BUCKET;
  const outputs = (more: Partial<StorageOutputs> = {}): StorageOutputs => ({
    ...parseStorageOutputs({
      vectorBucketName: VECTOR_BUCKET,
      vectorBucketArn: ARN,
      episodeIndexName: 'episodes',
      episodeIndexArn: `${ARN}/index/episodes`,
      episodeIndex: EPISODES_SHAPE,
      vectorAccessPolicyArn: 'arn:aws:iam::000000000000:policy/acme-test-access',
      vectorReadPolicyArn: 'arn:aws:iam::000000000000:policy/acme-test-read',
      embeddingBuckets: {
        documents: { name: 'acme-test-vector-report', arn: 'arn:aws:s3:::acme-test-vector-report' },
      },
      region: 'us-east-1',
      project: 'acme',
      environment: 'test',
    }),
    ...more,
  });

  it('covers what a storage stack made, the model and the environment of a service', async () => {
    const local = await startLocalIndex();
    const bucket = await startLocalBucket('acme-test-vector-report');
    try {
      await local.create('episodes', EPISODES_SHAPE);
      const embedder: Embedder = {
        modelId: 'a-model',
        dimension: 3072,
        embed: () =>
          Promise.resolve([
            { embedding: { vector: Array<number>(3072).fill(1), truncated: false, inputTokens: 1 } },
          ]),
      };
      const report = await checkHealth({
        outputs: outputs(),
        connection: {
          vectorsEndpoint: local.url,
          s3Endpoint: bucket.connection.endpoint,
          credentials: { ...CREDENTIALS, accessKeyId: S3_CREDENTIALS.accessKeyId },
        },
        env: { S3_VECTOR_BUCKET_NAME: VECTOR_BUCKET, VECTOR_DIMENSION: '3072', AWS_REGION: 'us-east-1' },
        embedder,
        probeWrites: true,
      });
      assert.deepEqual(
        report.findings.filter(({ severity }) => severity === 'error' || severity === 'warning'),
        [],
      );
      assert.equal(report.healthy, true);
      assert.deepEqual(
        new Set(report.findings.map(({ subject }) => subject)),
        new Set([
          'environment variables',
          'clock of this machine',
          `index "episodes" of vector bucket "${VECTOR_BUCKET}"`,
          'embedding bucket "acme-test-vector-report"',
          'embedding model a-model',
        ]),
      );
      assert.deepEqual(await local.keys('episodes'), []);

      const store = new VectorStore(local.connection('episodes'));
      const archive = new EmbeddingArchive(bucket.connection);
      const misfit = await checkHealth({
        store,
        archive,
        embedder: { ...embedder, dimension: 1024 },
        expected: { dimension: 1024 },
        invokeModel: false,
        clockUrl: false,
      });
      store.close();
      await archive.close();
      assert.equal(misfit.healthy, false);
      assert.equal(finding(misfit.findings, 'shape').severity, 'error');
    } finally {
      await local.close();
      bucket.client.destroy();
    }
  }).timeout(START_WITHIN);

  it('compares a service’s variables with the stack', () => {
    const findings = checkEnvironment(
      {
        S3_VECTOR_BUCKET_NAME: 'other-test-vector-x',
        S3_VECTOR_INDEX_NAME: 'episodes',
        VECTOR_BUCKET_NAME: 'acme-test-vector-report',
        VECTOR_DIMENSION: '1024',
      },
      outputs(),
    );
    assert.deepEqual(
      findings.map(({ severity, message }) => [severity, message]),
      [
        ['error', `S3_VECTOR_BUCKET_NAME is "other-test-vector-x"; the stack says ${VECTOR_BUCKET}.`],
        ['error', 'VECTOR_DIMENSION is "1024"; the stack says 3072.'],
      ],
    );
    assert.deepEqual(checkEnvironment({}, outputs()), []);
  });

  it('counts its findings and is healthy without errors', () => {
    const at = new Date(0);
    const one = (severity: Finding['severity']): Finding => ({
      subject: 's',
      check: 'c',
      severity,
      message: 'm',
    });
    assert.deepEqual(healthReport([one('ok'), one('warning'), one('info')], at, 1), {
      healthy: true,
      findings: [one('ok'), one('warning'), one('info')],
      counts: { ok: 1, info: 1, warning: 1, error: 0 },
      checkedAt: at,
      seconds: 1,
    });
    assert.equal(healthReport([one('error')], at, 1).healthy, false);
  });
});
