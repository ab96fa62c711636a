// The data directory: one process owns it, and a format that this version does not know is not touched.
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isRunning, startTime } from '../../process-liveness';

/**
 * Version of what this program writes below the directory; a higher number is refused. Format 2 has slot pages, which
 * an index of format 1 gets when it is opened first.
 */
export const FORMAT_VERSION = 2;

/** Thrown when a data directory cannot be used; the message says what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

export interface DataDirectory {
  /** Absolute path. */
  readonly path: string;
  /** Gives the directory up, for the next process. */
  release(): void;
}

/**
 * Claims a directory for this process, and makes it when it is missing.
 * @throws DataDirectoryError when another process that is alive owns it, its format is newer than this program, or its
 *   disk takes nothing
 */
export function claimDataDirectory(directory: string): DataDirectory {
  const absolute = path.resolve(directory);
  try {
    mkdirSync(absolute, { recursive: true });
    const lock = path.join(absolute, 'owner.json');
    removeStrays(absolute);
    takeLock(lock, absolute);
    try {
      checkFormat(path.join(absolute, 'format.json'), absolute);
    } catch (error) {
      rmSync(lock, { force: true });
      throw error;
    }
    return { path: absolute, release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    throw asDirectoryError(error, absolute);
  }
}

/** What the system says of a disk that takes nothing names no file. */
function asDirectoryError(error: unknown, directory: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const advice = ADVICE.get(code);
  if (advice === undefined) return error;
  return new DataDirectoryError(
    `${directory} cannot be written: ${advice}, or choose another --data-dir (${message}).`,
    { cause: error },
  );
}

const ADVICE = new Map([
  ['ENOSPC', 'its disk is full; free some space, a few megabytes for a start'],
  ['EDQUOT', 'your quota on its disk is used up; free some space'],
  ['EROFS', 'its disk can only be read; mount it for writing'],
  ['EIO', 'its disk reports errors; check it'],
]);

/** Locks that processes were about to take when they ended. */
function removeStrays(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^owner\.json\.(\d+)(?:\.stale)?$/.exec(name)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid))) {
      rmSync(path.join(directory, name), { force: true });
    }
  }
}

/** Who owns a directory. A process id alone would mislead once the system gives it to another process. */
interface Owner {
  readonly pid: number;
  /** When the process started, as the system counts it; absent where the system does not tell. */
  readonly started?: string;
}

function takeLock(lock: string, directory: string): void {
  const mine = `${lock}.${process.pid}`;
  try {
    writeFileSync(mine, JSON.stringify(ownerOf(process.pid)));
    for (;;) {
      // A link appears whole or not at all, so that nobody reads a lock that is half written.
      try {
        linkSync(mine, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = readIfThere(lock);
      if (text === undefined) continue; // its owner has just released it
      const owner = parseOwner(text);
      if (owner !== undefined && isAlive(owner)) {
        throw new DataDirectoryError(
          `${directory} is in use by process ${owner.pid}; stop that process, or choose another --data-dir.`,
        );
      }
      removeStale(lock, text, mine);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes the lock of a dead process, unless another process has taken the lock over meanwhile. */
function removeStale(lock: string, staleText: string, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== staleText) linkSync(aside, lock); // a live one: put it back
  rmSync(aside, { force: true });
}

function ownerOf(pid: number): Owner {
  const started = startTime(pid);
  return started === undefined ? { pid } : { pid, started };
}

function isAlive(owner: Owner): boolean {
  return isRunning(owner.pid) && (owner.started === undefined || owner.started === startTime(owner.pid));
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return typeof owner.pid === 'number' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function checkFormat(file: string, directory: string): void {
  const text = readIfThere(file);
  if (text === undefined) {
    writeFormat(file);
    return;
  }
  const version = formatVersion(text);
  if (version === undefined) {
    throw new DataDirectoryError(
      `${file} is not the format file of S3 Vectors Local; choose another --data-dir.`,
    );
  }
  if (version > FORMAT_VERSION) {
    throw new DataDirectoryError(
      `${directory} was written by a newer version (format ${version}; this one knows ${FORMAT_VERSION}). ` +
        'Update this program, or choose another --data-dir.',
    );
  }
  // Before anything of the new format is written: an older program must not touch it from now on.
  if (version < FORMAT_VERSION) writeFormat(file);
}

/** On disk before it has its name: an empty format file would be refused at the next start. */
function writeFormat(file: string): void {
  const temporary = `${file}.new`;
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      writeFileSync(
        descriptor,
        `${JSON.stringify({ format: 's3-vectors-local', version: FORMAT_VERSION })}\n`,
      );
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function formatVersion(text: string): number | undefined {
  try {
    const { format, version } = JSON.parse(text) as { format?: unknown; version?: unknown };
    return format === 's3-vectors-local' && typeof version === 'number' ? version : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
