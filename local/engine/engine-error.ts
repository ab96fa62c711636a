// A `pulumi` command that failed: which one, on which stack, and what of its output tells why.
import { whatFailed } from './printed';

export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    message: string,
    /** Everything the command printed, in order. */
    readonly printed: string,
  ) {
    super(`${message}\n${whatFailed(printed)}`);
  }
}
