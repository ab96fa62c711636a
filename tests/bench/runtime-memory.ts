// Resident memory of a put while a million records stream through it. The records are made one by one, each with a
// vector of its own; a process of its own takes the requests and throws them away. Sampled every 250 ms.
// Run: npx tsx tests/bench/runtime-memory.ts [records, default 1000000] [dimension, default 1024]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VectorRecord } from '../../contract/vectors/record';
import { VectorStore } from '../../runtime/vector-store/vector-store';

function serve(): void {
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.once('end', () => {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end('{}');
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}

const MIB = 2 ** 20;

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1_000_000);
  const dimension = Number(process.argv[3] ?? 1_024);
  const service = fork(__filename, ['--serve']);
  const [port] = (await once(service, 'message')) as [number];
  const store = new VectorStore({
    vectorBucketName: 'acme-bench-vector-memory',
    indexName: 'episodes',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench' },
    shape: { dimension, distanceMetric: 'cosine', dataType: 'float32', nonFilterableMetadataKeys: [] },
    writeQuota: { vectorsPerSecond: 1e9, requestsPerSecond: 1e9 },
  });
  const numbers = Float32Array.from({ length: dimension + 4_096 }, (_, at) => Math.sin(at + 1) / 32);
  let read = 0;
  function* records(): Generator<VectorRecord> {
    for (; read < count; read += 1) {
      yield { key: `record-${read}`, data: numbers.slice(read % 4_096, (read % 4_096) + dimension) };
    }
  }

  const rss = () => process.memoryUsage.rss() / MIB;
  const before = rss();
  const samples: { readonly share: number; readonly rss: number }[] = [];
  const timer = setInterval(() => samples.push({ share: read / count, rss: rss() }), 250);
  const began = process.cpuUsage();
  const report = await store.put(records());
  const { user, system } = process.cpuUsage(began);
  clearInterval(timer);
  store.close();
  service.disconnect();

  console.log(
    `${report.written} records of ${dimension} dimensions written in ${report.batches} requests, ` +
      `${(report.bytes / 1e9).toFixed(1)} GB, ${report.seconds.toFixed(0)} s, ` +
      `${((user + system) / count).toFixed(0)} µs of CPU a record; ${report.failed.length} failed`,
  );
  console.log(`resident memory before: ${before.toFixed(0)} MiB (Node, tsx and the AWS SDK)`);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const part = samples
      .filter(({ share }) => Math.min(9, Math.floor(share * 10)) === tenth)
      .map((sample) => sample.rss);
    if (part.length === 0) continue;
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    console.log(
      `  ${String(tenth * 10).padStart(3)}–${tenth * 10 + 10} %: ${mean.toFixed(0)} MiB on average, ${Math.max(...part).toFixed(0)} at most`,
    );
  }
}

if (process.argv[2] === '--serve') serve();
else void main();
