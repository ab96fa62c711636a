// The code file of an index: what scans read of each vector (see search/record-format), slot after slot, behind a
// header. It says nothing that the vector file does not say, and is made anew from it when it is missing, cut short or
// of another layout. The header is written last, so that a file that was not finished is none.
import path from 'node:path';
import { encodeRecord } from '../search/record-encoder';
import { RECORD_VERSION, recordBytes } from '../search/record-format';
import { readSlots } from '../search/slot-reading';
import { SlotFile } from './slot-file';

const HEADER_BYTES = 64;
const NAME = 's3-vectors-codes';

/** Bytes of vectors that are turned into codes at once; between them other requests have their turn. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Opens the code file of an index, or makes it; it may have to be made whole. */
export function openCodeFile(dataDirectory: string, indexId: number, dimension: number): Promise<SlotFile> {
  return SlotFile.open(codeFilePath(dataDirectory, indexId), HEADER_BYTES, recordBytes(dimension));
}

/**
 * Sees to it that a code file holds the codes of all slots.
 * @param vectors the index's vector file, which holds `slots` slots or more
 * @throws StorageFailure when the disk does not take them
 */
export async function makeCodesWhole(
  codes: SlotFile,
  dimension: number,
  vectors: SlotFile,
  slots: number,
): Promise<void> {
  const header = headerOf(dimension);
  if ((await codes.header()).equals(header) && (await codes.slots()) >= slots) return;
  await codes.clear();
  await encodeAll(codes, vectors, slots);
  await codes.writeHeader(header);
}

/** Where the codes of an index are. */
export function codeFilePath(dataDirectory: string, indexId: number): string {
  return path.join(dataDirectory, 'vectors', `${indexId}.i8`);
}

/** To be called before vectors change places: their codes are made anew when the index is opened. */
export async function discardCodes(dataDirectory: string, indexId: number): Promise<void> {
  const file = await SlotFile.open(codeFilePath(dataDirectory, indexId), HEADER_BYTES, 1);
  try {
    await file.clear();
  } finally {
    await file.close();
  }
}

async function encodeAll(file: SlotFile, vectors: SlotFile, slots: number): Promise<void> {
  const batch = Math.max(1, Math.floor(BATCH_BYTES / vectors.slotBytes));
  for (let slot = 0; slot < slots; slot += batch) {
    const bytes = new Uint8Array(Math.min(batch, slots - slot) * vectors.slotBytes);
    readSlots(vectors, slot, bytes);
    const contents: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += vectors.slotBytes) {
      contents.push(
        encodeRecord(new Float32Array(bytes.buffer, at, vectors.slotBytes / Float32Array.BYTES_PER_ELEMENT)),
      );
    }
    await file.write([{ slot, contents }]);
  }
}

function headerOf(dimension: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(NAME, 0, 'latin1');
  header.writeUInt32LE(RECORD_VERSION, 32);
  header.writeUInt32LE(dimension, 36);
  return header;
}
