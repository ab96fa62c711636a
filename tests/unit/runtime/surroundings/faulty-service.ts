// A loopback HTTP service between a client and S3 Vectors Local (or nothing) that fails on purpose: by status, by
// closing the connection before or in the middle of an answer. What it does is decided by the test, request by request.
import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly kind: 'forward' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly error?: string;
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** The connection is reset before anything is forwarded. */
  | { readonly kind: 'reset' }
  /** The request takes effect, and its answer is cut off in the middle. */
  | { readonly kind: 'cut' };

export interface ReceivedRequest {
  /** `PutVectors`, `QueryVectors`, … */
  readonly operation: string;
  readonly bytes: Buffer;
  readonly body: Record<string, unknown>;
}

export interface FaultyService {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** Told of every request whose sender went away before its answer. */
  onClosedRequest(told: () => void): void;
  close(): Promise<void>;
}

export function refusal(status: number, error: string, message: string): Fault {
  return { kind: 'answer', status, error, body: { message } };
}

/**
 * @param upstream URL of the service behind it; needed for `forward` and `cut`
 * @param port default a free one
 */
export async function startFaultyService(
  decide: (request: ReceivedRequest, number: number) => Fault | Promise<Fault>,
  upstream?: string,
  port = 0,
): Promise<FaultyService> {
  const received: ReceivedRequest[] = [];
  let told = (): void => undefined;
  const server = createServer((incoming, outgoing) => {
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) told();
    });
    void answer(incoming, outgoing);
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const got = {
      operation: (incoming.url ?? '').slice(1),
      bytes,
      body: JSON.parse(bytes.toString('utf8')) as Record<string, unknown>,
    };
    received.push(got);
    const fault = await decide(got, received.length);
    if (fault.kind === 'reset') {
      incoming.socket.resetAndDestroy();
    } else if (fault.kind === 'answer') {
      outgoing.writeHead(fault.status, {
        'content-type': 'application/json',
        ...(fault.error === undefined ? {} : { 'x-amzn-errortype': fault.error }),
      });
      outgoing.end(JSON.stringify(fault.body));
    } else {
      const { status, body } = await pass(incoming, bytes, upstream ?? '');
      outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
      if (fault.kind === 'forward') {
        outgoing.end(body);
      } else {
        outgoing.write(body.subarray(0, Math.max(1, Math.floor(body.length / 2))), () => {
          incoming.socket.destroy();
        });
      }
    }
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    onClosedRequest: (call) => (told = call),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function pass(
  incoming: IncomingMessage,
  bytes: Buffer,
  upstream: string,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = forward(
      `${upstream}${incoming.url ?? ''}`,
      { method: incoming.method ?? 'POST', headers: { ...incoming.headers, connection: 'close' } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 500, body: Buffer.concat(parts) });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}
