// Checkpoints in a file and in an S3 object. The file is replaced by renaming a synced one, so that it is whole after a
// kill or a power cut; an S3 object is always whole.
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveObjects } from '../embedding-archive/archive-objects';
import type { S3Options } from '../embedding-archive/archive-objects';
import { RuntimeError, messageOf } from '../runtime-error';
import type { CheckpointStore } from './checkpoint';

/** A checkpoint or a file of failures could not be read or written. */
export class MigrationFileError extends RuntimeError<'FILE_FAILED'> {
  override readonly name = 'MigrationFileError';
}

export function checkpointFile(file: string): CheckpointStore {
  const failed = (does: string, error: unknown) =>
    new MigrationFileError('FILE_FAILED', `checkpoint ${file} cannot be ${does} (${messageOf(error)}).`, {
      cause: error,
    });
  return {
    name: file,
    path: file,
    load: async () => {
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw failed('read', error);
      }
    },
    save: async (text) => {
      // Always the same name: what a killed process left is replaced by the next one.
      const unfinished = `${file}.unfinished`;
      try {
        const handle = await open(unfinished, 'w', 0o600);
        try {
          await handle.writeFile(text);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(unfinished, file);
        await syncDirectory(path.dirname(path.resolve(file)));
      } catch (error) {
        throw failed('written', error);
      }
    },
  };
}

/** A checkpoint as an S3 object, for processes whose disks do not outlive them. */
export function checkpointObject(bucketName: string, key: string, options: S3Options = {}): CheckpointStore {
  const objects = new ArchiveObjects(bucketName, options);
  return {
    name: `s3://${bucketName}/${key}`,
    load: async (signal) => {
      const found = await objects.get(key, signal);
      return found === undefined ? undefined : Buffer.from(found.bytes).toString('utf8');
    },
    save: (text, signal) => objects.put(key, Buffer.from(text), false, signal),
  };
}

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
