import assert from 'node:assert/strict';
import {
  GetVectorBucketCommand,
  ListVectorsCommand,
  CreateVectorBucketCommand,
  ListVectorBucketsCommand,
} from '@aws-sdk/client-s3vectors';
import { describe, it } from 'mocha';
import { refusal } from './running-service';
import { at, practising } from './practising-service';

const CLOCK = 'fixed:2026-01-01T00:00:00Z';

describe('practising with the clock', () => {
  it('dates what is made by the clock that was set', () =>
    practising({ clock: CLOCK }, async ({ client, local }) => {
      const first = await client.send(new GetVectorBucketCommand(at));
      assert.equal(first.vectorBucket?.creationTime?.toISOString(), '2026-01-01T00:00:00.000Z');
      assert.deepEqual(await local('clock', { to: '2027-06-01T12:00:00+02:00' }), {
        status: 200,
        body: { now: '2027-06-01T10:00:00.000Z', fixed: true },
      });
      await client.send(new CreateVectorBucketCommand({ vectorBucketName: 'later-bucket' }));
      const { vectorBuckets } = await client.send(new ListVectorBucketsCommand({}));
      assert.deepEqual(
        vectorBuckets?.map(({ creationTime }) => creationTime?.toISOString()),
        ['2027-06-01T10:00:00.000Z', '2026-01-01T00:00:00.000Z'],
      );
    }));

  it('lets a page token expire without waiting', () =>
    practising({ clock: CLOCK }, async ({ put, client, local }) => {
      await put('a', 'b');
      const { nextToken } = await client.send(new ListVectorsCommand({ ...at, maxResults: 1 }));
      await local('clock', { advanceMs: 59 * 60_000 });
      const next = new ListVectorsCommand({ ...at, maxResults: 1, nextToken });
      assert.equal((await client.send(next)).vectors?.length, 1);
      await local('clock', { advanceMs: 60_000 });
      assert.equal((await refusal(client.send(next))).name, 'ValidationException');
    }));

  it('refuses to go back, and what is no change, and stays where it is', () =>
    practising({ clock: CLOCK }, async ({ local, server }) => {
      const before = await local('clock');
      for (const change of [
        { to: '2025-12-31T23:59:59Z' },
        { advanceMs: -1 },
        { advanceMs: 1e300 },
        { advanceMs: 1, to: '2027-01-01T00:00:00Z' },
        { to: 'soon' },
        {},
      ]) {
        const refused = await local('clock', change);
        assert.equal(refused.status, 400, JSON.stringify(change));
        assert.notEqual((refused.body as { message?: string }).message ?? '', '');
      }
      const broken = await fetch(`${server.url}/_local/clock`, { method: 'POST', body: '{' });
      assert.equal(broken.status, 400);
      assert.deepEqual(await local('clock'), before);
    }));

  it('can be put forward when it follows the system, too', () =>
    practising({}, async ({ local }) => {
      const { body } = await local('clock', { advanceMs: 3_600_000 });
      const { now, fixed } = body as { now: string; fixed: boolean };
      assert.equal(fixed, false);
      assert.ok(Date.parse(now) - Date.now() > 3_590_000);
    }));

  it('answers no web page', () =>
    practising({ clock: CLOCK }, async ({ server }) => {
      const answer = await fetch(`${server.url}/_local/clock`, {
        method: 'POST',
        body: '{"advanceMs":1}',
        headers: { origin: 'http://evil.test' },
      });
      assert.equal(answer.status, 403);
    }));
});

describe('practising latency', () => {
  it('takes at least as long as the profile says, for the kinds that it names', () =>
    practising({ latency: { query: 1, put: 120 } }, async ({ put }) => {
      const started = performance.now();
      await put('a');
      // A timer may be a millisecond early.
      assert.ok(performance.now() - started >= 118);
    }));

  it('does not keep the service from ending', async () => {
    let held: Promise<Response> | undefined;
    await practising({ latency: 'list=600000' }, async ({ server, stored }) => {
      held = fetch(`${server.url}/ListVectors`, { method: 'POST', body: JSON.stringify(at) });
      // The other request has arrived before these are answered.
      for (let request = 0; request < 5; request += 1) await stored('a');
    });
    assert.equal((await held)?.status, 200);
  });
});
