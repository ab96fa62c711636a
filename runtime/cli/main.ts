// `s3-vectors <command>`: runs it, and turns whatever it threw into a message and an exit code.
import { EXIT } from './exit-codes';
import { interruptionOf } from './interruption';
import { exitCodeOf, messageFor } from './outcome';
import { s3VectorsProgram } from './program';

async function main(): Promise<void> {
  const interruption = interruptionOf(process);
  try {
    await s3VectorsProgram(interruption.signal, interruption.handOver).parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error, interruption.signal);
    const message = messageFor(error, interruption.signal);
    if (message !== undefined) process.stderr.write(`${message}\n`);
  }
  await interruption.end();
}

// Whoever reads our output may have seen enough (`| head`), which hides no failure that is known by then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.success);
  process.stderr.write(`Standard output cannot be written (${error.message}).\n`);
  process.exit(EXIT.failure);
});
// Of remarks that cannot be written nothing is lost that anybody could be told of.
process.stderr.on('error', () => undefined);

void main();
