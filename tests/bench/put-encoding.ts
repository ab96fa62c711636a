// What a put costs against the plain AWS SDK call, measured in one run of one process: request bytes and CPU time for
// every 3,072-dimension vector, and memory while many records stream through. Nothing is sent: a request handler
// takes the signed request and answers. Run: npx tsx tests/bench/put-encoding.ts
import { PutVectorsCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import type { VectorRecord } from '../../contract/vectors/record';
import { VectorStore } from '../../runtime/vector-store/vector-store';

const DIMENSION = 3_072;
const BATCH = 500;
const WARM_UP = 3;
const ROUNDS = 12;
const STREAMED = 20_000;
const TARGET = { vectorBucketName: 'acme-bench-vector-put', indexName: 'episodes' };

interface Sent {
  requests: number;
  bytes: number;
}

/** A client that does everything but sending. A body of text is turned into bytes, as the SDK's own handler does. */
function measuringClient(sent: Sent): S3VectorsClient {
  return new S3VectorsClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { body: unknown }) => {
        sent.requests += 1;
        const body = request.body as string | Uint8Array;
        sent.bytes += typeof body === 'string' ? Buffer.from(body).length : body.byteLength;
        const response = {
          statusCode: 200,
          headers: { 'content-type': 'application/json' },
          body: new Uint8Array(),
        };
        return Promise.resolve({ response }) as never;
      },
    },
  });
}

/** Components as embedding models give them: normally distributed, the vector of length one. */
function vectors(count: number): number[][] {
  return Array.from({ length: count }, () => {
    const components = Array.from(
      { length: DIMENSION },
      () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
    );
    const length = Math.sqrt(components.reduce((sum, component) => sum + component ** 2, 0));
    return components.map((component) => Math.fround(component / length));
  });
}

interface Measured {
  readonly bytesPerVector: number;
  readonly cpuMicrosecondsPerVector: number;
}

type Put = (records: VectorRecord[]) => Promise<void>;

/** Both ways in turns, so that whatever else the machine does falls on both; what compiling costs is left out. */
async function measure(ways: readonly { put: Put; sent: Sent }[]): Promise<Measured[]> {
  const records = vectors(BATCH).map((data, at) => ({ key: `key-${at}`, data }));
  const spent = ways.map(() => 0);
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [at, { put, sent }] of ways.entries()) {
      if (round === 0) sent.bytes = 0;
      const began = process.cpuUsage();
      await put(records);
      const { user, system } = process.cpuUsage(began);
      if (round >= 0) spent[at] = (spent[at] ?? 0) + user + system;
    }
  }
  return ways.map(({ sent }, at) => ({
    bytesPerVector: sent.bytes / (ROUNDS * BATCH),
    cpuMicrosecondsPerVector: (spent[at] ?? 0) / (ROUNDS * BATCH),
  }));
}

async function main(): Promise<void> {
  const plainSent = { requests: 0, bytes: 0 };
  const plainClient = measuringClient(plainSent);
  const plainPut = async (records: VectorRecord[]) => {
    const input = records.map(({ key, data }) => ({ key, data: { float32: data as number[] } }));
    await plainClient.send(new PutVectorsCommand({ ...TARGET, vectors: input }));
  };

  const storeSent = { requests: 0, bytes: 0 };
  const store = new VectorStore({
    ...TARGET,
    client: measuringClient(storeSent),
    shape: {
      dimension: DIMENSION,
      distanceMetric: 'cosine',
      dataType: 'float32',
      nonFilterableMetadataKeys: [],
    },
    writeQuota: { vectorsPerSecond: 1e9, requestsPerSecond: 1e9 },
  });
  const ownPut = async (records: VectorRecord[]) => {
    const { failed } = await store.put(records);
    if (failed.length > 0) throw new Error(failed[0]?.reason);
  };
  const [plain, own] = (await measure([
    { put: plainPut, sent: plainSent },
    { put: ownPut, sent: storeSent },
  ])) as [Measured, Measured];

  const [template] = vectors(1) as [number[]];
  let most = 0;
  function* stream(): Generator<VectorRecord> {
    for (let at = 0; at < STREAMED; at += 1) {
      if (at % 500 === 0) most = Math.max(most, process.memoryUsage().rss);
      yield { key: `streamed-${at}`, data: template };
    }
  }
  await store.put(stream());
  const first = process.memoryUsage().rss;
  most = 0;
  await store.put(stream());

  const row = (what: string, of: Measured) => {
    console.log(
      `${what.padEnd(32)}${of.bytesPerVector.toFixed(0).padStart(8)} bytes/vector${of.cpuMicrosecondsPerVector.toFixed(0).padStart(8)} µs CPU/vector`,
    );
  };
  console.log(
    `PutVectors, ${DIMENSION} dimensions, ${BATCH} records a request, Node ${process.versions.node}`,
  );
  row('plain AWS SDK call', plain);
  row('VectorStore.put, records checked', own);
  console.log(
    `ratio${' '.repeat(27)}${(own.bytesPerVector / plain.bytesPerVector).toFixed(3).padStart(8)} of the bytes` +
      `${(own.cpuMicrosecondsPerVector / plain.cpuMicrosecondsPerVector).toFixed(3).padStart(10)} of the CPU time`,
  );
  console.log(
    `memory: ${((most - first) / 2 ** 20).toFixed(0)} MiB more at most while a second ${STREAMED} records streamed (${(most / 2 ** 20).toFixed(0)} MiB in all)`,
  );
}

void main();
