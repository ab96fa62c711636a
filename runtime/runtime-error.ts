// The errors of the runtime: each has a code to branch on, a message that says what to do, and its cause.

/** Base of every error that the runtime throws itself; `code` is stable, the message is for people. */
export abstract class RuntimeError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
