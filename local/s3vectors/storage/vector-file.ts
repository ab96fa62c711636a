// The vector file of an index: float32 components, slot after slot, no header. Written before the transaction that
// refers to a slot, and never over a slot that is in use, so that a torn write shows nowhere.
import { mkdirSync, readdirSync, readSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import path from 'node:path';
import { asStorageFailure } from './storage-failure';

/** Vectors for consecutive slots, beginning with `slot`. */
export interface SlotRun {
  readonly slot: number;
  readonly vectors: readonly Float32Array[];
}

export class VectorFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private readonly dimension: number,
  ) {}

  /** Opens the file of an index, or makes it. */
  static async open(dataDirectory: string, indexId: number, dimension: number): Promise<VectorFile> {
    if (endianness() !== 'LE') throw new Error('Vector files are little-endian, and this machine is not.');
    const file = vectorFilePath(dataDirectory, indexId);
    mkdirSync(path.dirname(file), { recursive: true });
    await (await open(file, 'a')).close(); // makes it; a file opened for appending ignores positions
    return new VectorFile(await open(file, 'r+'), file, dimension);
  }

  /**
   * Writes vectors and waits until they are on disk.
   * @throws StorageFailure when the disk does not take them
   */
  async write(runs: readonly SlotRun[]): Promise<void> {
    try {
      await this.writeRuns(runs);
    } catch (error) {
      throw await asStorageFailure(error, path.dirname(this.file));
    }
  }

  private async writeRuns(runs: readonly SlotRun[]): Promise<void> {
    const stride = this.dimension * Float32Array.BYTES_PER_ELEMENT;
    for (const { slot, vectors } of runs) {
      const bytes = Buffer.concat(
        vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
      );
      await writeAll(this.handle, bytes, slot * stride);
    }
    await this.handle.datasync();
  }

  /** The open file, for reading in other threads. */
  get descriptor(): number {
    return this.handle.fd;
  }

  get path(): string {
    return this.file;
  }

  /**
   * @param slots how many slots the file must hold
   * @throws when it ends before the last of them
   */
  async assertHolds(slots: number): Promise<void> {
    const { size } = await this.handle.stat();
    if (size < slots * this.dimension * Float32Array.BYTES_PER_ELEMENT) this.refuseEnd(size, slots - 1);
  }

  /** The vector in a slot, read at once: it is in the system's page cache, or one disk access away. */
  read(slot: number): Float32Array {
    const vector = new Float32Array(this.dimension);
    const bytes = new Uint8Array(vector.buffer);
    for (let done = 0; done < bytes.length;) {
      const position = slot * bytes.length + done;
      const bytesRead = readSync(this.handle.fd, bytes, done, bytes.length - done, position);
      if (bytesRead === 0) this.refuseEnd(position, slot);
      done += bytesRead;
    }
    return vector;
  }

  private refuseEnd(byte: number, slot: number): never {
    throw new Error(
      `${this.file} ends at byte ${byte}, before slot ${slot}: the file was cut or ` +
        'replaced; restore the data directory from a copy.',
    );
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Closes and deletes the file. */
  async remove(): Promise<void> {
    await this.handle.close();
    await unlink(this.file);
  }
}

/** The ids of the indexes that have a vector file. */
export function vectorFileIds(dataDirectory: string): number[] {
  const directory = path.join(dataDirectory, 'vectors');
  mkdirSync(directory, { recursive: true });
  return readdirSync(directory).flatMap((name) => {
    const id = /^(\d+)\.f32$/.exec(name)?.[1];
    return id === undefined ? [] : [Number(id)];
  });
}

/** Where the vectors of an index are. */
export function vectorFilePath(dataDirectory: string, indexId: number): string {
  return path.join(dataDirectory, 'vectors', `${indexId}.f32`);
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
