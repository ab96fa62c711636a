// Reads the body of a request: all of it, or the reason why not.
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Patience } from './patience';

/** Why there is no body. */
export type NoBody = 'too large' | 'too slow' | 'aborted';

/** A body larger than the limit is read on, and thrown away, up to this many bytes, so that the answer arrives. */
const DRAIN_LIMIT = 64 * 1024 * 1024;

/** True when the client has announced more than the limit. */
export function isDeclaredTooLarge(incoming: IncomingMessage | Http2ServerRequest, limit: number): boolean {
  return Number(incoming.headers['content-length'] ?? 0) > limit;
}

/**
 * The body. One whose declared length is beyond the limit is answered at once, as the service does (measured:
 * docs/evidence/request-payload-limit.md of FarukAda/aws-langchain-s3-vector-ts).
 * @param limit bytes, inclusive
 */
export function readBody(
  incoming: IncomingMessage | Http2ServerRequest,
  limit: number,
  patience: Patience,
): Promise<Buffer | NoBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let discarding = false;
    const discard = (reason: NoBody): void => {
      discarding = true;
      chunks = [];
      resolve(reason);
    };
    const outOfTime = (): void => {
      // What was answered already needs the rest no more.
      if (discarding) incoming.destroy();
      else discard('too slow');
    };
    const pause = setTimeout(outOfTime, patience.bodyPause);
    const whole = setTimeout(outOfTime, patience.body);
    const done = (): void => {
      clearTimeout(pause);
      clearTimeout(whole);
    };
    if (isDeclaredTooLarge(incoming, limit)) discard('too large');
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      pause.refresh();
      if (!discarding && bytes > limit) discard('too large');
      if (!discarding) chunks.push(chunk);
      else if (bytes > limit + DRAIN_LIMIT) incoming.destroy();
    });
    incoming.once('end', () => {
      done();
      if (!discarding) resolve(Buffer.concat(chunks, bytes));
    });
    for (const ending of ['error', 'close', 'aborted']) {
      incoming.once(ending, () => {
        done();
        resolve('aborted');
      });
    }
  });
}
