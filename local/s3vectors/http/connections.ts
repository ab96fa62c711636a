// The open connections of the listener, and how they end: idle ones at once, busy ones after their answer.
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

export class Connections {
  /** Requests under way on each HTTP/1 connection. */
  private readonly requests = new Map<Socket, number>();
  private readonly sessions = new Set<ServerHttp2Session>();
  private closing = false;

  opened(socket: Socket): void {
    this.requests.set(socket, 0);
    socket.once('close', () => this.requests.delete(socket));
  }

  /** The connection speaks HTTP/2: its session looks after it from here. */
  becameSession(socket: Socket): void {
    this.requests.delete(socket);
  }

  sessionOpened(session: ServerHttp2Session): void {
    this.sessions.add(session);
    session.once('close', () => this.sessions.delete(session));
  }

  requestBegan(socket: Socket): void {
    this.requests.set(socket, (this.requests.get(socket) ?? 0) + 1);
  }

  requestEnded(socket: Socket): void {
    const left = (this.requests.get(socket) ?? 1) - 1;
    if (this.requests.has(socket)) this.requests.set(socket, left);
    if (this.closing && left === 0) socket.destroy();
  }

  /** Ends what is idle now, and the rest as soon as it is. */
  close(): void {
    this.closing = true;
    for (const session of this.sessions) session.close();
    for (const [socket, requests] of this.requests) if (requests === 0) socket.destroy();
  }
}
