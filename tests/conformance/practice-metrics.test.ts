import assert from 'node:assert/strict';
import { DeleteIndexCommand, ListVectorBucketsCommand, QueryVectorsCommand } from '@aws-sdk/client-s3vectors';
import { describe, it } from 'mocha';
import manifest from '../../package.json';
import { practising, at, type PractisingService } from './practising-service';
import { refusal } from './running-service';

const CLOCK = 'fixed:2026-01-01T00:00:00Z';

/** The samples by their name with labels. */
async function samples({ server }: PractisingService): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${server.url}/_local/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      assert.ok(name !== undefined && Number.isFinite(Number(value)), line);
      return [name, Number(value)];
    }),
  );
}

describe('metrics', () => {
  it('count requests by operation and status, their bytes and their time', () =>
    practising({}, async (service) => {
      await service.put('a', 'b');
      await service.put('b', 'c');
      await refusal(
        service.client.send(new QueryVectorsCommand({ ...at, topK: 1, queryVector: { float32: [1] } })),
      );
      const found = await samples(service);
      assert.equal(found.get('s3vectors_requests_total{operation="PutVectors",status="200"}'), 2);
      assert.equal(found.get('s3vectors_requests_total{operation="QueryVectors",status="400"}'), 1);
      assert.equal(found.get('s3vectors_request_duration_seconds_count{operation="PutVectors"}'), 2);
      assert.ok(found.get('s3vectors_received_bytes_total{operation="PutVectors"}')! > 100);
      assert.equal(found.get('s3vectors_sent_bytes_total{operation="PutVectors"}'), 4);
      assert.ok(found.get('process_resident_memory_bytes')! > 1e7);
      assert.equal(found.get(`s3vectors_info{version="${manifest.version}",region="us-east-1"}`), 1);
    }));

  it('count the vectors of each index, until it is deleted', () =>
    practising({}, async (service) => {
      await service.put('a', 'b');
      await service.put('b', 'c');
      const name = `s3vectors_vectors{vector_bucket="${at.vectorBucketName}",index="${at.indexName}"}`;
      const before = await samples(service);
      assert.deepEqual(
        [before.get(name), before.get('s3vectors_indexes'), before.get('s3vectors_vector_buckets')],
        [3, 1, 1],
      );
      await service.client.send(new DeleteIndexCommand(at));
      const after = await samples(service);
      assert.deepEqual([after.has(name), after.get('s3vectors_indexes')], [false, 0]);
    }));

  it('tell throttling by quotas from throttling by faults, and count what was spoilt', async () => {
    await practising({ enforceQuotas: 'writes=1', clock: CLOCK }, async (service) => {
      await service.put('a');
      await refusal(service.put('b'));
      const found = await samples(service);
      assert.equal(found.get('s3vectors_throttled_requests_total{operation="PutVectors",reason="quota"}'), 1);
    });
    await practising({ faults: '429=0.5,reset=0.5,operations=PutVectors' }, async (service) => {
      for (let attempt = 0; attempt < 20; attempt += 1) await service.put('a').catch(() => undefined);
      const found = await samples(service);
      const throttled = found.get(
        's3vectors_throttled_requests_total{operation="PutVectors",reason="fault"}',
      );
      const resets = [...found].filter(([name]) => /status="reset-/.test(name));
      assert.equal(throttled! + resets.reduce((sum, [, count]) => sum + count, 0), 20);
      assert.equal(
        found.get('s3vectors_injected_faults_total{fault="429 before the request was done"}'),
        throttled,
      );
    });
  });

  it('have a bounded number of names, whatever clients invent', () =>
    practising({}, async (service) => {
      for (let invented = 0; invented < 100; invented += 1) {
        await fetch(service.server.url, {
          method: 'POST',
          body: '{}',
          headers: { 'x-amz-target': `CloudApiService.Invented${invented}` },
        });
      }
      const names = [...(await samples(service)).keys()].filter((name) =>
        name.startsWith('s3vectors_requests_total'),
      );
      assert.ok(names.length < 70, String(names.length));
      assert.ok(names.some((name) => name.includes('operation="(other)"')));
    }));

  it('are of one service, not of all in the process', () =>
    practising({}, (first) =>
      practising({}, async (second) => {
        await first.client.send(new ListVectorBucketsCommand({}));
        const name = 's3vectors_requests_total{operation="ListVectorBuckets",status="200"}';
        assert.deepEqual(
          [(await samples(first)).get(name), (await samples(second)).get(name)],
          [1, undefined],
        );
      }),
    ));
});

describe('health', () => {
  it('tells version, place, uptime and which practice switches are on', () =>
    practising({ faults: '429=0.1,operations=GetVectors', latency: 0, clock: CLOCK }, async ({ local }) => {
      const { body } = await local('health');
      const { uptimeSeconds, dataDir, ...rest } = body as Record<string, unknown>;
      assert.ok(Number.isInteger(uptimeSeconds) && typeof dataDir === 'string');
      assert.deepEqual(rest, {
        status: 'ok',
        service: 's3vectors',
        version: manifest.version,
        region: 'us-east-1',
        accountId: '123456789012',
        pid: process.pid,
        practice: { quotas: false, faults: true, latency: true, clock: 'fixed' },
      });
    }));
});
