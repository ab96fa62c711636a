// `logs`: what the services printed, and with -f what they go on to print.
import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../cloud/service-log';

export interface LoggedService {
  readonly name: string;
  readonly log: string;
}

/** The last `count` lines of each log, headed by its name when there are several. */
export async function printLogs(
  services: readonly LoggedService[],
  count: number,
  write: (text: string) => void,
): Promise<void> {
  for (const { name, log } of services) {
    const lines = await lastLines(log, count);
    if (services.length > 1) write(`==> ${name}: ${log}\n`);
    write(lines.length === 0 ? '(nothing logged)\n' : `${lines.join('\n')}\n`);
  }
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Between two looks, in ms; default 300. */
  readonly everyMs?: number;
}

/** Writes what is appended from now on, each piece headed by its service when there are several; ends when aborted. */
export async function followLogs(
  services: readonly LoggedService[],
  write: (text: string) => void,
  options: FollowOptions,
): Promise<void> {
  const positions = new Map<string, number>();
  for (const { log } of services) positions.set(log, await sizeOf(log));
  let lastWritten: string | undefined;
  while (!options.signal.aborted) {
    for (const { name, log } of services) {
      const size = await sizeOf(log);
      const known = positions.get(log) ?? 0;
      // Smaller than before: a new start began a new file.
      const from = size < known ? 0 : known;
      if (size === from) continue;
      const text = await readBetween(log, from, size);
      positions.set(log, size);
      if (services.length > 1 && lastWritten !== name) write(`==> ${name}\n`);
      lastWritten = name;
      write(text);
    }
    await sleep(options.everyMs ?? 300, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function readBetween(file: string, from: number, to: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
