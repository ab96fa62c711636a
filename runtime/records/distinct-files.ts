// Files that must not be one and the same, because what is written would destroy what is read. Several names may lead to
// one file: other spellings, symbolic links, hard links.
import { readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

export interface NamedFile {
  /** As a person knows it: `--failed failed.jsonl`. */
  readonly as: string;
  readonly path: string;
}

/** Which of these are the same file, as sentences. Those that are not there yet are compared by where they would be. */
export function sameFileProblems(files: readonly NamedFile[]): string[] {
  const found = files.map(({ as, path: file }) => ({ as, place: realPlace(file), inode: inodeOf(file) }));
  return found.flatMap((one, at) =>
    found
      .slice(0, at)
      .filter(({ place, inode }) => place === one.place || (inode !== undefined && inode === one.inode))
      .map(({ as }) => `${one.as} is the same file as ${as}; name another one.`),
  );
}

/** The path of a file without links, also of one that is not there yet. */
export function realPlace(file: string): string {
  const full = path.resolve(file);
  try {
    return realpathSync(full);
  } catch {
    const target = linkTarget(full);
    if (target !== undefined) return path.resolve(realPlace(path.dirname(full)), target);
    const directory = path.dirname(full);
    return directory === full ? full : path.join(realPlace(directory), path.basename(full));
  }
}

/** Where a link leads to, although nothing is there. */
function linkTarget(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function inodeOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
