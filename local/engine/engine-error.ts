/** A `pulumi` command that failed: which one, on which stack, and what it printed. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    message: string,
    /** Everything the command printed, in order. */
    readonly printed: string,
  ) {
    super(`${message}\n${printed.trim()}`);
  }
}
