// A Cloud Control that answers as it is told: for the courses of events that a healthy local one does not take.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CloudControlCall {
  /** Such as `CreateResource`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}
export interface CloudControlAnswer {
  readonly status?: number;
  readonly body: Record<string, unknown>;
}

export class FakeCloudControl {
  readonly calls: CloudControlCall[] = [];
  #answers: CloudControlAnswer[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation = String(request.headers['x-amz-target']).replace('CloudApiService.', '');
        this.calls.push({ operation, body: JSON.parse(Buffer.concat(chunks).toString()) as never });
        const answer = this.#answers.shift() ?? {
          status: 500,
          body: { __type: 'x#NothingLeftToSay', message: `no answer for ${operation}` },
        };
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(answer.body));
      });
    });
  }

  static async start(): Promise<FakeCloudControl> {
    const fake = new FakeCloudControl();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** The next answers, in order; calls so far are forgotten. */
  will(...answers: CloudControlAnswer[]): void {
    this.calls.length = 0;
    this.#answers = answers;
  }

  get operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export const progress = (event: Record<string, unknown>): CloudControlAnswer => ({
  body: { ProgressEvent: { RequestToken: 'token', EventTime: 1, ...event } },
});
export const description = (Identifier: string, properties: object): CloudControlAnswer => ({
  body: { ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } },
});
export const failure = (name: string, message: string): CloudControlAnswer => ({
  status: 400,
  body: { __type: `com.amazon.cloudapiservice#${name}`, message },
});
