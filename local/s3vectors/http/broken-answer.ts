// Answers that do not arrive whole: the socket side of --faults.
import { constants, type Http2ServerResponse } from 'node:http2';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How an answer fails to arrive. */
export type Breakage =
  /** The connection is reset before the first byte. */
  | 'reset-before-answer'
  /** The connection is reset when half of the answer has been sent. */
  | 'reset-within-answer'
  /** The connection ends in an orderly way when half of the announced length has been sent. */
  | 'truncated';

/** Sends as much of an answer as its breakage allows. Status and headers must be set. */
export function sendBroken(
  outgoing: ServerResponse | Http2ServerResponse,
  body: string | Buffer,
  breakage: Breakage,
): void {
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  if ('stream' in outgoing) breakStream(outgoing, half, breakage);
  else breakConnection(outgoing, half, breakage);
}

function breakConnection(outgoing: ServerResponse, half: Buffer, breakage: Breakage): void {
  const { socket } = outgoing;
  if (socket === null) return; // the client went away
  if (breakage === 'reset-before-answer') {
    reset(socket);
    return;
  }
  outgoing.flushHeaders();
  outgoing.write(half, () => {
    if (breakage === 'truncated') socket.destroySoon();
    else reset(socket);
  });
}

/** On HTTP/2 only the stream of the request breaks; the connection carries others. */
function breakStream({ stream }: Http2ServerResponse, half: Buffer, breakage: Breakage): void {
  const code = breakage === 'truncated' ? constants.NGHTTP2_INTERNAL_ERROR : constants.NGHTTP2_REFUSED_STREAM;
  if (breakage === 'reset-before-answer') stream.close(code);
  else stream.write(half, () => stream.close(code));
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}
