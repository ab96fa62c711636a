// A file of one index that holds something of the same length for every slot. Written before the transaction that
// refers to a slot, and never over a slot that is in use, so that a torn write shows nowhere.
import { mkdirSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { SlotSource } from '../search/scan-target';
import { asStorageFailure } from './storage-failure';

/** What is written to consecutive slots, beginning with `slot`. */
export interface SlotRun<T extends ArrayBufferView = ArrayBufferView> {
  readonly slot: number;
  readonly contents: readonly T[];
}

export class SlotFile implements SlotSource {
  private constructor(
    private readonly handle: FileHandle,
    readonly path: string,
    readonly headerBytes: number,
    readonly slotBytes: number,
  ) {}

  /** Opens a file, or makes it. */
  static async open(file: string, headerBytes: number, slotBytes: number): Promise<SlotFile> {
    mkdirSync(path.dirname(file), { recursive: true });
    await (await open(file, 'a')).close(); // makes it; a file opened for appending ignores positions
    return new SlotFile(await open(file, 'r+'), file, headerBytes, slotBytes);
  }

  /** The open file, for reading in all threads. */
  get descriptor(): number {
    return this.handle.fd;
  }

  /** The file as scanning threads are told of it. */
  get source(): SlotSource {
    const { descriptor, path: name, headerBytes, slotBytes } = this;
    return { descriptor, path: name, headerBytes, slotBytes };
  }

  /**
   * Writes slots and waits until they are on disk.
   * @throws StorageFailure when the disk does not take them
   */
  async write(runs: readonly SlotRun[]): Promise<void> {
    try {
      for (const { slot, contents } of runs) {
        const bytes = Buffer.concat(
          contents.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
        );
        await this.writeAll(bytes, this.headerBytes + slot * this.slotBytes);
      }
      await this.handle.datasync();
    } catch (error) {
      throw await asStorageFailure(error, path.dirname(this.path));
    }
  }

  /** What stands before the first slot. */
  async header(): Promise<Buffer> {
    const header = Buffer.alloc(this.headerBytes);
    await this.handle.read(header, 0, header.length, 0);
    return header;
  }

  /**
   * Writes what stands before the first slot and waits until it is on disk.
   * @throws StorageFailure when the disk does not take it
   */
  async writeHeader(header: Buffer): Promise<void> {
    try {
      await this.writeAll(header, 0);
      await this.handle.datasync();
    } catch (error) {
      throw await asStorageFailure(error, path.dirname(this.path));
    }
  }

  /** How many whole slots the file holds. */
  async slots(): Promise<number> {
    return Math.floor(((await this.bytes()) - this.headerBytes) / this.slotBytes);
  }

  async bytes(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** Empties the file, on disk too. */
  async clear(): Promise<void> {
    await this.handle.truncate(0);
    await this.handle.datasync();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Closes and deletes the file. */
  async remove(): Promise<void> {
    await this.handle.close();
    await unlink(this.path);
  }

  private async writeAll(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }
}

/** Groups contents whose slots follow one another, so that each group is one write. */
export function consecutiveRuns<T extends ArrayBufferView>(
  slots: readonly number[],
  contents: readonly T[],
): SlotRun<T>[] {
  const runs: { slot: number; contents: T[] }[] = [];
  slots.forEach((slot, at) => {
    const content = contents[at];
    if (content === undefined) throw new RangeError('fewer contents than slots');
    const last = runs.at(-1);
    if (last !== undefined && last.slot + last.contents.length === slot) last.contents.push(content);
    else runs.push({ slot, contents: [content] });
  });
  return runs;
}
