// The log of a service: one file a start, the three before it kept, and its last lines for whoever asks why it ended.
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

const KEPT = 3;

/** `<file>` becomes `<file>.1`, and so on; the oldest goes. */
export async function rotate(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  for (let age = KEPT; age >= 1; age -= 1) {
    const from = age === 1 ? file : `${file}.${age - 1}`;
    await rename(from, `${file}.${age}`).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
}

const TAIL_BYTES = 16 * 1024;

/** The last `count` lines that are not empty; none when there is no such file. */
export async function lastLines(file: string, count: number): Promise<readonly string[]> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => line.trim() !== '');
    // The first may be the end of a longer one.
    return (start > 0 ? lines.slice(1) : lines).slice(-count);
  } finally {
    await handle.close();
  }
}
