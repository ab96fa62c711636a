// Is there room for what is about to be written? Asked before a long build, not after it.
import { statfs } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import path from 'node:path';

export interface SpaceNeed {
  /** A directory that exists or will be made. */
  readonly directory: string;
  readonly bytes: number;
}

export interface SpaceFound extends SpaceNeed {
  /** Identifies the file system; needs on one add up. */
  readonly device: number;
  readonly freeBytes: number;
}

/** The file systems that are too small for the sum of what is to be written to them. */
export function missingSpace(
  found: readonly SpaceFound[],
): readonly { readonly directories: readonly string[]; readonly needed: number; readonly free: number }[] {
  const devices = new Map<number, { directories: string[]; needed: number; free: number }>();
  for (const { directory, bytes, device, freeBytes } of found) {
    const entry = devices.get(device) ?? { directories: [], needed: 0, free: freeBytes };
    entry.directories.push(directory);
    entry.needed += bytes;
    devices.set(device, entry);
  }
  return [...devices.values()].filter(({ needed, free }) => needed > free);
}

/** Looks at the nearest existing ancestor of each directory. */
export async function measureSpace(needs: readonly SpaceNeed[]): Promise<readonly SpaceFound[]> {
  return Promise.all(
    needs.map(async (need) => {
      const existing = await nearestExisting(need.directory);
      const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(existing), stat(existing)]);
      return { ...need, device: dev, freeBytes: bavail * bsize };
    }),
  );
}

async function nearestExisting(directory: string): Promise<string> {
  try {
    await stat(directory);
    return directory;
  } catch {
    const parent = path.dirname(directory);
    return parent === directory ? directory : nearestExisting(parent);
  }
}

/** `2.9 GB`, in powers of ten as file managers show them. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
