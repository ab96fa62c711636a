// Snapshots: a copy of a data directory as it was at one moment, taken while the service goes on, and the way back. A
// snapshot is laid out as a data directory is, with a list of its files beside them, which is written last.
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { FORMAT_VERSION } from './data-directory';
import type { Storage } from './storage';

/** What a snapshot holds. */
export interface SnapshotReport {
  /** Absolute path. */
  readonly directory: string;
  /** When it was taken, ISO 8601. */
  readonly takenAt: string;
  readonly vectorBuckets: number;
  readonly indexes: number;
  readonly files: number;
  readonly bytes: number;
}

/** Thrown when a snapshot can be neither taken nor restored as it was asked for; the message says what to do. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

interface Manifest {
  readonly format: 's3-vectors-local-snapshot';
  /** The format of the data directory in it. */
  readonly version: number;
  readonly takenAt: string;
  readonly vectorBuckets: number;
  readonly indexes: number;
  /** Bytes of every file, by its path below the snapshot. */
  readonly files: Readonly<Record<string, number>>;
}

const MANIFEST = 'snapshot.json';

/**
 * Copies what is stored at this moment into a new directory. Vectors may be written meanwhile, and are not part of it;
 * creations and deletions of buckets and indexes wait until it is done.
 * @param directory must be missing or empty; it appears whole or not at all
 * @throws SnapshotError when there is something in the directory already, or it is below the data directory
 * @throws the system's error when it cannot be written
 */
export async function createSnapshot(storage: Storage, directory: string): Promise<SnapshotReport> {
  const target = path.resolve(directory);
  if (isWithin(target, storage.path)) {
    throw new SnapshotError(`${target} is within the data directory; choose a directory beside it.`);
  }
  await assertUnused(target, 'a snapshot');
  const partial = `${target}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(path.join(partial, 'lmdb'), { recursive: true });
  try {
    const manifest = await storage.atOneMoment(async ({ catalog, backup }): Promise<Manifest> => {
      await backup(path.join(partial, 'lmdb'));
      const buckets = catalog.buckets();
      for (const file of ['format.json', ...(await filesBelow(storage.path, 'vectors'))]) {
        await copy(path.join(storage.path, file), path.join(partial, file));
      }
      return {
        format: 's3-vectors-local-snapshot',
        version: FORMAT_VERSION,
        takenAt: new Date().toISOString(),
        vectorBuckets: buckets.length,
        indexes: catalog.indexIds().size,
        files: await sizes(partial, await filesBelow(partial, '')),
      };
    });
    for (const file of Object.keys(manifest.files)) await flush(path.join(partial, file));
    await writeDurably(path.join(partial, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rename(partial, target);
    return reportOf(target, manifest);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes a data directory out of a snapshot, which stays as it is.
 * @param dataDir must be missing or empty; it appears whole or not at all
 * @throws SnapshotError for what is no whole snapshot, is of a newer version, or when the directory is not empty
 */
export async function restoreSnapshot(from: string, dataDir: string): Promise<void> {
  const source = path.resolve(from);
  const target = path.resolve(dataDir);
  const manifest = await readManifest(source);
  if (isWithin(target, source))
    throw new SnapshotError(`${target} is within the snapshot; choose another --data-dir.`);
  await assertUnused(target, 'a snapshot restored');
  const partial = `${target}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  try {
    await mkdir(partial, { recursive: true });
    for (const file of Object.keys(manifest.files)) {
      await copy(path.join(source, file), path.join(partial, file));
      await flush(path.join(partial, file));
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function readManifest(source: string): Promise<Manifest> {
  const file = path.join(source, MANIFEST);
  const manifest = manifestOf(await readFile(file, 'utf8').catch(() => ''));
  if (manifest === undefined) {
    throw new SnapshotError(
      `${source} is no snapshot of S3 Vectors Local: it has no ${MANIFEST} that tells its files.`,
    );
  }
  if (manifest.version > FORMAT_VERSION) {
    throw new SnapshotError(
      `${source} was taken by a newer version (format ${manifest.version}; this one knows ${FORMAT_VERSION}). ` +
        'Update this program.',
    );
  }
  const wrong: string[] = [];
  for (const [name, bytes] of Object.entries(manifest.files)) {
    if (!isWithin(path.join(source, name), source)) {
      wrong.push(`${name} is outside of it`);
      continue;
    }
    const found = await stat(path.join(source, name)).catch(() => undefined);
    if (found === undefined) wrong.push(`${name} is missing`);
    else if (found.size !== bytes) wrong.push(`${name} has ${found.size} bytes instead of ${bytes}`);
  }
  if (wrong.length > 0) {
    throw new SnapshotError(`${source} is damaged: ${wrong.join('; ')}. Restore from another snapshot.`);
  }
  return manifest;
}

function manifestOf(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    const isOne =
      manifest?.format === 's3-vectors-local-snapshot' &&
      typeof manifest.version === 'number' &&
      typeof manifest.files === 'object';
    return isOne ? (manifest as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function reportOf(directory: string, { takenAt, vectorBuckets, indexes, files }: Manifest): SnapshotReport {
  const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
  return { directory, takenAt, vectorBuckets, indexes, files: Object.keys(files).length, bytes };
}

async function assertUnused(directory: string, what: string): Promise<void> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error;
    throw new SnapshotError(`${directory} is a file; ${what} needs a directory that is new or empty.`);
  });
  if (names.length > 0) {
    throw new SnapshotError(`${directory} is not empty; ${what} needs a directory that is new or empty.`);
  }
}

/** Files below a directory, as paths from `root`; LMDB's lock file belongs to processes, not to the data. */
async function filesBelow(root: string, directory: string): Promise<string[]> {
  const entries = await readdir(path.join(root, directory), { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(root, file)));
    else if (entry.isFile() && entry.name !== 'lock.mdb') files.push(file);
  }
  return files;
}

async function sizes(root: string, files: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const file of files) found[file] = (await stat(path.join(root, file))).size;
  return found;
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  // Where the file system can, both share their blocks until one changes.
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}${path.sep}`);
}
