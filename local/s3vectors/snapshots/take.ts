// Snapshots from the command line: of a directory that no service uses, or of a running service through its endpoint.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DataDirectoryError } from '../storage/data-directory';
import { createSnapshot, SnapshotError, type SnapshotReport } from '../storage/snapshot';
import { Storage } from '../storage/storage';
import { SNAPSHOT_PATH } from './front';

/**
 * Copies a data directory.
 * @throws DataDirectoryError when there is none, or a service uses it
 * @throws SnapshotError when the snapshot's directory is not empty or within the data directory
 */
export async function snapshotOfDirectory(dataDir: string, directory: string): Promise<SnapshotReport> {
  const format = path.join(dataDir, 'format.json');
  if (!(await exists(format))) {
    throw new DataDirectoryError(`${path.resolve(dataDir)} is no data directory of S3 Vectors Local.`);
  }
  const storage = await open(dataDir);
  try {
    return await createSnapshot(storage, directory);
  } finally {
    await storage.close();
  }
}

async function open(dataDir: string): Promise<Storage> {
  try {
    return await Storage.open(dataDir, () => undefined);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    throw new DataDirectoryError(
      `${error.message} A running service takes its own snapshot: give its address with --endpoint.`,
    );
  }
}

const report = z.object({
  directory: z.string(),
  takenAt: z.string(),
  vectorBuckets: z.number(),
  indexes: z.number(),
  files: z.number(),
  bytes: z.number(),
});

/**
 * Has a running service copy its data; it goes on meanwhile.
 * @throws SnapshotError with what the service says, or that nothing answers
 */
export async function snapshotOfService(endpoint: string, directory: string): Promise<SnapshotReport> {
  let answer: Response;
  try {
    answer = await fetch(new URL(SNAPSHOT_PATH, endpoint), {
      method: 'POST',
      body: JSON.stringify({ directory: path.resolve(directory) }),
    });
  } catch {
    throw new SnapshotError(`nothing answers at ${endpoint}; start the service, or give --data-dir instead.`);
  }
  const body: unknown = await answer.json().catch(() => undefined);
  const read = report.safeParse(body);
  if (answer.ok && read.success) return read.data;
  const { message } = (body ?? {}) as { readonly message?: unknown };
  throw new SnapshotError(
    typeof message === 'string' ? message : `${endpoint} is no S3 Vectors Local (status ${answer.status}).`,
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
