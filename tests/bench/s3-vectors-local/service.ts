// The whole service through the AWS SDK, in a process of its own: what a put costs server and client, how long a
// query takes one caller and eight, how much memory it keeps, and how soon it answers after a start.
import { BenchIndex, ownServer, type Endpoint } from './endpoints';
import { MadeVectors } from './made-vectors';
import { heading, megabytes, milliseconds, repeated, row, timed } from './timing';

const BATCH = 500;

export async function benchService(
  dataDir: string,
  count: number,
  dimension: number,
  rounds: number,
): Promise<void> {
  const bytes = count * dimension * Float32Array.BYTES_PER_ELEMENT;
  heading(`Service through the AWS SDK: ${count} x ${dimension}, ${megabytes(bytes)}`);
  const made = new MadeVectors(dimension);
  let server = await ownServer(dataDir);
  const before = await usageOf(server);
  let index = new BenchIndex(server.url);
  await index.create(dimension);
  let clientCpu = 0;
  const serverBefore = (await usageOf(server)).cpuMilliseconds;
  const putting = await timed(async () => {
    for (let from = 0; from < count; from += BATCH) {
      const vectors = Array.from({ length: Math.min(BATCH, count - from) }, () => made.nextShort());
      const began = process.cpuUsage();
      await index.put(from, vectors);
      const { user, system } = process.cpuUsage(began);
      clientCpu += (user + system) / 1000;
    }
  });
  const serverCpu = (await usageOf(server)).cpuMilliseconds - serverBefore;
  const batches = count / BATCH;
  row('put, 500 a request', `${((1000 * count) / putting).toFixed(0)}/s`);
  row('CPU a request: client', milliseconds(clientCpu / batches));
  row(
    'CPU a request: server',
    milliseconds(serverCpu / batches),
    `${(serverCpu / clientCpu).toFixed(2)} x client`,
  );

  await index.query(made.nextShort(), 10);
  row('', 'p50', 'p99', 'queries/s');
  for (const callers of [1, 8]) {
    const { times, perSecond } = await repeated(callers, rounds * callers, () =>
      index.query(made.nextShort(), 10),
    );
    row(
      `query top-10, ${callers} caller(s)`,
      milliseconds(times.p50),
      milliseconds(times.p99),
      perSecond.toFixed(1),
    );
  }
  const { residentBytes } = await usageOf(server);
  const more = residentBytes - before.residentBytes;
  row('memory more than empty', megabytes(more), `${(more / bytes).toFixed(2)} x vectors`);
  index.close();
  await server.stop();

  const began = performance.now();
  server = await ownServer(dataDir);
  const listening = performance.now() - began;
  index = new BenchIndex(server.url);
  const { vectors } = await index.query(made.nextShort(), 10);
  if (vectors?.length !== Math.min(10, count)) throw new Error('the restarted server lost vectors');
  row('start: process ready', milliseconds(listening));
  row('start: first answer', milliseconds(performance.now() - began));
  const restarted = (await usageOf(server)).residentBytes - before.residentBytes;
  row(
    'memory more than empty, after it',
    megabytes(restarted),
    `${(restarted / bytes).toFixed(2)} x vectors`,
  );
  index.close();
  await server.stop();
}

async function usageOf(server: Endpoint) {
  const usage = await server.usage();
  if (usage === undefined) throw new Error('the server tells nothing of what it used');
  return usage;
}
