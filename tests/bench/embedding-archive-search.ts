// What an exact search over an embedding archive takes: objects a second and memory while it streams. The objects come
// from a server of this machine in a process of its own, so that only the search is measured.
//   npx tsx tests/bench/embedding-archive-search.ts [objects] [dimension]
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmbeddingArchive } from '../../runtime/embedding-archive/embedding-archive';

const objects = Number(process.argv[2] ?? 5_000);
const dimension = Number(process.argv[3] ?? 3_072);
const PAGE = 1_000;
const MIB = 2 ** 20;

/** A bucket of as many objects as asked for, made up as they are asked for. */
function serve(): void {
  const body = JSON.stringify({
    embedding: Array.from({ length: dimension }, (_, at) =>
      Math.fround(Math.sin(at + 1) / Math.sqrt(dimension)),
    ),
    text: 'a text of some length',
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (!url.searchParams.has('list-type')) {
      response.end(body);
      return;
    }
    const begin = Number(url.searchParams.get('continuation-token') ?? 0);
    const warming = url.searchParams.get('prefix') !== 'embeddings/';
    const end = warming ? 200 : Math.min(objects, begin + PAGE);
    const keys = Array.from(
      { length: end - begin },
      (_, at) => `<Contents><Key>embeddings/${String(begin + at).padStart(9, '0')}.json</Key></Contents>`,
    ).join('');
    const next = end < objects && !warming ? `<NextContinuationToken>${end}</NextContinuationToken>` : '';
    response.end(
      `<ListBucketResult><IsTruncated>${String(end < objects && !warming)}</IsTruncated>${next}${keys}</ListBucketResult>`,
    );
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}

async function measure(): Promise<void> {
  const server = fork(__filename, [String(objects), String(dimension), 'serve']);
  const port = await new Promise((resolve) => server.once('message', resolve));
  const archive = new EmbeddingArchive({
    bucketName: 'a-bucket',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${String(port)}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const query = Array.from({ length: dimension }, (_, at) => Math.cos(at));
  await archive.search(query, { prefix: 'warm' });
  const before = process.memoryUsage().rss;
  let highest = before;
  const watching = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const { searched, matches } = await archive.search(query, { topK: 10 });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watching);
  console.log(
    [
      `${searched} objects of ${dimension} dimensions, ${matches.length} matches`,
      `${(searched / seconds).toFixed(0)} objects/s, ${((user + system) / 1000 / searched).toFixed(2)} ms CPU an object`,
      `memory grew by ${((highest - before) / MIB).toFixed(0)} MiB at most; the objects are ${((searched * dimension * 21.3) / MIB).toFixed(0)} MiB`,
    ].join('\n'),
  );
  await archive.close();
  server.disconnect();
}

if (process.argv[4] === 'serve') serve();
else void measure();
