// What `npm test` and CI run: the checks of the whole tree, then every test, then one line `N passed, N failed`. A check
// counts as one. Everything runs even after a failure, so that one run shows all. `npm run coverage` says besides what
// the tests reach: every process that they start then counts and writes, which costs a quarter more CPU.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lineProgress } from '../local/progress';
import { ensureToolchain } from '../local/toolchain';
import { mochaOutcome } from './run/outcome';

const COVERAGE = '--coverage';
const root = resolve(__dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const rooms = ['components', 'contract', 'local', 'policy-pack', 'runtime', 'stacks', 'tests'];
const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types', [bin('tsc'), '--noEmit', '-p', root]],
  ['lint', [bin('eslint'), root, '--max-warnings', '0']],
  ['format', [bin('prettier'), '--check', '--log-level', 'warn', root]],
  ['arrows between rooms', [bin('depcruise'), '--config', join(root, '.dependency-cruiser.cjs'), ...rooms]],
];

/** Runs a command from the project's root with its output shown; resolves to its exit code. */
function run(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
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

  const scratch = mkdtempSync(join(tmpdir(), 'pulumi-s3-vectors-tests-'));
  const totals = join(scratch, 'totals.json');
  const mocha = [
    bin('mocha'),
    '--reporter',
    join(__dirname, 'totals-reporter.cjs'),
    'tests/**/*.test.ts',
    ...process.argv.slice(2).filter((argument) => argument !== COVERAGE),
  ];
  const command = process.argv.includes(COVERAGE) ? [bin('c8'), ...mocha] : mocha;
  const code = await run(command, {
    ...process.env,
    TEST_TOTALS_FILE: totals,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const outcome = mochaOutcome(code, () => readFileSync(totals, 'utf8'));
  rmSync(scratch, { recursive: true, force: true });
  passed += outcome.passed;
  failed += outcome.failed;
  for (const problem of outcome.problems) console.error(problem);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
