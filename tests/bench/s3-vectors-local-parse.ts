// What it costs S3 Vectors Local to read PutVectors bodies: CPU time for every 3,072-dimension vector, by JSON.parse and
// straight into float32, for the three ways in which clients write numbers; and, through a real server in a process of
// its own, the CPU time of the server beside that of the AWS SDK that calls it.
// Run: npx tsx tests/bench/s3-vectors-local-parse.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  PutVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { parseJson } from '../../local/s3vectors/http/json-body';
import { parseVectorsBody } from '../../local/s3vectors/http/vectors-body';
import { inputs } from '../../local/s3vectors/model/inputs';
import { readInput } from '../../local/s3vectors/model/shape';

const DIMENSION = 3_072;
const ROUNDS = 6;
const PUTS = 6;
/** Ticks of Linux's /proc/<pid>/stat. */
const MILLISECONDS_PER_TICK = 10;

/** A unit vector of normally distributed components, as embedding models give them. */
function unitVector(): number[] {
  const components = Array.from(
    { length: DIMENSION },
    () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  );
  const length = Math.sqrt(components.reduce((sum, component) => sum + component ** 2, 0));
  return components.map((component) => component / length);
}

const forms: readonly (readonly [string, number, (component: number) => number])[] = [
  ['doubles as models return them (17 digits)', 300, (component) => component],
  ['float32 as JavaScript writes it (17 digits)', 300, (component) => Math.fround(component)],
  ['float32 as its shortest decimal (8 digits)', 500, (component) => Number(component.toPrecision(8))],
];

function millisecondsOf(action: () => void): number {
  const { user, system } = process.cpuUsage();
  action();
  const after = process.cpuUsage();
  return (after.user + after.system - user - system) / 1_000;
}

function parsing(): void {
  for (const [what, count, form] of forms) {
    const vectors = Array.from({ length: count }, (_, at) => ({
      key: `key-${at}`,
      data: { float32: unitVector().map(form) },
      metadata: { title: 'A record', page: at },
    }));
    const body = Buffer.from(JSON.stringify({ vectorBucketName: 'bucket', indexName: 'index', vectors }));
    const cost = (parse: (bytes: Buffer) => unknown): number => {
      readInput(inputs.PutVectors, parse(body));
      const all = millisecondsOf(() => {
        for (let round = 0; round < ROUNDS; round += 1) readInput(inputs.PutVectors, parse(body));
      });
      return all / (ROUNDS * count);
    };
    const before = cost(parseJson);
    const now = cost(parseVectorsBody);
    console.log(
      `${what.padEnd(46)}${before.toFixed(3)} ms/vector by JSON.parse, ${now.toFixed(3)} straight into float32: ` +
        `${(before / now).toFixed(1)} times less`,
    );
  }
}

/** CPU time that a process has used, in milliseconds. Linux only. */
function cpuMilliseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MILLISECONDS_PER_TICK;
}

async function throughTheSdk(): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 's3-vectors-bench-'));
  const main = path.join(__dirname, '../../local/s3vectors/main.ts');
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', main, '--port', '0', '--data-dir', dataDir, '--quiet'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const [ready] = (await once(server.stdout, 'data')) as [Buffer];
    const endpoint = /ready at (\S+)/.exec(ready.toString())?.[1];
    const client = new S3VectorsClient({
      region: 'us-east-1',
      endpoint: endpoint ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const at = { vectorBucketName: 'bench-bucket', indexName: 'index' };
    await client.send(new CreateVectorBucketCommand({ vectorBucketName: at.vectorBucketName }));
    await client.send(
      new CreateIndexCommand({ ...at, dataType: 'float32', dimension: DIMENSION, distanceMetric: 'cosine' }),
    );
    const [, count, form] = forms[2] as (typeof forms)[number];
    const vectors = Array.from({ length: count }, (_, n) => ({
      key: `key-${n}`,
      data: { float32: unitVector().map(form) },
      metadata: { title: 'A record', page: n },
    }));
    const put = () => client.send(new PutVectorsCommand({ ...at, vectors }));
    await put();
    const before = { client: process.cpuUsage(), server: cpuMilliseconds(server.pid ?? 0) };
    const began = performance.now();
    for (let round = 0; round < PUTS; round += 1) await put();
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(before.client);
    const vectorsPut = PUTS * count;
    const own = (user + system) / 1_000 / vectorsPut;
    const served = (cpuMilliseconds(server.pid ?? 0) - before.server) / vectorsPut;
    console.log(
      `PutVectors of ${count} x ${DIMENSION} through the SDK: server ${served.toFixed(3)} ms CPU/vector, ` +
        `client ${own.toFixed(3)}: ${(served / own).toFixed(2)} of the client; ${((vectorsPut / took) * 1_000).toFixed(0)} vectors/s`,
    );
    client.destroy();
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  console.log(`${DIMENSION} dimensions, Node ${process.versions.node}`);
  parsing();
  await throughTheSdk();
}

void main();
