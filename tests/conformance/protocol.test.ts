import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  GetVectorsCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
} from '@aws-sdk/client-s3vectors';
import { after, before, describe, it } from 'mocha';
import { refusal, startService, uniqueName, type RunningService } from './running-service';

// The wire: restJson1 as the SDKs speak it. [evidence] FarukAda/aws-langchain-s3-vector-ts, docs/evidence.
describe('the protocol', () => {
  const vectorBucketName = uniqueName('bucket');
  const at = { vectorBucketName, indexName: 'index' };
  let service: RunningService;
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName }));
    await service.client.send(
      new CreateIndexCommand({ ...at, dataType: 'float32', dimension: 2, distanceMetric: 'cosine' }),
    );
  });
  after(() => service.stop());

  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${service.server.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : Buffer.from(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('names the error in a header, and gives every answer an id of its own', async () => {
    const answers = await Promise.all([post('/GetVectorBucket', '{}'), post('/ListVectorBuckets', '{}')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400, 200],
    );
    assert.equal(answers[0].headers.get('x-amzn-errortype'), 'ValidationException');
    assert.equal(answers[1].headers.get('x-amzn-errortype'), null);
    const ids = answers.map((answer) => answer.headers.get('x-amzn-requestid')!);
    assert.match(ids[0]!, /^[0-9a-f-]{36}$/);
    assert.notEqual(ids[0], ids[1]);
    assert.ok(service.logged.some((line) => line.includes(ids[0]!)));
  });

  it('takes a request without a signature: permissions are not enforced', async () => {
    assert.equal((await post('/ListVectorBuckets', '')).status, 200);
  });

  it('lists a missing member as null, in the words of the framework', async () => {
    const answer = await post('/PutVectors', JSON.stringify({ ...at, vectors: [{ key: 'a' }] }));
    const { message } = (await answer.json()) as { message: string };
    assert.equal(
      message,
      "1 validation error detected. Value at '/vectors/0/data' failed to satisfy constraint: Member must not be null",
    );
  });

  it('ignores members that it does not know', async () => {
    assert.equal((await post('/ListVectorBuckets', '{"surprise":1}')).status, 200);
  });

  for (const [what, body] of [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a member of another type', '{"maxResults":"ten"}'],
    ['a fraction for an integer', '{"maxResults":1.5}'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ] as const) {
    it(`answers a body that is ${what} with a SerializationException, and says why in the log`, async () => {
      const answer = await post('/ListVectorBuckets', body);
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('x-amzn-errortype'), 'SerializationException');
      assert.match(service.logged.at(-1)!, /SerializationException: \S+/);
    });
  }

  it('refuses the whole request for half of a surrogate pair anywhere [evidence string-encoding]', async () => {
    const vector = (key: string, metadata: Record<string, string | string[]>) => ({
      key,
      data: { float32: [1, 1] },
      metadata,
    });
    const requests = [
      () => service.client.send(new PutVectorsCommand({ ...at, vectors: [vector('k', { v: 'x\ud800' })] })),
      () => service.client.send(new PutVectorsCommand({ ...at, vectors: [vector('k', { v: ['\udc00x'] })] })),
      () => service.client.send(new PutVectorsCommand({ ...at, vectors: [vector('k', { 'v\ud800': 'x' })] })),
      () => service.client.send(new PutVectorsCommand({ ...at, vectors: [vector('k\ud800', {})] })),
      () => service.client.send(new GetVectorsCommand({ ...at, keys: ['k\ud800'] })),
      () =>
        service.client.send(
          new QueryVectorsCommand({
            ...at,
            topK: 1,
            queryVector: { float32: [1, 1] },
            filter: { s: 'x\ud800' },
          }),
        ),
    ];
    for (const request of requests) {
      const refused = await refusal(request());
      assert.deepEqual(
        [refused.name, refused.status, refused.message],
        ['SerializationException', 400, 'UnknownError'],
      );
    }
    await service.client.send(new PutVectorsCommand({ ...at, vectors: [vector('😀', { v: '😀' })] }));
  });

  it('takes a body of exactly 20 MiB and refuses one byte more [evidence request-payload-limit]', async () => {
    const limit = 20_971_520;
    const padded = (bytes: number) => {
      const [head, tail] = ['{"padding":"', '"}'];
      return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
    };
    assert.equal((await post('/ListVectorBuckets', padded(limit))).status, 200);
    const refused = await post('/PutVectors', padded(limit + 1));
    assert.equal(refused.status, 400);
    assert.equal(refused.headers.get('x-amzn-errortype'), 'ValidationException');
    assert.deepEqual(await refused.json(), { message: 'Request body exceeds max allowed size' });
  });

  it('refuses a body that turns out larger than 20 MiB though its length was not declared', async () => {
    const chunk = randomBytes(1024 * 1024);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === 21) controller.close();
        else controller.enqueue(chunk);
        sent += 1;
      },
    });
    const answer = await fetch(`${service.server.url}/PutVectors`, {
      method: 'POST',
      body,
      duplex: 'half',
    });
    assert.deepEqual(await answer.json(), { message: 'Request body exceeds max allowed size' });
  });

  it('answers what it does not know with UnknownOperationException', async () => {
    for (const [method, path] of [
      ['POST', '/NoSuchOperation'],
      ['GET', '/GetIndex'],
      ['POST', '/toString'],
      ['PUT', '/'],
      ['PATCH', '/tags/x'],
    ] as const) {
      const answer = await fetch(`${service.server.url}${path}`, { method });
      assert.equal(answer.status, 404, path);
      assert.equal(answer.headers.get('x-amzn-errortype'), 'UnknownOperationException');
    }
  });

  it('refuses full-text and hybrid search by name, rather than to half do them', async () => {
    const requests: [string, object, RegExp][] = [
      ['/UpdateMetadataConfiguration', at, /full-text and hybrid search yet: UpdateMetadataConfiguration/],
      ['/QueryVectors', { ...at, topK: 1, queryTexts: [] }, /hybrid search yet: queryTexts/],
      ['/QueryVectors', { ...at, topK: 1, returnScores: true }, /hybrid search yet: returnScores/],
      [
        '/CreateIndex',
        { metadataConfiguration: { textSearchConfigurations: [] } },
        /hybrid search yet: textSearchConfigurations/,
      ],
    ];
    for (const [path, body, expected] of requests) {
      const answer = await post(path, JSON.stringify(body));
      assert.equal(answer.headers.get('x-amzn-errortype'), 'ValidationException');
      assert.match(((await answer.json()) as { message: string }).message, expected);
    }
  });

  it('takes members of full-text search that ask for nothing: null, and scores that are not wanted', async () => {
    const query = { ...at, topK: 1, queryVector: { float32: [1, 1] } };
    for (const more of [{ queryTexts: null }, { returnScores: false }]) {
      assert.equal((await post('/QueryVectors', JSON.stringify({ ...query, ...more }))).status, 200);
    }
  });

  it('answers no web page: a browser sends an Origin, an AWS client does not', async () => {
    const answer = await post('/CreateVectorBucket', '{"vectorBucketName":"from-a-page"}', {
      origin: 'http://evil.test',
    });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });

  it('is healthy, and says what it pretends to be', async () => {
    const answer = await fetch(`${service.server.url}/_local/health`);
    const { status, region, accountId, dataDir, pid } = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [status, region, accountId, dataDir, pid],
      ['ok', 'us-east-1', '123456789012', service.dataDir, process.pid],
    );
  });

  it('survives clients that go away in the middle of a request', async () => {
    for (const text of [
      'POST /PutVectors HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{',
      'PRI * HT',
      '\0\0\0\0',
    ]) {
      const socket = connect(service.server.port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(text);
      await new Promise((resolve) => setImmediate(resolve));
      socket.destroy();
    }
    assert.equal((await post('/ListVectorBuckets', '{}')).status, 200);
  });

  it('logs no bodies', async () => {
    const secret = 'a-secret-of-the-caller';
    const body = { ...at, vectors: [{ key: 'k', data: { float32: [1, 1] }, metadata: { secret } }] };
    assert.equal((await post('/PutVectors', JSON.stringify(body))).status, 200);
    await post('/PutVectors', `{"x": ${secret}`);
    assert.ok(service.logged.every((line) => !line.includes(secret)));
  });
});
