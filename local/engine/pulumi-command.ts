// Runs the Pulumi CLI to its end. An interrupt is passed on once and waited for: the engine then finishes the
// operation under way and unlocks the stack, which a plain kill would leave locked and in doubt.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface PulumiCommandOptions {
  /** Absolute path of the CLI. */
  readonly pulumi: string;
  /** Directory of the Pulumi project. */
  readonly directory: string;
  /** The complete environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface PulumiCommandResult {
  /** 0 for success, 130 when it was interrupted. */
  readonly code: number;
  readonly stdout: string;
  /** Both streams in the order of arrival. */
  readonly printed: string;
}

/** How long an interrupted engine may take to come to a consistent end, in ms. */
const GRACE_MS = 30_000;
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Rejects only when the CLI cannot be started; an exit code is an answer. */
export async function pulumiCommand(
  args: readonly string[],
  options: PulumiCommandOptions,
): Promise<PulumiCommandResult> {
  // A group of its own, so that a terminal's Ctrl-C reaches it once, from here, and not twice: the engine takes
  // a second interrupt as "stop at once".
  const child = spawn(options.pulumi, ['--non-interactive', '--color', 'never', ...args], {
    cwd: options.directory,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stdout: string[] = [];
  const printed: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream] }).on('line', (line) => {
      if (stream === 'stdout') stdout.push(line);
      printed.push(line);
      options.onLine?.(line);
    });
  }

  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    signalGroup(child.pid, 'SIGINT');
    timer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  for (const signal of PASSED_ON) process.on(signal, interrupt);
  options.signal?.addEventListener('abort', interrupt, { once: true });
  if (options.signal?.aborted === true) interrupt();
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve(signal === null ? (exitCode ?? 1) : 130));
    });
    return { code, stdout: stdout.join('\n'), printed: printed.join('\n') };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', interrupt);
    for (const signal of PASSED_ON) process.off(signal, interrupt);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
