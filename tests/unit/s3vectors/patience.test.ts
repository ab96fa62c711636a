import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import type { Front } from '../../../local/s3vectors/http/exchange';
import { listen, type Listener } from '../../../local/s3vectors/http/listener';
import { HEADER_LIMIT, PATIENCE, type Patience } from '../../../local/s3vectors/http/patience';

// Clients that are slow, silent or wrong about their own requests, against a listener that soon loses its patience.
const SHORT: Patience = { header: 200, bodyPause: 200, body: 1_000, answer: 300, idle: 300, closing: 300 };
/** Answers with the length of the body, with a great answer, or not before the test ends. */
const front: Front = {
  nameOf: ({ path }) => path,
  async answer({ path, body }) {
    if (path === '/never') await new Promise(() => undefined);
    return {
      status: 200,
      headers: {},
      body: path === '/great' ? 'x'.repeat(32 * 2 ** 20) : String(body.length),
    };
  },
  tooLarge: () => ({ status: 413, headers: {}, body: '' }),
};

let open: Listener | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  await open?.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function listening(changes: Partial<Patience> = {}, log: string[] = []): Promise<number> {
  open = await listen({
    host: '127.0.0.1',
    port: 0,
    fronts: [front],
    unknown: () => ({ status: 404, headers: {}, body: '' }),
    bodyLimit: 1_000,
    log: (line) => log.push(line),
    patience: { ...SHORT, ...changes },
  });
  return open.port;
}

interface Peer {
  readonly socket: Socket;
  /** All that was received, once the server has ended the connection. */
  readonly received: Promise<string>;
}

async function dial(port: number, text = ''): Promise<Peer> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let all = '';
  socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const received = new Promise<string>((resolve) => socket.once('close', () => resolve(all)));
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return { socket, received };
}

const head = (path: string, ...headers: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

describe('a client that keeps the server waiting', () => {
  it('is let go when it says nothing, or half of a protocol', async () => {
    const port = await listening();
    for (const text of ['', 'PRI * HT', 'P', 'POST / HT']) {
      const { received } = await dial(port, text);
      assert.match(await received, /^$|^HTTP\/1.1 408 /);
    }
  });

  it('is told 408 for a header that does not end, however it drips', async () => {
    const port = await listening();
    const { socket, received } = await dial(port, 'POST /x HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('a: b\r\n'), 20);
    try {
      assert.match(await received, /^HTTP\/1.1 408 /);
    } finally {
      clearInterval(drip);
    }
  });

  it('is told 408 for a body that stops, or that drips for too long, and the log says so', async () => {
    const log: string[] = [];
    const port = await listening({}, log);
    const { received } = await dial(port, `${head('/x', 'content-length: 10')}12345`);
    assert.match(await received, /^HTTP\/1.1 408 [^]*RequestTimeoutException/);
    assert.match(log.join('\n'), /\/x 408 .*RequestTimeoutException/);

    const dripping = await dial(port, head('/x', 'content-length: 100000'));
    const drip = setInterval(() => dripping.socket.write('x'), 20);
    try {
      assert.match(await dripping.received, /^HTTP\/1.1 (408|413) /);
    } finally {
      clearInterval(drip);
    }
  });

  it('is let go when it does not take its answer', async () => {
    const port = await listening({ idle: 60_000 });
    const { socket, received } = await dial(port);
    socket.pause();
    socket.write(head('/great'));
    await new Promise((resolve) => setTimeout(resolve, 700));
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.resume();
    await received;
    assert.ok(bytes < 32 * 2 ** 20, `${bytes} bytes came`);
  });

  it('is let go when it asks for nothing more', async () => {
    const port = await listening();
    const { received } = await dial(port, head('/x', 'content-length: 0'));
    assert.match(await received, /^HTTP\/1.1 200 /);
  });

  it('does not keep the server from closing, whatever it waits for', async () => {
    const port = await listening({
      header: 60_000,
      bodyPause: 60_000,
      body: 60_000,
      answer: 60_000,
      idle: 60_000,
    });
    const peers = [
      await dial(port),
      await dial(port, 'POST /x HT'),
      await dial(port, `${head('/x', 'content-length: 10')}1`),
      await dial(port, head('/never', 'content-length: 0')),
      await dial(port, head('/x', 'content-length: 0')),
      await dial(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    ];
    await open?.close();
    await Promise.all(peers.map(({ received }) => received));
  });
});

describe('a request that is wrong about itself', () => {
  const answers = async (text: string, log: string[] = []): Promise<string> => {
    const port = await listening({}, log);
    const { received } = await dial(port, text);
    return received;
  };

  it('with more bytes than it announced has the rest read as another request, which is refused', async () => {
    const log: string[] = [];
    const all = await answers(`${head('/x', 'content-length: 2')}12345\r\n\r\n`, log);
    assert.match(all, /^HTTP\/1.1 200 [^]*\r\n\r\n2/);
    assert.match(log.join('\n'), /refused with 400 Bad Request: HPE_/);
  });

  for (const [what, text] of [
    ['two lengths that differ', head('/x', 'content-length: 2', 'content-length: 3')],
    ['a length and chunks', head('/x', 'content-length: 2', 'transfer-encoding: chunked')],
    ['a length that is no number', head('/x', 'content-length: two')],
    ['a negative length', head('/x', 'content-length: -2')],
    ['a length beyond all numbers', head('/x', `content-length: 1${'0'.repeat(30)}`)],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'],
    ['a zero byte in a header', head('/x', 'a: \u0000')],
  ] as const) {
    it(`with ${what} is refused with 400`, async () => {
      assert.match(await answers(text), /^HTTP\/1.1 400 /);
    });
  }

  it('with a chunk of no length is refused', async () => {
    const text = `${head('/x', 'transfer-encoding: chunked')}2\r\nab\r\nzz\r\n`;
    assert.match(await answers(text), /^$|^HTTP\/1.1 400 /);
  });

  it('with a header beyond the limit is refused with 431, and one below is read', async () => {
    assert.match(await answers(head('/x', `a: ${'x'.repeat(HEADER_LIMIT)}`)), /^HTTP\/1.1 431 /);
    await open?.close();
    const fits = head('/x', 'content-length: 0', `a: ${'x'.repeat(HEADER_LIMIT - 1_000)}`);
    assert.match(await answers(fits), /^HTTP\/1.1 200 /);
  });

  it('with an expectation is told to continue, unless its body is too large, or expects something else', async () => {
    const expecting = (length: number, what: string) =>
      head('/x', `content-length: ${length}`, `expect: ${what}`);
    const port = await listening({ bodyPause: 2_000, body: 4_000 });
    const small = await dial(port, expecting(3, '100-continue'));
    const [first] = (await once(small.socket, 'data')) as [Buffer];
    assert.match(first.toString(), /^HTTP\/1.1 100 Continue/);
    small.socket.write('abc');
    assert.match(await small.received, /HTTP\/1.1 200 [^]*\r\n\r\n3/);
    const large = await dial(port, expecting(1_001, '100-continue'));
    const [refused] = (await once(large.socket, 'data')) as [Buffer];
    assert.match(refused.toString(), /^HTTP\/1.1 413 /);
    const other = await dial(port, expecting(3, 'a miracle'));
    const [failed] = (await once(other.socket, 'data')) as [Buffer];
    assert.match(failed.toString(), /^HTTP\/1.1 417 /);
  });

  it('does no harm to others of its connection that came before: pipelined answers keep their order', async () => {
    const all = await answers(
      Array.from({ length: 20 }, (_, n) => `${head('/x', `content-length: ${n}`)}${'x'.repeat(n)}`).join(''),
    );
    assert.deepEqual(
      [...all.matchAll(/\r\n\r\n(\d+)/g)].map(([, n]) => Number(n)),
      Array.from({ length: 20 }, (_, n) => n),
    );
  });
});

describe('an HTTP/2 client that keeps the server waiting', () => {
  const session = async (port: number): Promise<ClientHttp2Session> => {
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    client.on('error', () => undefined);
    await once(client, 'connect');
    return client;
  };
  const post = { ':method': 'POST', ':path': '/x' };

  it('is told 408 for a body that stops, and let go when it asks for nothing more', async () => {
    const client = await session(await listening());
    const stream = client.request({ ...post, 'content-length': '10' }, { endStream: false });
    stream.on('error', () => undefined);
    stream.write('123');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(headers[constants.HTTP2_HEADER_STATUS], 408);
    stream.resume();
    stream.end();
    await once(client, 'close');
  });

  it('does not keep the server from closing', async () => {
    const port = await listening({
      header: 60_000,
      bodyPause: 60_000,
      body: 60_000,
      answer: 60_000,
      idle: 60_000,
    });
    const client = await session(port);
    const stream = client.request(post, { endStream: false });
    stream.on('error', () => undefined);
    stream.write('123');
    const waiting = client.request({ ...post, ':path': '/never' });
    waiting.on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await open?.close();
    await once(client, 'close');
  });

  it('is refused a header beyond the limit', async () => {
    const client = await session(await listening({ idle: 2_000 }));
    const stream = client.request({ ...post, a: 'x'.repeat(HEADER_LIMIT) });
    const outcome = await once(stream, 'response').then(
      ([headers]) => (headers as Record<string, number>)[':status'],
      () => 'refused',
    );
    assert.notEqual(outcome, 200);
    client.destroy();
  });
});

describe('the patience of a real server', () => {
  it('is longer than any client of the same machine needs', () => {
    assert.ok(Object.values(PATIENCE).every((milliseconds: number) => milliseconds >= 10_000));
  });
});
