// How long the service waits for a client. Every stage of an exchange has an end, so that nothing hangs for ever, and
// all ends are far beyond what a client on the same machine needs.

/** All in milliseconds. */
export interface Patience {
  /** For the first bytes of a connection, and for a whole header from there. */
  readonly header: number;
  /** Between two pieces of a body. */
  readonly bodyPause: number;
  /** For a whole body. */
  readonly body: number;
  /** For a client to take a whole answer. */
  readonly answer: number;
  /** For the next request of a connection. */
  readonly idle: number;
  /** For requests under way when the service is closed. */
  readonly closing: number;
}

export const PATIENCE: Patience = {
  header: 20_000,
  bodyPause: 30_000,
  body: 300_000,
  answer: 60_000,
  idle: 60_000,
  closing: 10_000,
};

/**
 * Bytes of a request's line and headers. UntagResource carries up to 50 tag keys of 128 characters in its path, where
 * each may take twelve bytes; a signature takes about one kilobyte.
 */
export const HEADER_LIMIT = 96 * 1024;

/** Requests that one HTTP/2 connection may have under way. */
export const STREAM_LIMIT = 100;
