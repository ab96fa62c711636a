import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { CloudControlClient, ListResourcesCommand } from '@aws-sdk/client-cloudcontrol';
import { describe, it } from 'mocha';
import { CREDENTIALS, refusal, REGION } from './running-service';
import { at, practising } from './practising-service';

const PUT_ONLY = 'operations=PutVectors';
const LABEL = 'x-s3-vectors-local-fault';

// What a client has to live with, on demand: --faults.
describe('practising failures', () => {
  for (const [share, name, status, message] of [
    ['429', 'TooManyRequestsException', 429, 'The request was denied due to request throttling.'],
    ['503', 'ServiceUnavailableException', 503, 'Currently unable to handle the request'],
    ['500', 'InternalServerException', 500, 'Internal server error'],
    ['408', 'RequestTimeoutException', 408, 'The request timed out. Retry your request.'],
  ] as const) {
    it(`answers ${share} with the service's ${name} before anything is done`, () =>
      practising({ faults: `${share}=1,done=0,${PUT_ONLY}` }, async ({ put, stored, logged }) => {
        assert.deepEqual(await refusal(put('a')), { name, status, message });
        assert.deepEqual(await stored('a'), []);
        assert.ok(logged.some((line) => line.includes(name) && line.includes('--faults')));
      }));
  }

  for (const share of ['500', '408']) {
    it(`answers ${share} when all is done, so that the client cannot know`, () =>
      practising({ faults: `${share}=1,done=1,${PUT_ONLY}` }, async ({ put, stored }) => {
        assert.equal((await refusal(put('a'))).status, Number(share));
        assert.deepEqual(await stored('a'), ['a']);
      }));
  }

  it('names an ordered fault in a header', () =>
    practising({ faults: '503=1,operations=ListVectorBuckets' }, async ({ server }) => {
      const answer = await fetch(`${server.url}/ListVectorBuckets`, { method: 'POST', body: '{}' });
      assert.equal(answer.headers.get(LABEL), '503 before the request was done');
      assert.equal(answer.headers.get('x-amzn-errortype'), 'ServiceUnavailableException');
      assert.equal(answer.headers.get('retry-after'), null);
    }));

  it('resets the connection before anything is done', () =>
    practising({ faults: { reset: 1, done: 0, operations: ['PutVectors'] } }, async ({ put, stored }) => {
      await assert.rejects(put('a'), { code: 'ECONNRESET' });
      assert.deepEqual(await stored('a'), []);
    }));

  it('resets the connection when all is done, before the answer and in the middle of it', () =>
    practising({ faults: `reset=1,done=1,${PUT_ONLY}` }, async ({ put, stored, logged }) => {
      const keys = Array.from({ length: 12 }, (_, at) => `k${at}`);
      for (const key of keys) await assert.rejects(put(key), { code: 'ECONNRESET' });
      assert.deepEqual(await stored(...keys), [...keys].sort());
      for (const where of ['reset-before-answer', 'reset-within-answer']) {
        assert.ok(
          logged.some((line) => line.includes(where)),
          where,
        );
      }
    }));

  it('ends the connection in the middle of an answer whose length was announced', () =>
    practising({ faults: 'truncate=1,operations=GetVectors' }, async ({ put, server }) => {
      await put('a');
      const answer = await fetch(`${server.url}/GetVectors`, {
        method: 'POST',
        body: JSON.stringify({ ...at, keys: ['a'] }),
      });
      assert.equal(answer.status, 200);
      const length = Number(answer.headers.get('content-length'));
      const received: Buffer[] = [];
      await assert.rejects(async () => {
        for await (const chunk of answer.body!) received.push(Buffer.from(chunk as Uint8Array));
      });
      assert.equal(Buffer.concat(received).length, Math.floor(length / 2));
    }));

  it('fails a write through the SDK whose answer is cut off, and has done it', () =>
    practising({ faults: `truncate=1,${PUT_ONLY}` }, async ({ put, stored }) => {
      await assert.rejects(put('a'));
      assert.deepEqual(await stored('a'), ['a']);
    }));

  it('holds an answer back when all is done; a client that waits no longer finds its write', () =>
    practising(
      { faults: `slow=1,slow-ms=600000,${PUT_ONLY}` },
      async ({ put, stored }) => {
        await assert.rejects(put('a'), { name: 'TimeoutError' });
        assert.deepEqual(await stored('a'), ['a']);
      },
      300,
    ));

  it('does not keep the service from ending while an answer is held back', async () => {
    let held: Promise<Response> | undefined;
    await practising({ faults: `slow=1,slow-ms=600000,${PUT_ONLY}` }, async ({ server, stored }) => {
      const body = JSON.stringify({ ...at, vectors: [{ key: 'a', data: { float32: [1, 2] } }] });
      held = fetch(`${server.url}/PutVectors`, { method: 'POST', body });
      while ((await stored('a')).length === 0);
    });
    assert.equal((await held)?.status, 200); // it came when the service ended
  });

  it('loses nothing of a client that repeats what failed', () =>
    practising(
      {
        faults:
          '429=0.1,500=0.1,503=0.1,408=0.1,reset=0.2,truncate=0.1,seed=42,operations=PutVectors+GetVectors',
      },
      async ({ put, stored }) => {
        let failures = 0;
        const untilDone = async <T>(attempt: () => Promise<T>): Promise<T> => {
          for (;;) {
            try {
              return await attempt();
            } catch {
              failures += 1;
            }
          }
        };
        const keys = Array.from({ length: 60 }, (_, number) => `k${number}`);
        for (const key of keys) await untilDone(() => put(key));
        assert.deepEqual(await untilDone(() => stored(...keys)), [...keys].sort());
        assert.ok(failures > 60, `${failures} failures`);
      },
    ));

  it('leaves health, the clock, Cloud Control and the models alone', () =>
    practising(
      { faults: '503=1,operations=PutVectors+ListVectorBuckets' },
      async ({ server, local, put }) => {
        assert.equal((await refusal(put('a'))).status, 503);
        for (const route of ['health', 'clock']) assert.equal((await local(route)).status, 200);
        const cloudControl = new CloudControlClient({
          region: REGION,
          endpoint: server.url,
          credentials: CREDENTIALS,
        });
        const { ResourceDescriptions } = await cloudControl.send(
          new ListResourcesCommand({ TypeName: 'AWS::S3Vectors::VectorBucket' }),
        );
        assert.equal(ResourceDescriptions?.length, 1);
        cloudControl.destroy();
      },
    ));

  it('breaks only the stream of the request on HTTP/2', () =>
    practising({ faults: { reset: 1, done: 0, operations: ['ListVectorBuckets'] } }, async ({ server }) => {
      const session = connect(server.url);
      const ask = (path: string) => {
        const stream = session.request({ ':method': 'POST', ':path': path });
        stream.end('{}');
        return stream;
      };
      const [error] = (await once(ask('/ListVectorBuckets'), 'error')) as [Error];
      assert.match(error.message, /NGHTTP2_/);
      const [headers] = (await once(ask('/GetVectorBucket'), 'response')) as [Record<string, unknown>];
      assert.equal(headers[constants.HTTP2_HEADER_STATUS], 400);
      session.destroy();
    }));
});
