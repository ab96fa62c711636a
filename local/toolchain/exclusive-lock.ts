// One at a time across processes: two `npm start` side by side must not build the same thing twice, nor start
// the same cloud twice. A lock is a file; its holder refreshes its time, so that a dead holder is found out.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, rmdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../process-liveness';

export interface LockOptions {
  /** Called once when another process holds the lock, with its process id. */
  readonly onWait?: (holder: number | undefined) => void;
  readonly signal?: AbortSignal | undefined;
  /** A lock whose time is older than so many ms belongs to nobody; default 15,000. */
  readonly staleAfterMs?: number;
  /** Between two looks at a held lock, in ms; default 200. */
  readonly pollMs?: number;
}

/** Runs `work` while holding the lock `file`; waits as long as a living process holds it. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const staleAfterMs = options.staleAfterMs ?? 15_000;
  await mkdir(path.dirname(file), { recursive: true });
  const token = `${process.pid} ${randomUUID()}\n`;
  let waited = false;
  while (!(await take(file, token))) {
    options.signal?.throwIfAborted();
    const holder = await readHolder(file);
    if (holder !== undefined && (await isStale(file, holder.pid, staleAfterMs))) {
      await discard(file, holder.content, staleAfterMs);
    }
    if (!waited) options.onWait?.(holder?.pid);
    waited = true;
    await sleep(options.pollMs ?? 200, undefined, { signal: options.signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, staleAfterMs / 5);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readHolder(file))?.content === token) await rm(file, { force: true });
  }
}

async function take(file: string, token: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(token);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<{ pid: number; content: string } | undefined> {
  try {
    const content = await readFile(file, 'utf8');
    return { pid: Number.parseInt(content, 10), content };
  } catch {
    return undefined;
  }
}

async function isStale(file: string, pid: number, staleAfterMs: number): Promise<boolean> {
  if ((await age(file)) > staleAfterMs) return true;
  // Empty for the instant between creating and writing it.
  if (Number.isNaN(pid)) return false;
  return !isRunning(pid);
}

/**
 * Removes a stale lock, and never the lock of whoever was faster: one process at a time may remove, and only what still
 * has the content that was seen to be stale.
 */
async function discard(file: string, content: string, staleAfterMs: number): Promise<void> {
  const turn = `${file}.discarding`;
  try {
    await mkdir(turn);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if ((await age(turn)) > staleAfterMs) await rmdir(turn).catch(() => undefined);
    return;
  }
  try {
    if ((await readHolder(file))?.content === content) await rm(file, { force: true });
  } finally {
    await rmdir(turn);
  }
}

/** In ms; 0 when it is gone. */
async function age(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}
