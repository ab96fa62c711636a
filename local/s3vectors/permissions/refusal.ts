// A request that may not pass, before it is put into the words of the API that it came through.

export type RefusalKind =
  /** Judged, and not allowed. */
  | 'denied'
  /** Nobody signed it. */
  | 'unsigned'
  /** The credentials are nobody's, or nobody's any more. */
  | 'unknownCredentials'
  /** The session is over. */
  | 'expiredCredentials'
  /** Who calls, or what the caller may do, could not be found out. */
  | 'undecidable';

/** The message is for the caller; it holds no credentials. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly kind: RefusalKind,
    message: string,
    /** For the log: more than the caller should have to read. */
    readonly detail?: string,
  ) {
    super(message);
  }
}
