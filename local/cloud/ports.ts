// Which port a service gets: the one of last time if nobody else has taken it, else the usual one, else the next free
// one of a fixed series. Never one of the range that the system hands out to outgoing connections.
import { createServer } from 'node:net';

const STEP = 10;
const TRIES = 60;

/** Ports in the order in which they are tried, each once; `taken` are those of the other services. */
export function candidatePorts(
  usual: number,
  remembered: number | undefined,
  taken: readonly number[] = [],
): readonly number[] {
  const series = Array.from({ length: TRIES }, (_, index) => usual + index * STEP);
  const first = remembered === undefined ? [] : [remembered];
  return [...new Set([...first, ...series])].filter((port) => port <= 65535 && !taken.includes(port));
}

/** The first candidate that `free` says yes to; undefined when all are taken. */
export async function firstFree(
  candidates: readonly number[],
  free: (port: number) => Promise<boolean> = isPortFree,
): Promise<number | undefined> {
  for (const port of candidates) if (await free(port)) return port;
  return undefined;
}

/** Whether a server could listen on 127.0.0.1:`port` now. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
