// A migration's source: a folder of the older layout's files, as `aws s3 sync s3://bucket/embeddings folder` leaves it.
// Paths are walked in the order of their UTF-8 bytes, which is that of S3, one directory in memory at a time.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveError } from '../embedding-archive/archive-error';
import { archiveKey } from '../embedding-archive/archive-key';
import { readArchivedEmbedding } from '../embedding-archive/archived-embedding';
import { newerOf, paired } from '../embedding-archive/object-pairs';
import type { ArchiveEntry } from '../embedding-archive/object-pairs';
import { realPlace } from '../records/distinct-files';
import { messageOf } from '../runtime-error';
import { recordOfArchived } from './archive-source';
import { ItemError } from './item-error';
import type { ItemsOptions, MigrationSource, SourceItem } from './migration-source';

type File = Omit<ArchiveEntry, 'id'>;

/**
 * @param folder the files' ids are their paths below it, without `.json` or `.json.gz`
 * @param except paths of files below it that are none of its records, such as the checkpoint of the migration
 */
export function folderSource(folder: string, except: readonly string[] = []): MigrationSource {
  const root = path.resolve(folder);
  const leftOut = new Set(except.map((file) => path.relative(realPlace(root), realPlace(file))));
  const fileOf = (key: string) => path.join(root, ...key.split('/'));
  const item = ({ id, key, size }: ArchiveEntry): SourceItem => ({
    cursor: id,
    name: fileOf(key),
    key: id,
    bytes: size,
    read: async () => {
      let bytes: Buffer;
      try {
        bytes = await readFile(fileOf(key));
      } catch (error) {
        if (isMissing(error)) throw new ItemError('VANISHED', 'it is no longer there.', { cause: error });
        throw new ItemError('UNREADABLE', `it cannot be read (${messageOf(error)}).`, { cause: error });
      }
      try {
        return recordOfArchived(readArchivedEmbedding(bytes, key, ''));
      } catch (thrown) {
        if (!(thrown instanceof ArchiveError)) throw thrown;
        throw new ItemError('UNREADABLE', thrown.reason ?? thrown.message, { cause: thrown });
      }
    },
  });
  return {
    name: folder,
    path: folder,
    identity: () => Promise.resolve({ source: root }),
    problems: () => [],
    async *items(options) {
      const { prefix = '', since, after } = options;
      const pairs = { prefix: '', compress: false, onOther: options.onOther };
      for await (const entry of paired(walked(root, '', options, leftOut), pairs)) {
        if (!entry.id.startsWith(prefix) || entry.id === after) continue;
        if (since !== undefined && entry.lastModified.getTime() < since.getTime()) continue;
        yield item(entry);
      }
    },
    async *only(wanted) {
      for (const id of wanted.keys()) {
        const forms = await Promise.all([false, true].map((form) => fileAt(root, archiveKey('', id, form))));
        const [plain, compressed] = forms;
        const file =
          plain === undefined || compressed === undefined
            ? (plain ?? compressed)
            : newerOf(plain, compressed, false);
        yield item({
          ...(file ?? { key: archiveKey('', id, false), size: 0, lastModified: new Date(0) }),
          id,
        });
      }
    },
  };
}

/** Files below a directory, in the order of their paths' bytes, without those of the paths `leftOut`. */
async function* walked(
  root: string,
  below: string,
  options: ItemsOptions,
  leftOut: ReadonlySet<string>,
): AsyncGenerator<File> {
  options.signal?.throwIfAborted();
  const entries = await readdir(path.join(root, ...below.split('/')), { withFileTypes: true });
  const names = entries.map((entry) => {
    // A directory's files come where its name with the slash stands.
    const name = `${below}${entry.name}${entry.isDirectory() ? '/' : ''}`;
    return { name, bytes: Buffer.from(name), entry };
  });
  names.sort((one, other) => Buffer.compare(one.bytes, other.bytes));
  const start = options.after === undefined ? undefined : Buffer.from(archiveKey('', options.after, false));
  for (const { name, bytes, entry } of names) {
    if (entry.isDirectory()) {
      yield* walked(root, name, options, leftOut);
      continue;
    }
    if (leftOut.has(path.join(...name.split('/')))) continue;
    if (start !== undefined && Buffer.compare(bytes, start) <= 0) continue;
    const file = await fileAt(root, name);
    if (file === undefined) options.onOther?.(name);
    else yield file;
  }
}

/** A regular file, also at the end of a link; undefined for anything else. Links to directories are not followed. */
async function fileAt(root: string, key: string): Promise<File | undefined> {
  try {
    const found = await stat(path.join(root, ...key.split('/')));
    return found.isFile() ? { key, size: found.size, lastModified: found.mtime } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
