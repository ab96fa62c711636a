// A request and an answer as plain values, so that what answers does not know of sockets.
import type { Breakage } from './broken-answer';

export interface Request {
  /** `x-amzn-requestid` of the answer. */
  readonly id: string;
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Name of the error, for the log. */
  readonly error?: string;
  /** More about the error than the answer says, for the log. Holds no request body. */
  readonly detail?: string;
  /** The answer does not arrive whole; only where failures are practised. */
  readonly breakage?: Breakage;
}

/** One of the APIs behind the port. */
export interface Front {
  /** What the request is called in the log; undefined when this front does not answer it. */
  nameOf(request: Omit<Request, 'body'>): string | undefined;
  /** True where successes are not worth a log line: health checks come every second. */
  readonly logsFailuresOnly?: boolean;
  answer(request: Request): Promise<Answer>;
  /** The answer to a request whose body is larger than the limit. */
  tooLarge(limit: number): Answer;
}
