// What the database keeps for a vector: its slot in the vector file, and its metadata as JSON text.
import type { Metadata } from '../../../contract/vectors/metadata';

const SLOT_BYTES = 4;
const NO_METADATA: Metadata = Object.freeze({});

export function recordValue(slot: number, metadata: Metadata | undefined): Buffer {
  const text = metadata === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(metadata), 'utf8');
  const value = Buffer.allocUnsafe(SLOT_BYTES + text.length);
  value.writeUInt32LE(slot, 0);
  text.copy(value, SLOT_BYTES);
  return value;
}

export function slotOf(value: Buffer): number {
  return value.readUInt32LE(0);
}

/** The metadata; an empty object for a vector that was put without any. */
export function metadataOf(value: Buffer): Metadata {
  return value.length === SLOT_BYTES
    ? NO_METADATA
    : (JSON.parse(value.toString('utf8', SLOT_BYTES)) as Metadata);
}

/** Bytes of the metadata text. */
export function metadataBytes(value: Buffer): number {
  return value.length - SLOT_BYTES;
}
