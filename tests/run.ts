// What `npm test` and CI run: the checks of the whole tree, then every test, then one line `N passed, N failed`. A check
// counts as one. Everything runs even after a failure, so that one run shows all.
//
// The tests on the engine mostly wait for it, on one core: all others run beside them, and are shown when they are done.
// What is given to mocha (`npm test -- --grep index`) makes it one run; so does `npm run coverage`, which says besides
// what the tests reach: every process that they start then counts and writes, which costs a quarter more CPU.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lineProgress } from '../local/progress';
import { ensureToolchain } from '../local/toolchain';
import { mochaOutcome, type Outcome } from './run/outcome';

const COVERAGE = '--coverage';
const ALL_TESTS = 'tests/**/*.test.ts';
const ENGINE_TESTS = 'tests/engine/**/*.test.ts';
const root = resolve(__dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const rooms = ['components', 'contract', 'local', 'policy-pack', 'runtime', 'stacks', 'tests'];
const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types', [bin('tsc'), '--noEmit', '-p', root]],
  ['lint', [bin('eslint'), root, '--max-warnings', '0']],
  ['format', [bin('prettier'), '--check', '--log-level', 'warn', root]],
  ['arrows between rooms', [bin('depcruise'), '--config', join(root, '.dependency-cruiser.cjs'), ...rooms]],
];

/** Runs a command from the project's root, its output shown or written to a file; resolves to its exit code. */
function run(
  command: readonly string[],
  { env = process.env, output = 'inherit' }: { env?: NodeJS.ProcessEnv; output?: 'inherit' | number } = {},
): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', output, output] });
    child.once('error', fail);
    child.once('exit', (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

/** Gets what the engine tests need before any of them runs: on a new machine that takes minutes, and says so. */
async function toolchain(): Promise<number> {
  try {
    await ensureToolchain({ report: lineProgress(process.stdout) });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

/** Runs mocha with these arguments; its output goes to the terminal, or to the file of this descriptor. */
async function mocha(
  scratch: string,
  name: string,
  args: readonly string[],
  output: 'inherit' | number = 'inherit',
): Promise<Outcome> {
  const totals = join(scratch, `${name}.json`);
  const command = [bin('mocha'), '--reporter', join(__dirname, 'totals-reporter.cjs'), ...args];
  const code = await run(process.argv.includes(COVERAGE) ? [bin('c8'), ...command] : command, {
    env: {
      ...process.env,
      TEST_TOTALS_FILE: totals,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    output,
  });
  return mochaOutcome(code, () => readFileSync(totals, 'utf8'));
}

/** The tests on the engine are shown as they go; the others, which are done sooner, after them. */
async function engineAndOthers(scratch: string): Promise<readonly Outcome[]> {
  const shownLater = join(scratch, 'others.txt');
  const output = openSync(shownLater, 'w');
  const others = mocha(scratch, 'others', [ALL_TESTS, '--ignore', ENGINE_TESTS], output);
  const engine = await mocha(scratch, 'engine', [ENGINE_TESTS]);
  const outcomes = [engine, await others];
  closeSync(output);
  process.stdout.write(readFileSync(shownLater));
  return outcomes;
}

async function main(): Promise<void> {
  let passed = 0;
  let failed = 0;
  const count = (name: string, code: number) => {
    console.log(`${code === 0 ? '✔' : '✖'} check: ${name}`);
    if (code === 0) passed += 1;
    else failed += 1;
  };
  for (const [name, command] of checks) count(name, await run(command));
  count('tool chain', await toolchain());

  const given = process.argv.slice(2);
  const scratch = mkdtempSync(join(tmpdir(), 'pulumi-s3-vectors-tests-'));
  const outcomes =
    given.length > 0
      ? [await mocha(scratch, 'all', [ALL_TESTS, ...given.filter((argument) => argument !== COVERAGE)])]
      : await engineAndOthers(scratch);
  rmSync(scratch, { recursive: true, force: true });
  for (const outcome of outcomes) {
    passed += outcome.passed;
    failed += outcome.failed;
    for (const problem of outcome.problems) console.error(problem);
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
