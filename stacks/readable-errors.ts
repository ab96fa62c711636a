// A person who wrote a wrong key needs the message, not the stack of a program that they did not write: Pulumi
// prints a RunError without one.
import * as pulumi from '@pulumi/pulumi';
import { InvalidInputError } from '../contract/invalid-input';

/**
 * Runs a stack's program, which may be asynchronous.
 * @throws pulumi.RunError in place of an InvalidInputError, with the same message.
 */
export async function withReadableErrors<T>(program: () => T): Promise<Awaited<T>> {
  try {
    return await program();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const readable = new pulumi.RunError(error.message);
    // Nobody sees the stack of a RunError, and Pulumi inspects it in colour all the same: Node 20 takes twelve
    // seconds and a gigabyte for frames inside of scoped packages (RangeError in markNodeModules, measured).
    readable.stack = `${readable.name}: ${readable.message}`;
    throw readable;
  }
}
