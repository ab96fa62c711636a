// Runs a command to its end and reads what it prints line by line, so that a long one can be followed.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  readonly cwd?: string;
  /** The complete environment of the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called with every line of standard output and standard error. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** The command and all that it started are killed after so many ms. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Lets everything else on the machine go first. */
  readonly lowPriority?: boolean;
}

export interface CommandResult {
  /** 0 for success; 127 when there is no such program; 128 + n after signal n or a timeout. */
  readonly code: number;
  readonly stdout: string;
  /** The last lines of both streams together: what to show when it failed. */
  readonly lastLines: readonly string[];
  readonly timedOut: boolean;
}

const KEPT_LINES = 20;

/** Never rejects because of what the command does; an aborted `signal` rejects with its reason. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  // Its own process group: compilers and installers start children, and all of them must end with it.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };
  if (options.lowPriority === true && child.pid !== undefined) lowerPriority(child.pid);

  const stdout: string[] = [];
  const lastLines: string[] = [];
  const follow = (stream: 'stdout' | 'stderr') => {
    createInterface({ input: child[stream] }).on('line', (line) => {
      if (stream === 'stdout') stdout.push(line);
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      options.onLine?.(line, stream);
    });
  };
  follow('stdout');
  follow('stderr');

  let timedOut = false;
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          kill();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  const endWithUs = (signal: NodeJS.Signals) => {
    kill();
    stopListening();
    // Whoever else listens decides what becomes of this process; nobody else: it ends as it would have.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const stopListening = () => {
    process.off('exit', kill);
    for (const signal of ENDING_SIGNALS) process.off(signal, endWithUs);
  };
  process.on('exit', kill);
  for (const signal of ENDING_SIGNALS) process.on(signal, endWithUs);
  try {
    const code = await new Promise<number>((resolve) => {
      child.once('error', (error) => {
        lastLines.push(error.message);
        resolve(127);
      });
      child.once('close', (exitCode, signal) =>
        resolve(exitCode ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)),
      );
    });
    options.signal?.throwIfAborted();
    return { code, stdout: stdout.join('\n'), lastLines, timedOut };
  } finally {
    clearTimeout(timer);
    stopListening();
    options.signal?.removeEventListener('abort', kill);
  }
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 10);
  } catch {
    // The process may have ended already; its priority is a courtesy.
  }
}
