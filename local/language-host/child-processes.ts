// The programs and plug-ins that run for the engine at the moment. None of them may outlive the host.
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';

/** Between asking a child to end and ending it. */
const GRACE_MS = 2000;

export interface ChildProcesses {
  start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Asks the child to end and kills it when it does not. */
  end(child: ChildProcess): void;
  endAll(): void;
  /** At once and without asking: the host itself is about to be gone. */
  killAll(): void;
}

export function childProcesses(): ChildProcesses {
  const running = new Set<ChildProcess>();
  const end = (child: ChildProcess) => {
    if (!running.has(child) || !child.kill('SIGTERM')) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    child.once('exit', () => clearTimeout(timer));
  };
  return {
    start(command, args, options) {
      const child = spawn(command, args, options);
      running.add(child);
      const forget = () => running.delete(child);
      child.once('exit', forget);
      child.once('error', forget);
      return child;
    },
    end,
    endAll: () => running.forEach(end),
    killAll: () => running.forEach((child) => child.kill('SIGKILL')),
  };
}
