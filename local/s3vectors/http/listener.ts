// The socket side: one port that speaks HTTP/1.1 and, without TLS, HTTP/2 (which the JavaScript client of Bedrock
// insists on), hands whole requests to the fronts, and writes one log line for each.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { Connections } from './connections';
import type { Answer, Front, Request } from './exchange';

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Asked in this order; the first that knows a request answers it. */
  readonly fronts: readonly Front[];
  /** Answers what no front knows. */
  readonly unknown: (request: Omit<Request, 'body'>) => Answer;
  /** Bytes of a body, inclusive. */
  readonly bodyLimit: number;
  readonly log: (line: string) => void;
}

export interface Listener {
  readonly port: number;
  /** Takes no further connection, lets requests under way finish, and closes idle connections. */
  close(): Promise<void>;
}

/** A body larger than the limit is read on, and thrown away, up to this many bytes, so that the answer arrives. */
const DRAIN_LIMIT = 64 * 1024 * 1024;
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1');

/** @throws the system's error when the address cannot be had */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const connections = new Connections();
  const http1 = createServer((incoming, outgoing) => {
    const { socket } = incoming;
    connections.requestBegan(socket);
    outgoing.once('close', () => connections.requestEnded(socket));
    void exchange(options, incoming, outgoing);
  });
  const http2 = createHttp2Server((incoming, outgoing) => void exchange(options, incoming, outgoing));
  http2.on('session', (session) => connections.sessionOpened(session));
  http2.on('sessionError', () => undefined); // a client that went away
  const tcp = createTcpServer((socket) => {
    connections.opened(socket);
    socket.on('error', () => undefined); // a client that went away
    whenProtocolIsKnown(socket, (protocol) => {
      if (protocol === 'http2') connections.becameSession(socket);
      (protocol === 'http2' ? http2 : http1).emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(options.port, options.host, () => {
      tcp.off('error', reject);
      resolve();
    });
  });
  const address = tcp.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        tcp.close(() => resolve());
        connections.close();
      }),
  };
}

async function exchange(options: ListenerOptions, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const started = performance.now();
  const requestId = randomUUID();
  const request = requestOf(incoming);
  const front = options.fronts.find((candidate) => candidate.nameOf(request) !== undefined);
  const body = await readBody(incoming, options.bodyLimit);
  const answer = await answerTo(options, front, request, body);
  if (answer === undefined) outgoing.destroy();
  else send(outgoing, answer, requestId);

  if (front?.logsFailuresOnly === true && answer !== undefined && answer.status < 400) return;
  const name = front?.nameOf(request) ?? `${request.method} ${request.path}`;
  const outcome = answer === undefined ? 'aborted' : String(answer.status);
  const bytes = body instanceof Buffer ? body.length : 0;
  const took = (performance.now() - started).toFixed(1);
  const error = answer?.error === undefined ? '' : ` ${answer.error}: ${answer.detail ?? ''}`;
  options.log(
    `${name} ${outcome} ${bytes} bytes ${took} ms ${requestId}${error}`.replaceAll(/\s*\n\s*/g, ' | '),
  );
}

/** The answer; undefined when the client went away before its request was whole. */
async function answerTo(
  options: ListenerOptions,
  front: Front | undefined,
  request: Omit<Request, 'body'>,
  body: Buffer | 'too large' | 'aborted',
): Promise<Answer | undefined> {
  if (body === 'aborted') return undefined;
  if (front === undefined) return options.unknown(request);
  if (body === 'too large') return front.tooLarge(options.bodyLimit);
  try {
    return await front.answer({ ...request, body });
  } catch (error) {
    return {
      status: 500,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'InternalServerException' },
      body: JSON.stringify({ message: 'Internal server error' }),
      error: 'InternalServerException',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function send(outgoing: Outgoing, { status, headers, body }: Answer, requestId: string): void {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.setHeader('x-amzn-requestid', requestId);
  outgoing.setHeader('content-length', Buffer.byteLength(body));
  outgoing.end(body);
}

function requestOf(incoming: Incoming): Omit<Request, 'body'> {
  const [path, query] = splitOnce(incoming.url ?? '/', '?');
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query ?? ''),
    header: (name) => {
      const value = incoming.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

/**
 * The body. A declared length beyond the limit is answered at once, as the service does (measured:
 * docs/evidence/request-payload-limit.md of FarukAda/aws-langchain-s3-vector-ts).
 */
async function readBody(incoming: Incoming, limit: number): Promise<Buffer | 'too large' | 'aborted'> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) {
    drain(incoming);
    return 'too large';
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) chunks.push(chunk);
      else resolve('too large');
      if (bytes > limit + DRAIN_LIMIT) incoming.destroy();
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks, Math.min(bytes, limit))));
    incoming.once('error', () => resolve('aborted'));
    incoming.once('close', () => resolve('aborted'));
  });
}

function drain(incoming: Incoming): void {
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DRAIN_LIMIT) incoming.destroy();
  });
}

/** Reads as many bytes of a connection as tell its protocol, and puts them back. */
function whenProtocolIsKnown(socket: Socket, then: (protocol: 'http1' | 'http2') => void): void {
  let seen = Buffer.alloc(0);
  const look = (): void => {
    for (let chunk = nextChunk(socket); chunk !== undefined; chunk = nextChunk(socket)) {
      seen = Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, HTTP2_PREFACE.length);
      const mayBeHttp2 = seen.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
      if (mayBeHttp2 && length < HTTP2_PREFACE.length) continue;
      socket.off('readable', look);
      socket.unshift(seen);
      then(mayBeHttp2 ? 'http2' : 'http1');
      return;
    }
  };
  socket.on('readable', look);
}

function nextChunk(socket: Socket): Buffer | undefined {
  return (socket.read() as Buffer | null) ?? undefined;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
