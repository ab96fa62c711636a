import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import {
  DeleteVectorsCommand,
  ListVectorBucketsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
  TooManyRequestsException,
} from '@aws-sdk/client-s3vectors';
import { describe, it } from 'mocha';
import { CREDENTIALS, REGION } from './running-service';
import { at, practising } from './practising-service';

const CLOCK = 'fixed:2026-01-01T00:00:00Z';
const throttled = (error: unknown): boolean => {
  assert.ok(error instanceof TooManyRequestsException);
  assert.equal(error.$metadata.httpStatusCode, 429);
  assert.equal(error.$response?.headers['retry-after'], undefined);
  return true;
};
const batch = (start: number, count: number) => Array.from({ length: count }, (_, i) => `k${start + i}`);

// --enforce-quotas [limits; best practices: "whichever limit is reached first"]
describe('practising quotas', () => {
  it('refuses the vector after 2,500 in a second, writes nothing of it, and takes it a second later', () =>
    practising({ enforceQuotas: true, clock: CLOCK }, async ({ put, stored, local, client }) => {
      for (let number = 0; number < 5; number += 1) await put(...batch(500 * number, 500));
      await assert.rejects(put('late'), throttled);
      assert.deepEqual(await stored('late'), []);
      await assert.rejects(client.send(new DeleteVectorsCommand({ ...at, keys: ['k0'] })), throttled);
      assert.deepEqual(await stored('k0'), ['k0']);
      await local('clock', { advanceMs: 1_000 });
      await put(...batch(2_500, 500));
    }));

  it('refuses the write request beyond the rate, and counts reads for themselves', () =>
    practising({ enforceQuotas: { writes: 2, reads: 1 }, clock: CLOCK }, async ({ put, client }) => {
      await put('a');
      await put('b');
      await assert.rejects(put('c'), throttled);
      const query = new QueryVectorsCommand({ ...at, topK: 1, queryVector: { float32: [1, 2] } });
      await client.send(query);
      await assert.rejects(client.send(query), throttled);
      await client.send(new ListVectorBucketsCommand({}));
    }));

  it('does not enforce quotas unless it is asked to', () =>
    practising({ clock: CLOCK }, async ({ put }) => {
      for (let number = 0; number < 6; number += 1) await put(...batch(500 * number, 500));
    }));

  it('lets a client through that waits and tries again', () =>
    practising(
      { enforceQuotas: 'writes=1', clock: CLOCK },
      async ({ server, logged, put, stored, local }) => {
        await put('k');
        const client = new S3VectorsClient({
          region: REGION,
          endpoint: server.url,
          credentials: CREDENTIALS,
          maxAttempts: 20,
        });
        const deleted = client.send(new DeleteVectorsCommand({ ...at, keys: ['k'] }));
        const refused = /429 .*--enforce-quotas: writes of practice-bucket\/practice-index/;
        while (!logged.some((line) => refused.test(line))) await setImmediate();
        await local('clock', { advanceMs: 1_000 });
        await deleted;
        client.destroy();
        assert.deepEqual(await stored('k'), []);
      },
    ));
});
