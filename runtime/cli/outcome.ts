// What becomes of an error: the exit code, and the words on standard error.
import { CommanderError } from 'commander';
import { InvalidInputError } from '../../contract/invalid-input';
import { messageOf, RuntimeError } from '../runtime-error';
import { CommandFailure, EXIT } from './exit-codes';
import type { ExitCode } from './exit-codes';

/** @param signal the one that Ctrl-C sets off: what was thrown after it is a consequence of it */
export function exitCodeOf(error: unknown, signal: AbortSignal): ExitCode {
  if (signal.aborted) return EXIT.interrupted;
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof InvalidInputError) return EXIT.usage;
  if (error instanceof RuntimeError && NOT_THERE.includes((error as RuntimeError).code)) return EXIT.notFound;
  return EXIT.failure;
}

const NOT_THERE = ['INDEX_NOT_FOUND', 'BUCKET_NOT_FOUND', 'NOT_FOUND'];

/** Undefined where it was printed already. Our own errors say what to do; of others, which should not come, the stack is wanted. */
export function messageFor(error: unknown, signal: AbortSignal): string | undefined {
  // Commander has printed its own.
  if (error instanceof CommanderError) return undefined;
  if (
    error instanceof CommandFailure ||
    error instanceof InvalidInputError ||
    error instanceof RuntimeError
  ) {
    return error.message;
  }
  if (signal.aborted) return messageOf(signal.reason);
  if (!(error instanceof Error)) return String(error);
  // Of the system: no space left, a file that went away.
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}
