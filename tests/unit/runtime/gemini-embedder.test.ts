import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { embedderFor } from '../../../runtime/embedders/embedder-for';
import type { EmbedderOptions } from '../../../runtime/embedders/embedder-for';
import { closedEndpoint } from './surroundings/closed-endpoint';

const KEY = 'a-key-that-nobody-may-see';
const GEMINI = 'gemini-embedding-001';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly requests: readonly Record<string, unknown>[] };
}
type Answer =
  | { readonly status: number; readonly body: unknown; readonly location?: string }
  /** The connection is closed before an answer, or in the middle of it. */
  | 'closed'
  | 'cut';

/** A Gemini on loopback that answers as it is told; by default every text with a vector of its position. */
async function gemini(
  test: (options: EmbedderOptions, received: Received[]) => Promise<void>,
  decide: (received: Received, call: number) => Answer | undefined = () => undefined,
): Promise<void> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Received['body'];
      const got = { url: request.url ?? '', headers: request.headers, body };
      received.push(got);
      const decided = decide(got, received.length);
      if (decided === 'closed' || decided === 'cut') {
        if (decided === 'cut') response.writeHead(200, { 'content-length': '1000' }).write('{"embe');
        setTimeout(() => request.socket.destroy(), 5);
        return;
      }
      const {
        status,
        body: answer,
        location,
      } = decided ?? {
        status: 200,
        body: {
          embeddings: body.requests.map(({ outputDimensionality, content }) => ({
            values: Array<number>(outputDimensionality as number).fill(
              (content as { parts: { text: string }[] }).parts[0]?.text.length ?? 0,
            ),
          })),
        },
      };
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(location === undefined ? {} : { location }),
      });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test(
      {
        geminiBaseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        env: { GEMINI_API_KEY: KEY },
        retry: { baseDelayMs: 1, throttledDelayMs: 1, maxAttempts: 3 },
      },
      received,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const refused = (status: number, message: string, name = 'INVALID_ARGUMENT'): Answer => ({
  status,
  body: { error: { code: status, message, status: name } },
});

describe('the embedder of Gemini', () => {
  it('asks for many texts at once, for the purpose, with its key in a header only', async () => {
    await gemini(async (options, received) => {
      const embedder = embedderFor(GEMINI, undefined, options);
      assert.equal(embedder.dimension, 3072);
      const outcomes = await embedder.embed(['a', 'bb'], 'document');
      await embedder.embed(['c'], 'query');
      assert.deepEqual(
        outcomes.map(({ embedding }) => [embedding?.vector.length, embedding?.vector[0]]),
        [
          [3072, 1],
          [3072, 2],
        ],
      );
      const [first, second] = received;
      assert.equal(first?.url, '/v1beta/models/gemini-embedding-001:batchEmbedContents');
      assert.equal(first.headers['x-goog-api-key'], KEY);
      assert.ok(!first.url.includes(KEY));
      assert.deepEqual(first.body.requests[1], {
        model: 'models/gemini-embedding-001',
        content: { parts: [{ text: 'bb' }] },
        taskType: 'RETRIEVAL_DOCUMENT',
        outputDimensionality: 3072,
      });
      assert.equal(second?.body.requests[0]?.['taskType'], 'RETRIEVAL_QUERY');
    });
  });

  it('sends at most a hundred texts in a call', async () => {
    await gemini(async (options, received) => {
      const texts = Array.from({ length: 250 }, (_, at) => 'x'.repeat((at % 7) + 1));
      const outcomes = await embedderFor(GEMINI, 3072, options).embed(texts, 'document');
      assert.deepEqual(
        received.map(({ body }) => body.requests.length).sort((a, b) => a - b),
        [50, 100, 100],
      );
      assert.deepEqual(
        outcomes.map(({ embedding }) => embedding?.vector[0]),
        texts.map(({ length }) => length),
      );
    });
  });

  it('normalises the shorter vectors, which the service does not', async () => {
    await gemini(async (options) => {
      const [outcome] = await embedderFor(GEMINI, 768, options).embed(['abc'], 'document');
      const squares = outcome?.embedding?.vector.reduce((sum, value) => sum + value * value, 0) ?? 0;
      assert.ok(Math.abs(squares - 1) < 1e-9);
    });
  });

  it('refuses a text that it may read in part only, or cuts it and says so', async () => {
    const long = 'é'.repeat(4_000);
    await gemini(async (options, received) => {
      const [refusal] = await embedderFor(GEMINI, 3072, options).embed([long], 'document');
      assert.equal(refusal?.error?.code, 'TEXT_TOO_LONG');
      assert.match(refusal.error.message, /8000 bytes.*6144/);
      assert.equal(received.length, 0);
      const [cut] = await embedderFor(GEMINI, 3072, { ...options, truncation: 'end' }).embed(
        [long],
        'document',
      );
      assert.deepEqual([cut?.embedding?.truncated, cut?.embedding?.vector[0]], [true, 3_072]);
    });
  });

  it('repeats throttling and failures of the service', async () => {
    await gemini(
      async (options, received) => {
        const [outcome] = await embedderFor(GEMINI, 3072, options).embed(['a'], 'query');
        assert.ok(outcome?.embedding);
        assert.equal(received.length, 3);
      },
      (_, call) =>
        call === 1
          ? refused(429, 'Quota exceeded', 'RESOURCE_EXHAUSTED')
          : call === 2
            ? refused(503, 'overloaded', 'UNAVAILABLE')
            : undefined,
    );
  });

  it('repeats what a closed connection left without an answer', async () => {
    await gemini(
      async (options, received) => {
        const [outcome] = await embedderFor(GEMINI, 3072, options).embed(['a'], 'query');
        assert.equal(outcome?.error, undefined);
        assert.equal(received.length, 3);
      },
      (_, call) => (call === 1 ? 'closed' : call === 2 ? 'cut' : undefined),
    );
  });

  it('says what is wrong with a key, and never which key', async () => {
    for (const [status, message, code] of [
      [400, `API key not valid: ${KEY}. Please pass a valid API key.`, 'NO_CREDENTIALS'],
      [403, `permission denied for ${KEY}`, 'ACCESS_DENIED'],
      [404, 'models/x is not found', 'NOT_FOUND'],
    ] as const) {
      await gemini(
        async (options, received) => {
          const [outcome] = await embedderFor(GEMINI, 3072, options).embed(['a'], 'query');
          assert.equal(outcome?.error?.code, code);
          const everything = JSON.stringify([
            outcome.error.message,
            outcome.error.stack,
            String(outcome.error.cause),
          ]);
          assert.ok(!everything.includes(KEY));
          assert.equal(received.length, 1);
        },
        () => refused(status, message),
      );
    }
    const [without] = await embedderFor(GEMINI, 3072, { env: {} }).embed(['a'], 'query');
    assert.equal(without?.error?.code, 'NO_CREDENTIALS');
    assert.match(without.error.message, /GEMINI_API_KEY/);
  });

  it('sends its key nowhere else: no clear text beyond loopback, no redirect', async () => {
    for (const geminiBaseUrl of ['http://example.com', 'ftp://127.0.0.1', 'not a url']) {
      assert.throws(() => embedderFor(GEMINI, 3072, { geminiBaseUrl, env: {} }), /must begin with https/);
    }
    await gemini(
      async (options, received) => {
        const [outcome] = await embedderFor(GEMINI, 3072, options).embed(['a'], 'query');
        assert.ok(outcome?.error);
        assert.ok(received.every(({ url }) => url.startsWith('/v1beta')));
      },
      () => ({ status: 302, body: {}, location: '/elsewhere' }),
    );
  });

  it('tells an answer that is none, and an endpoint where nobody listens', async () => {
    await gemini(
      async (options) => {
        const [outcome] = await embedderFor(GEMINI, 3072, options).embed(['a'], 'query');
        assert.equal(outcome?.error?.code, 'UNEXPECTED_ANSWER');
      },
      () => ({ status: 200, body: { embeddings: [{ values: [1, 2] }] } }),
    );
    const [nobody] = await embedderFor(GEMINI, 3072, {
      geminiBaseUrl: await closedEndpoint(),
      env: { GOOGLE_API_KEY: KEY },
      retry: { baseDelayMs: 1, maxAttempts: 2 },
    }).embed(['a'], 'query');
    assert.equal(nobody?.error?.code, 'ENDPOINT_UNREACHABLE');
  });

  it('ends at the caller’s signal', async () => {
    await gemini(async (options) => {
      await assert.rejects(
        embedderFor(GEMINI, 3072, options).embed(['a'], 'query', { signal: AbortSignal.abort() }),
        { name: 'AbortError' },
      );
    });
  });
});
