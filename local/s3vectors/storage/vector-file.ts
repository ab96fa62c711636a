// The vector file of an index: float32 components, slot after slot, no header. Written before the transaction that
// refers to a slot, and never over a slot that is in use, so that a torn write shows nowhere.
import { mkdirSync, readdirSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import path from 'node:path';
import type { VectorBlocks } from '../search/vector-blocks';

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

  /** Writes vectors and waits until they are on disk. */
  async write(runs: readonly SlotRun[]): Promise<void> {
    const stride = this.dimension * Float32Array.BYTES_PER_ELEMENT;
    for (const { slot, vectors } of runs) {
      const bytes = Buffer.concat(
        vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
      );
      await writeAll(this.handle, bytes, slot * stride);
    }
    await this.handle.datasync();
  }

  /**
   * Reads slots 0 to `slots` − 1 into memory.
   * @throws when the file ends before the last of them
   */
  async readInto(blocks: VectorBlocks, slots: number): Promise<void> {
    const stride = this.dimension * Float32Array.BYTES_PER_ELEMENT;
    blocks.reserve(slots);
    for (let first = 0; first < slots; first += blocks.slotsPerBlock) {
      const block = blocks.blocks[first / blocks.slotsPerBlock];
      if (block === undefined) break;
      const wanted = Math.min(blocks.slotsPerBlock, slots - first) * stride;
      const target = new Uint8Array(block.components.buffer, 0, wanted);
      for (let done = 0; done < wanted;) {
        const { bytesRead } = await this.handle.read(target, done, wanted - done, first * stride + done);
        if (bytesRead === 0) {
          throw new Error(
            `${this.file} ends at byte ${first * stride + done}, before slot ${slots - 1}: the file was cut or ` +
              'replaced; restore the data directory from a copy.',
          );
        }
        done += bytesRead;
      }
    }
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
