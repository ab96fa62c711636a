// What the exit code of `s3-vectors` means. Documented in docs/cli.md and in the help.

export const EXIT = {
  success: 0,
  /** Something went wrong; the message says what. */
  failure: 1,
  /** The command line, a file or a setting cannot be used; nothing was done. */
  usage: 2,
  /** Part of it was done: what was not is named, and can be done again. */
  incomplete: 3,
  /** What was asked for is not there. */
  notFound: 4,
  /** Ended by Ctrl-C or a termination signal; what was acknowledged stays. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with `exitCode`, its message printed to standard error. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}
