// `npm run local -- <command>`.
import { CommanderError } from 'commander';
import { PrerequisiteError } from '../toolchain';
import { CommandFailure, EXIT } from './exit-codes';
import { localProgram } from './program';

async function main(): Promise<void> {
  const program = localProgram();
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Commander has printed its own.
    if (!(error instanceof CommanderError)) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof PrerequisiteError) return EXIT.prerequisite;
  if (error instanceof AggregateError && error.errors.some((one) => one instanceof PrerequisiteError)) {
    return EXIT.prerequisite;
  }
  return EXIT.failure;
}

// Whoever reads our output may have seen enough (`| head`); the work itself goes on to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main();
