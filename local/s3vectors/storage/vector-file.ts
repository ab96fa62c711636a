// The vector file of an index: float32 components, slot after slot, no header. Beside it is its code file.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';
import { readSlots } from '../search/slot-reading';
import { codeFilePath } from './code-file';
import { SlotFile } from './slot-file';

/** Opens the vector file of an index, or makes it. @throws on a machine that is not little-endian */
export function openVectorFile(dataDirectory: string, indexId: number, dimension: number): Promise<SlotFile> {
  if (endianness() !== 'LE') throw new Error('Vector files are little-endian, and this machine is not.');
  return SlotFile.open(vectorFilePath(dataDirectory, indexId), 0, dimension * Float32Array.BYTES_PER_ELEMENT);
}

/**
 * @param slots how many slots the file must hold
 * @throws when it ends before the last of them
 */
export async function assertHolds(file: SlotFile, slots: number): Promise<void> {
  if ((await file.slots()) >= slots) return;
  throw new Error(
    `${file.path} ends at byte ${await file.bytes()}, before slot ${slots - 1}: the file was cut or ` +
      'replaced; restore the data directory from a copy.',
  );
}

/** The vector in a slot, read at once: it is in the system's page cache, or one disk access away. */
export function readVector(file: SlotFile, slot: number): Float32Array {
  const bytes = new Uint8Array(file.slotBytes);
  readSlots(file, slot, bytes);
  return new Float32Array(bytes.buffer);
}

/** The ids of the indexes that have a vector file or a code file. */
export function vectorFileIds(dataDirectory: string): number[] {
  const directory = path.join(dataDirectory, 'vectors');
  mkdirSync(directory, { recursive: true });
  const ids = readdirSync(directory).flatMap((name) => {
    const id = /^(\d+)\.(?:f32|i8)$/.exec(name)?.[1];
    return id === undefined ? [] : [Number(id)];
  });
  return [...new Set(ids)];
}

/** Where the vectors of an index are. */
export function vectorFilePath(dataDirectory: string, indexId: number): string {
  return path.join(dataDirectory, 'vectors', `${indexId}.f32`);
}

/** Deletes the files of an index that is not open. */
export function removeVectorFiles(dataDirectory: string, indexId: number): void {
  rmSync(vectorFilePath(dataDirectory, indexId), { force: true });
  rmSync(codeFilePath(dataDirectory, indexId), { force: true });
}
