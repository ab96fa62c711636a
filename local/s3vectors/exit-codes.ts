// What the exit code of `s3-vectors-local` means. Documented in docs/s3-vectors-local.md.

export const EXIT = {
  success: 0,
  /** Something went wrong; the message says what. */
  failure: 1,
  /** The command line or one of its options makes no sense; nothing was touched. */
  usage: 2,
  /** The port or the data directory cannot be had: in use, of a newer format, not writable. */
  unavailable: 3,
} as const;
