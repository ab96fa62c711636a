// `s3-vectors <command>`: runs it, and turns whatever it threw into a message and an exit code.
import { CommandFailure, EXIT } from './exit-codes';
import { exitCodeOf, messageFor } from './outcome';
import { s3VectorsProgram } from './program';

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // The second time the process ends as it would have.
    process.once(signal, () => interruption.abort(new CommandFailure('Interrupted.', EXIT.interrupted)));
  }
  try {
    await s3VectorsProgram(interruption.signal).parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error, interruption.signal);
    const message = messageFor(error, interruption.signal);
    if (message !== undefined) process.stderr.write(`${message}\n`);
  }
}

// Whoever reads our output may have seen enough (`| head`); of remarks that nobody reads, nothing is lost.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.success);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main();
