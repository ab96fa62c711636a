// What the components cost: CPU time to load the program of the storage stack beyond bare @pulumi/pulumi, and the time
// of a preview against mocks as a bucket gets more indexes. Run: npx tsx tests/bench/components.ts
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import * as runtime from '@pulumi/pulumi/runtime';
import { VectorBucket } from '../../components/index';

const ROOT = path.resolve(__dirname, '..', '..');
const LOADS = 7;
const TARGET_LOAD_SECONDS = 0.8;
const INDEXES = [0, 25, 50, 100, 200, 400] as const;
const PREVIEWS = 5;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** CPU seconds that a fresh process takes to load a module as Pulumi's host does, tsx and its cache included. */
function loadSeconds(module: string): number {
  const script =
    `require(${JSON.stringify(module)});` +
    'const { user, system } = process.cpuUsage(); console.log((user + system) / 1e6);';
  const run = () =>
    Number(
      execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { cwd: ROOT, encoding: 'utf8' }),
    );
  run(); // Fills the cache of tsx.
  return median(Array.from({ length: LOADS }, run));
}

/** Milliseconds of CPU that the preview of one bucket with so many indexes takes. */
async function previewMilliseconds(count: number): Promise<number> {
  await runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: undefined, state: inputs as object }), call: () => ({}) },
    'bench',
    'bench',
    true,
  );
  const indexes = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `index-${at}`,
      { dimension: 1024, distanceMetric: 'cosine' as const },
    ]),
  );
  const began = process.cpuUsage();
  new VectorBucket('bench', { project: 'acme', environment: 'bench', purpose: 'many', indexes });
  await runtime.disconnect();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e3;
}

async function main(): Promise<void> {
  console.log(`Node ${process.versions.node}; medians of ${LOADS} loads and ${PREVIEWS} previews, CPU time`);
  const bare = loadSeconds('@pulumi/pulumi');
  const storage = loadSeconds(path.join(ROOT, 'stacks', 'storage', 'index.ts'));
  const beyond = storage - bare;
  console.log(
    `load: @pulumi/pulumi ${bare.toFixed(2)} s, storage stack ${storage.toFixed(2)} s, beyond ${beyond.toFixed(2)} s` +
      ` (target under ${TARGET_LOAD_SECONDS} s: ${beyond < TARGET_LOAD_SECONDS ? 'met' : 'MISSED'})`,
  );

  await previewMilliseconds(100); // Warms the just-in-time compiler.
  let before: { count: number; milliseconds: number } | undefined;
  for (const count of INDEXES) {
    const samples: number[] = [];
    for (let sample = 0; sample < PREVIEWS; sample += 1) samples.push(await previewMilliseconds(count));
    const milliseconds = median(samples);
    const added =
      before === undefined
        ? ''
        : `, ${((milliseconds - before.milliseconds) / (count - before.count)).toFixed(2)} ms an added index`;
    console.log(
      `preview: 1 bucket + ${String(count).padStart(3)} indexes ${milliseconds.toFixed(0).padStart(6)} ms${added}`,
    );
    before = { count, milliseconds };
  }
}

void main();
