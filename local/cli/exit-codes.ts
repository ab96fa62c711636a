// What the exit code of `npm run local` means. Documented in docs/local-cloud.md.

export const EXIT = {
  success: 0,
  /** Something went wrong; the message says what. */
  failure: 1,
  /** The command line is not understood, or a question cannot be asked. */
  usage: 2,
  /** `status`: the local cloud is not running or only in part. Other commands: it must run and does not. */
  notRunning: 3,
  /** The machine lacks something that only its owner can provide. */
  prerequisite: 4,
} as const;

/** Ends the command with `exitCode` after its message has been printed to standard error. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
