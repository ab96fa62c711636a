// Ctrl-C and SIGTERM: the first asks the command to end, which it does with a report of what it has done; the second, or
// a command that hangs all the same, ends the process.
import type { EventEmitter } from 'node:events';
import { CommandFailure, EXIT } from './exit-codes';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Milliseconds that a command has after the first signal: for a checkpoint to be saved, not for an outage to pass. */
export const GRACE = 5_000;
/** Milliseconds that the reader of our output has, once the command has ended. */
const LAST_WORDS = 500;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Leaves signals to another process for which this one waits. */
  readonly handOver: () => void;
  /** Ends the process if it was interrupted, whatever still keeps it alive; call it when the command has ended. */
  readonly end: () => Promise<void>;
}

/** What it needs of a process. */
export type InterruptedProcess = Pick<EventEmitter, 'on' | 'off'> & {
  exit(code: number): void;
  readonly exitCode?: number | string | null | undefined;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
};

/** @param grace milliseconds */
export function interruptionOf(process: InterruptedProcess, grace = GRACE): Interruption {
  const controller = new AbortController();
  const { signal } = controller;
  const exit = (): void => process.exit(EXIT.interrupted);
  const onSignal = (): void => {
    if (signal.aborted) {
      exit();
      return;
    }
    setTimeout(() => {
      process.stderr.write('Interrupted; what was under way did not end in time.\n');
      exit();
    }, grace).unref();
    controller.abort(new CommandFailure('Interrupted.', EXIT.interrupted));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal,
    handOver: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
    end: async () => {
      if (!signal.aborted) return;
      const { stdout } = process;
      await new Promise<void>((resolve) => {
        setTimeout(resolve, LAST_WORDS);
        stdout.write('', () => resolve());
      });
      process.exit(Number(process.exitCode ?? EXIT.success));
    },
  };
}
