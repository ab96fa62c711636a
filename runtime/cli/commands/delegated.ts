// Commands that other rooms of the package own: `policy` and `local` are theirs, run as processes of their own with the
// person's terminal, so that the runtime loads nothing of them.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';

const ROOT = path.resolve(__dirname, '..', '..', '..');
const COMMANDS = {
  policy: {
    file: 'policy-pack/cli.ts',
    description: 'judge a policy document or a stack export as the policy pack would',
  },
  local: {
    file: 'local/cli/main.ts',
    description: 'start, look at and stop the local cloud',
  },
} as const;

export function declareDelegated(program: Command, handOver: () => void): void {
  for (const [name, { file, description }] of Object.entries(COMMANDS)) {
    program
      .command(name)
      .description(description)
      .argument('[args...]')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (args: string[]) => {
        handOver();
        process.exitCode = await run(path.join(ROOT, file), args);
      });
  }
}

/** Resolves to the exit code, for a signal as a shell would have it. */
async function run(file: string, args: readonly string[]): Promise<number> {
  const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', tsx, file, ...args], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; ours must not end before the other has cleaned up.
  const wait = (): void => undefined;
  const pass = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', pass);
  }
}
