// The socket side: one port that speaks HTTP/1.1 and, without TLS, HTTP/2 (which the JavaScript client of Bedrock
// insists on), hands whole requests to the fronts, and writes one log line for each.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sendBroken } from './broken-answer';
import { Connections } from './connections';
import type { Answer, Front, Request } from './exchange';
import { HEADER_LIMIT, PATIENCE, STREAM_LIMIT, type Patience } from './patience';
import { isDeclaredTooLarge, readBody, type NoBody } from './read-body';

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
  readonly patience?: Patience;
}

export interface Listener {
  readonly port: number;
  /**
   * Takes no further connection, closes idle ones, and lets requests under way finish; those that have not after a
   * while (Patience.closing) are cut off.
   */
  close(): Promise<void>;
}

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1');

/** @throws the system's error when the address cannot be had */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const patience = options.patience ?? PATIENCE;
  const connections = new Connections();
  const http1 = createServer({
    maxHeaderSize: HEADER_LIMIT,
    headersTimeout: patience.header,
    requestTimeout: patience.body,
    keepAliveTimeout: patience.idle,
    connectionsCheckingInterval: Math.ceil(patience.header / 4),
  });
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { socket } = incoming;
    connections.requestBegan(incoming);
    outgoing.once('close', () => connections.requestEnded(socket));
    void exchange(options, patience, incoming, outgoing);
  };
  http1.on('request', serve);
  http1.on('checkContinue', (incoming, outgoing) => {
    // A body that will be refused need not be sent.
    if (!isDeclaredTooLarge(incoming, options.bodyLimit)) outgoing.writeContinue();
    serve(incoming, outgoing);
  });
  http1.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket instanceof Socket) refuseConnection(error, socket, connections, options.log);
    else socket.destroy();
  });
  const http2 = createHttp2Server(
    {
      maxHeaderListPairs: 256,
      settings: { maxConcurrentStreams: STREAM_LIMIT, maxHeaderListSize: HEADER_LIMIT },
    },
    (incoming, outgoing) => void exchange(options, patience, incoming, outgoing),
  );
  http2.on('session', (session) => {
    connections.sessionOpened(session);
    session.setTimeout(patience.idle, () => session.close());
  });
  http2.on('sessionError', () => undefined); // a client that went away

  // The HTTP/1 server listens, since it watches over slow headers only where it does; each connection is looked at
  // before either protocol takes it.
  const [speakHttp1] = http1.listeners('connection');
  if (speakHttp1 === undefined) throw new Error('the HTTP server of Node takes no connections');
  http1.removeAllListeners('connection');
  http1.on('connection', (socket: Socket) => {
    connections.opened(socket);
    socket.on('error', () => undefined); // a client that went away
    whenProtocolIsKnown(socket, patience.header, (protocol) => {
      if (protocol === 'http2') {
        connections.becameSession(socket);
        http2.emit('connection', socket);
      } else Reflect.apply(speakHttp1, http1, [socket]);
    });
  });
  await new Promise<void>((resolve, reject) => {
    http1.once('error', reject);
    http1.listen(options.port, options.host, () => {
      http1.off('error', reject);
      resolve();
    });
  });
  const address = http1.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        http1.close(() => resolve());
        connections.close(patience.closing);
      }),
  };
}

const STATUS_OF_FAULT: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is no HTTP request, or took too long to become one, and ends the connection. */
function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connections: Connections,
  log: (line: string) => void,
): void {
  const { code = 'unknown' } = error;
  if (code === 'ECONNRESET' || code === 'EPIPE' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_FAULT[code] ?? '400 Bad Request';
  log(`a connection was refused with ${status}: ${code}`);
  // An answer to an earlier request of the connection may be half sent; none may come between.
  if (connections.waitingAnswers(socket) > 0) {
    connections.endAfterAnswers(socket);
    return;
  }
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}

async function exchange(
  options: ListenerOptions,
  patience: Patience,
  incoming: Incoming,
  outgoing: Outgoing,
): Promise<void> {
  const started = performance.now();
  const requestId = randomUUID();
  const request = requestOf(incoming, requestId);
  const front = options.fronts.find((candidate) => candidate.nameOf(request) !== undefined);
  outgoing.on('error', () => undefined); // a client that went away
  const body = await readBody(incoming, options.bodyLimit, patience);
  const answer = await answerTo(options, front, request, body);
  if (answer === undefined) outgoing.destroy();
  else send(outgoing, answer, requestId, patience);

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
  body: Buffer | NoBody,
): Promise<Answer | undefined> {
  if (body === 'aborted') return undefined;
  if (body === 'too slow') return tooSlow;
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

/** For a body that stopped coming. The connection ends with it, since its rest may still come. */
const tooSlow: Answer = {
  status: 408,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'RequestTimeoutException' },
  body: JSON.stringify({ message: 'The request body did not arrive in time' }),
  error: 'RequestTimeoutException',
  detail: 'the body stopped before it was whole',
};

function send(
  outgoing: Outgoing,
  { status, headers, body, breakage }: Answer,
  requestId: string,
  patience: Patience,
): void {
  const stalled = setTimeout(() => cutOff(outgoing), patience.answer);
  outgoing.once('close', () => clearTimeout(stalled));
  if (status === 408 && 'shouldKeepAlive' in outgoing) outgoing.shouldKeepAlive = false;
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.setHeader('x-amzn-requestid', requestId);
  outgoing.setHeader('content-length', Buffer.byteLength(body));
  if (breakage === undefined) outgoing.end(body);
  else sendBroken(outgoing, body, breakage);
}

/** Ends an exchange whose client does not take the answer. */
function cutOff(outgoing: Outgoing): void {
  if ('stream' in outgoing) outgoing.stream.destroy();
  else outgoing.destroy();
}

function requestOf(incoming: Incoming, id: string): Omit<Request, 'body'> {
  const [path, query] = splitOnce(incoming.url ?? '/', '?');
  return {
    id,
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query ?? ''),
    header: (name) => {
      const value = incoming.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

/** Reads as many bytes of a connection as tell its protocol, and puts them back; ends it when none come. */
function whenProtocolIsKnown(
  socket: Socket,
  patience: number,
  then: (protocol: 'http1' | 'http2') => void,
): void {
  let seen = Buffer.alloc(0);
  const silent = setTimeout(() => socket.destroy(), patience);
  const look = (): void => {
    for (let chunk = nextChunk(socket); chunk !== undefined; chunk = nextChunk(socket)) {
      seen = Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, HTTP2_PREFACE.length);
      const mayBeHttp2 = seen.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
      if (mayBeHttp2 && length < HTTP2_PREFACE.length) continue;
      clearTimeout(silent);
      socket.off('readable', look);
      socket.unshift(seen);
      then(mayBeHttp2 ? 'http2' : 'http1');
      return;
    }
  };
  socket.on('readable', look);
  socket.once('close', () => clearTimeout(silent));
  // Half of a preface and the end: nothing will follow, and nobody else would close.
  socket.once('end', () => socket.destroySoon());
}

function nextChunk(socket: Socket): Buffer | undefined {
  return (socket.read() as Buffer | null) ?? undefined;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
