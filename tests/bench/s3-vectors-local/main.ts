// Measures S3 Vectors Local and prints ratios of one run: searching against the time that all cores need to read the
// same bytes and against plain TypeScript, the service through the AWS SDK, a large index with its start-up; or, with
// --endpoint, the service beside any other S3 Vectors endpoint. Nothing is asserted.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './comparison';
import { otherEndpoint, ownServer, type Endpoint } from './endpoints';
import { benchSearch } from './search';
import { benchService } from './service';

const USAGE = `Usage: npm run bench -- [options]

  --count N          vectors for searching (100000)
  --dimension N      their dimension (3072)
  --rounds N         measurements a figure (20)
  --only PART        search, service or million; default: search and service
  --million N        vectors of 384 dimensions in part "million" (1000000)
  --endpoint URL     measure beside another S3 Vectors endpoint instead;
                     credentials and Region from AWS_ACCESS_KEY_ID,
                     AWS_SECRET_ACCESS_KEY and AWS_REGION, or stand-ins
  --batch N          with --endpoint: vectors a PutVectors request (500)
  --pid N            with --endpoint: its process, to compare memory (Linux)
  --directory DIR    where the data are meanwhile (the system's temporary one)`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string' },
      dimension: { type: 'string', default: '3072' },
      rounds: { type: 'string', default: '20' },
      only: { type: 'string' },
      million: { type: 'string', default: '1000000' },
      endpoint: { type: 'string' },
      batch: { type: 'string', default: '500' },
      pid: { type: 'string' },
      directory: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const parts = values.only === undefined ? ['search', 'service'] : [values.only];
  const unknown = parts.find((part) => !['search', 'service', 'million'].includes(part));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown} is no part: give search, service or million.`);
  const dimension = whole('dimension', values.dimension);
  const rounds = whole('rounds', values.rounds);
  const directory = mkdtempSync(path.join(values.directory, 's3-vectors-bench-'));
  const below = (name: string): string => path.join(directory, name);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
      process.exit(1);
    });
  }
  try {
    if (values.endpoint !== undefined) {
      const own = await ownServer(below('own'));
      try {
        await compare(own, withMemoryOf(otherEndpoint(values.endpoint), values.pid), {
          count: whole('count', values.count ?? '10000'),
          dimension,
          batch: whole('batch', values.batch),
          rounds,
        });
      } finally {
        await own.stop();
      }
      return;
    }
    const count = whole('count', values.count ?? '100000');
    if (parts.includes('search')) {
      await benchSearch(below('search'), count, dimension, rounds);
      rmSync(below('search'), { recursive: true });
    }
    if (parts.includes('service'))
      await benchService(below('service'), Math.min(count, 10_000), dimension, rounds);
    if (parts.includes('million'))
      await benchService(below('million'), whole('million', values.million), 384, rounds);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Adds what /proc tells of the memory of another process. */
function withMemoryOf(endpoint: Endpoint, pid: string | undefined): Endpoint {
  if (pid === undefined) return endpoint;
  return {
    ...endpoint,
    usage() {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Promise.resolve({ cpuMilliseconds: 0, residentBytes: Number(kilobytes) * 1024 });
    },
  };
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} ${text} must be a whole number from 1.`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
