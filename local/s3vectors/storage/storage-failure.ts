// What the disk or the system refuses: a full disk above all. Told apart from faults of the program, so that callers
// hear that the service is not available now, and the log says why.
import { statfs } from 'node:fs/promises';

/** Thrown when something could not be written or opened. Nothing of it shows, now or after a restart. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
}

/** A commit may need some pages more than it holds, so a disk with less than this is as good as full. */
const FULL_BELOW_BYTES = 4 * 1024 * 1024;
/** The process, or the machine, has as many files open as it may. */
const OPEN_FILE_CODES = ['EMFILE', 'ENFILE'];
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'];
/** LMDB says EIO (5) for a write that was cut short, which is what a full disk does first. */
const DISK_NUMBERS = [5, 27, 28, 30, 122];

/**
 * The error of a write, as a StorageFailure if the disk is at fault, else as it is.
 * @param directory where the write went
 */
export async function asStorageFailure(error: unknown, directory: string): Promise<unknown> {
  const cause = await causeOf(error);
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (isOutOfFiles(cause)) {
    return new StorageFailure(
      `too many files are open: raise the limit (ulimit -n), or use fewer indexes at once (${String(message)})`,
      { cause },
    );
  }
  if (!DISK_CODES.includes(String(code)) && !DISK_NUMBERS.includes(Number(code))) return error;
  const space = await statfs(directory).catch(() => undefined);
  const free = space === undefined ? undefined : space.bavail * space.bsize;
  const what =
    free !== undefined && free < FULL_BELOW_BYTES
      ? `the disk of ${directory} is full (${free} bytes left): free some space`
      : `${directory} could not be written: check its disk, quota and file size limit`;
  return new StorageFailure(`${what}; nothing of this write was kept (${String(message)})`, { cause });
}

/** True for the error of opening a file when no more may be open. */
export function isOutOfFiles(error: unknown): boolean {
  return OPEN_FILE_CODES.includes(String((error as { readonly code?: unknown } | undefined)?.code));
}

/** LMDB rejects a commit before it knows why, with a promise of the reason. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = (error ?? {}) as { readonly commitError?: Promise<unknown> };
  if (commitError === undefined) return error ?? {};
  return commitError.then(
    () => error,
    (cause: unknown) => cause ?? error,
  );
}
