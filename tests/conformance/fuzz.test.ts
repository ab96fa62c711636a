import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, it } from 'mocha';
import { Random } from '../unit/s3vectors/random';
import { startServer, type ServerProcess } from '../unit/s3vectors/server-process';
import { temporaryDirectory } from '../unit/s3vectors/temporary-directory';
import { allMistakes, fuzzedRequest, type FuzzedRequest } from './fuzz-requests';

// Mutated requests of every operation over raw connections. S3_VECTORS_FUZZ_REQUESTS sets how many,
// S3_VECTORS_FUZZ_SEED where the random numbers begin; a failure names the request by its own seed.
const REQUESTS = Number(process.env['S3_VECTORS_FUZZ_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['S3_VECTORS_FUZZ_SEED'] ?? 1);
const CLIENTS = 12;
/** Milliseconds for an answer to come: far beyond what any of these requests takes. */
const HANG = 25_000;
/** Resident bytes that the server may have used at most, whatever the number of requests. */
const MEMORY = 900 * 2 ** 20;

/** The answer's bytes; undefined when none came in time. */
function exchange(port: number, { pieces, awaitsAnswer }: FuzzedRequest): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const finish = (answer: string | undefined): void => {
      clearTimeout(hang);
      socket.destroy();
      resolve(answer);
    };
    const hang = setTimeout(() => finish(undefined), HANG);
    socket.on('error', () => finish(received)); // refused and reset: an answer too
    socket.on('close', () => finish(received));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (isWhole(received)) finish(received);
    });
    socket.once('connect', () => {
      const send = (at: number): void => {
        const piece = pieces[at];
        if (piece === undefined) {
          if (!awaitsAnswer) setTimeout(() => finish(received), 5);
          return;
        }
        socket.write(piece, () => (at + 1 < pieces.length ? setTimeout(send, 3, at + 1) : send(at + 1)));
      };
      send(0);
    });
  });
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0 || received.startsWith('HTTP/1.1 100')) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end + 2))?.[1];
  return length !== undefined && received.length >= end + 4 + Number(length);
}

/** What is wrong with the answer to a request; undefined when nothing is. */
function fault(answer: string | undefined): string | undefined {
  if (answer === undefined) return 'no answer';
  for (const [, status] of answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
    if (Number(status) >= 500) return `status ${status}: ${answer.slice(-300)}`;
  }
  return /ServiceInternalError|InternalFailure/.test(answer) ? answer.slice(-300) : undefined;
}

function residentBytes(pid: number): number | undefined {
  try {
    const high = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return high === undefined ? undefined : Number(high) * 1024;
  } catch {
    return undefined; // a system without /proc
  }
}

async function prepare(server: ServerProcess): Promise<void> {
  await server.call('CreateVectorBucket', { vectorBucketName: 'fuzz-bucket' });
  const index = { vectorBucketName: 'fuzz-bucket', indexName: 'fuzz-index' };
  const shape = { dataType: 'float32', dimension: 4, distanceMetric: 'euclidean' };
  assert.equal((await server.call('CreateIndex', { ...index, ...shape })).status, 200);
}

describe('S3 Vectors Local, Cloud Control and the stand-ins, sent nonsense', () => {
  it(`answer each of ${REQUESTS} mutated requests, none with a 5xx, and keep their memory`, async function () {
    this.timeout(60_000 + REQUESTS * 20);
    const server = await startServer(temporaryDirectory());
    try {
      await prepare(server);
      const random = new Random(SEED);
      const faults: string[] = [];
      const statuses = new Map<string, number>();
      let left = REQUESTS;
      const client = async (): Promise<void> => {
        while (left > 0 && faults.length < 20) {
          left -= 1;
          const seed = random.bits();
          const request = fuzzedRequest(new Random(seed));
          const answer = await exchange(server.port, request);
          const status = answer === undefined ? 'none' : answer === '' ? 'closed' : answer.slice(9, 12);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          const wrong = fault(answer);
          if (wrong !== undefined) {
            const sent = Buffer.concat(request.pieces).toString('latin1');
            faults.push(`seed ${seed}: ${wrong}\n  to ${JSON.stringify(sent.slice(0, 600))}`);
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      assert.deepEqual(faults, []);
      assert.equal(server.child.exitCode, null, server.output());
      assert.equal(server.child.signalCode, null, server.output());

      assert.equal((await server.call('ListVectorBuckets', {})).status, 200);
      const used = residentBytes(server.child.pid ?? 0);
      assert.ok(used === undefined || used < MEMORY, `the server has used ${used} bytes`);
      console.log(
        `      ${[...statuses]
          .sort()
          .map(([status, count]) => `${status}: ${count}`)
          .join(', ')}; ` + `at most ${((used ?? 0) / 2 ** 20).toFixed(0)} MiB resident`,
      );
    } finally {
      await server.end('SIGTERM');
    }
  });

  it('refuse what is nested beyond all use, and take what is nested as deep as is allowed', async function () {
    this.timeout(60_000);
    const server = await startServer(temporaryDirectory());
    try {
      await prepare(server);
      const query = (filter: string): Promise<string | undefined> => {
        const index = '"vectorBucketName":"fuzz-bucket","indexName":"fuzz-index"';
        const body = `{${index},"topK":1,"queryVector":{"float32":[1,2,3,4]},"filter":${filter}}`;
        const head = `POST /QueryVectors HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n`;
        const pieces = [Buffer.from(`${head}connection: close\r\n\r\n${body}`)];
        return exchange(server.port, { pieces, awaitsAnswer: true });
      };
      const nested = (levels: number) => `${'{"$and":['.repeat(levels)}{"a":1}${']}'.repeat(levels)}`;
      for (const levels of [400, 490]) assert.match((await query(nested(levels))) ?? '', /^HTTP\/1.1 [24]0/);
      for (const levels of [501, 20_000]) {
        assert.match((await query(nested(levels))) ?? '', /^HTTP\/1.1 400 [^]*SerializationException/);
      }
    } finally {
      await server.end('SIGTERM');
    }
  });

  it('answer bodies that are nothing but mistakes with little, at once and in little memory', async function () {
    this.timeout(120_000);
    const server = await startServer(temporaryDirectory());
    try {
      await prepare(server);
      for (const { name, operation, body } of allMistakes(3 * 2 ** 20)) {
        const head = `POST /${operation} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
        const started = Date.now();
        const answer = await exchange(server.port, {
          pieces: [Buffer.from(head + body)],
          awaitsAnswer: true,
        });
        assert.match(answer ?? 'no answer', /^HTTP\/1.1 400 /, name);
        assert.ok((answer ?? '').length < 500_000, `${name}: ${answer?.length} bytes`);
        assert.ok(Date.now() - started < 10_000, `${name} took ${Date.now() - started} ms`);
      }
      assert.ok(
        Math.max(
          ...server
            .output()
            .split('\n')
            .map((line) => line.length),
        ) < 10_000,
      );
      const used = residentBytes(server.child.pid ?? 0);
      assert.ok(used === undefined || used < MEMORY, `the server has used ${used} bytes`);
    } finally {
      await server.end('SIGTERM');
    }
  });
});
