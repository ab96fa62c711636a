// The open connections of the listener, and how they end: idle ones at once, busy ones after their answer, and those
// whose answer does not come, or is not taken, after a while.
import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

export class Connections {
  /** Requests under way on each HTTP/1 connection. */
  private readonly requests = new Map<Socket, number>();
  /** The latest request of each. */
  private readonly latest = new WeakMap<Socket, IncomingMessage>();
  /** Connections that end with their last answer. */
  private readonly ending = new WeakSet<Socket>();
  private readonly sessions = new Set<ServerHttp2Session>();
  /** Every connection, whatever it speaks. */
  private readonly sockets = new Set<Socket>();
  private closing = false;

  opened(socket: Socket): void {
    this.sockets.add(socket);
    this.requests.set(socket, 0);
    socket.once('close', () => {
      this.requests.delete(socket);
      this.sockets.delete(socket);
    });
  }

  /** The connection speaks HTTP/2: its session looks after it from here. */
  becameSession(socket: Socket): void {
    this.requests.delete(socket);
  }

  sessionOpened(session: ServerHttp2Session): void {
    this.sessions.add(session);
    session.once('close', () => this.sessions.delete(session));
    if (this.closing) session.close();
  }

  requestBegan(incoming: IncomingMessage): void {
    const { socket } = incoming;
    this.latest.set(socket, incoming);
    this.requests.set(socket, (this.requests.get(socket) ?? 0) + 1);
  }

  requestEnded(socket: Socket): void {
    const left = (this.requests.get(socket) ?? 1) - 1;
    if (this.requests.has(socket)) this.requests.set(socket, left);
    if ((this.closing || this.ending.has(socket)) && left === 0) socket.destroySoon();
  }

  /** Ends an HTTP/1 connection as soon as what it asked for before is answered. */
  endAfterAnswers(socket: Socket): void {
    this.ending.add(socket);
    if (this.waitingAnswers(socket) === 0) socket.destroySoon();
  }

  /** Requests of an HTTP/1 connection that have arrived as a whole and wait for their answers. */
  waitingAnswers(socket: Socket): number {
    const receiving = this.latest.get(socket)?.complete === false ? 1 : 0;
    return Math.max(0, (this.requests.get(socket) ?? 0) - receiving);
  }

  /** Ends what is idle now, the rest as soon as it is, and all that is left after so many milliseconds. */
  close(patience: number): void {
    this.closing = true;
    for (const session of this.sessions) session.close();
    for (const [socket, requests] of this.requests) if (requests === 0) socket.destroy();
    setTimeout(() => {
      for (const session of this.sessions) session.destroy();
      for (const socket of this.sockets) socket.destroy();
    }, patience).unref();
  }
}
