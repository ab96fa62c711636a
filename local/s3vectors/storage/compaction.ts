// Gives space back. Slots of vectors that were replaced or deleted are used again, and so are the database's pages, so
// that nothing grows for ever; but files never shrink by that. Compaction closes the gaps, on an index that is not open
// and a database that nobody else uses, so that it needs no place among reads and writes.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { IndexShape } from '../../../contract/index-shape';
import { discardCodes } from './code-file';
import { openDatabase, type Database } from './database';
import { segmentRange } from './record-key';
import { metadataOf, recordValue, slotOf } from './record-value';
import { putPage, readPages } from './slot-pages';
import { vectorFilePath } from './vector-file';

/** Bytes of a file, and how many of them hold something. */
export interface Space {
  readonly bytes: number;
  readonly liveBytes: number;
}

/** Less than this is not worth the work at start-up. */
const WORTH_WHILE_BYTES = 16 * 1024 * 1024;

/** True when more than half of a file is free, and enough to be worth the work. */
export function isWasteful({ bytes, liveBytes }: Space): boolean {
  return bytes > 2 * liveBytes && bytes - liveBytes >= WORTH_WHILE_BYTES;
}

/** The vector file of an index that holds `vectors` vectors. */
export function vectorSpace(dataDirectory: string, id: number, shape: IndexShape, vectors: number): Space {
  const file = statSync(vectorFilePath(dataDirectory, id), { throwIfNoEntry: false });
  return { bytes: file?.size ?? 0, liveBytes: vectors * strideOf(shape) };
}

/**
 * Moves the vectors at the end of an index's file into the gaps before them and cuts the file. The index must not be
 * open. A vector is copied and on disk before one transaction says of all where they are now, and the file is cut after
 * it; whenever the process ends, each record refers to its vector. The codes of all are made anew when the index is
 * opened.
 */
export async function compactVectors(
  dataDirectory: string,
  database: Database,
  id: number,
  shape: IndexShape,
): Promise<Space> {
  const used: number[] = [];
  for (const { value } of database.records.getRange(segmentRange(id, 0, 1))) used.push(slotOf(value));
  const taken = new Set(used);
  const gaps = used.map((_, slot) => slot).filter((slot) => !taken.has(slot));
  const moves = new Map(
    used.filter((slot) => slot >= used.length).map((slot, at) => [slot, gaps[at] as number] as const),
  );
  const file = vectorFilePath(dataDirectory, id);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return { bytes: 0, liveBytes: 0 };
  await discardCodes(dataDirectory, id);
  const stride = strideOf(shape);
  const handle = await open(file, 'r+');
  try {
    for (const [from, to] of moves) {
      const vector = Buffer.alloc(stride);
      const { bytesRead } = await handle.read(vector, 0, stride, from * stride);
      if (bytesRead < stride)
        throw new Error(`${file} ends within slot ${from}: restore it from a snapshot.`);
      await handle.write(vector, 0, stride, to * stride);
    }
    if (moves.size > 0) {
      await handle.datasync();
      await commitMoves(database, id, moves);
    }
    await handle.truncate(used.length * stride);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return vectorSpace(dataDirectory, id, shape, used.length);
}

/** The pages tell where rows are, too; all go, and are made again when the index is opened. */
async function commitMoves(
  database: Database,
  id: number,
  moves: ReadonlyMap<number, number>,
): Promise<void> {
  const moved: { readonly key: Buffer; readonly value: Buffer }[] = [];
  for (const { key, value } of database.records.getRange(segmentRange(id, 0, 1))) {
    const to = moves.get(slotOf(value));
    if (to !== undefined) moved.push({ key, value: recordValue(to, metadataOf(value)) });
  }
  const pages = readPages(database, id, 0, Number.MAX_SAFE_INTEGER).map(({ page }) => page);
  await database.commit(() => {
    for (const { key, value } of moved) void database.records.put(key, value);
    for (const page of pages) putPage(database, id, page, []);
  });
}

/**
 * Writes the database anew without its free pages. It must not be open. The new file takes the place of the old one in
 * one step.
 */
export async function compactDatabase(dataDirectory: string): Promise<void> {
  const beside = path.join(dataDirectory, 'lmdb.compact');
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside);
  const database = openDatabase(dataDirectory);
  try {
    await database.backup(beside);
  } finally {
    await database.close();
  }
  const written = openSync(path.join(beside, 'data.mdb'), 'r+');
  fsyncSync(written);
  closeSync(written);
  renameSync(path.join(beside, 'data.mdb'), path.join(dataDirectory, 'lmdb', 'data.mdb'));
  rmSync(beside, { recursive: true, force: true });
}

function strideOf({ dimension }: IndexShape): number {
  return dimension * Float32Array.BYTES_PER_ELEMENT;
}
