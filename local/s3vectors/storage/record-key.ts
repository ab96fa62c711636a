// Database keys of records: index id, hash of the vector key, vector key. The hash in front makes the order of a list
// unrelated to the keys, as the service's is, and lets a segment of a parallel list be one contiguous range.

/** Bytes before the vector key. */
const PREFIX_BYTES = 8;
const HASHES = 2 ** 32;

export function recordKey(indexId: number, vectorKey: string): Buffer {
  const text = Buffer.from(vectorKey, 'utf8');
  const key = Buffer.allocUnsafe(PREFIX_BYTES + text.length);
  key.writeUInt32BE(indexId, 0);
  key.writeUInt32BE(hash(text), 4);
  text.copy(key, PREFIX_BYTES);
  return key;
}

export function vectorKeyOf(recordKey: Buffer): string {
  return recordKey.toString('utf8', PREFIX_BYTES);
}

export function indexIdOf(recordKey: Buffer): number {
  return recordKey.readUInt32BE(0);
}

/** A range of record keys: from `start` (inclusive) to `end` (exclusive). */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

/**
 * The record keys of one segment out of `count`. Segments are disjoint and together hold every key of the index;
 * a vector stays in its segment whatever else is written meanwhile.
 */
export function segmentRange(indexId: number, segment: number, count: number): KeyRange {
  const boundary = (at: number): Buffer => {
    const key = Buffer.alloc(PREFIX_BYTES);
    const firstHash = Math.floor((at * HASHES) / count);
    key.writeUInt32BE(firstHash === HASHES ? indexId + 1 : indexId, 0);
    key.writeUInt32BE(firstHash % HASHES, 4);
    return key;
  };
  return { start: boundary(segment), end: boundary(segment + 1) };
}

/** FNV-1a with a final mix, so that similar keys spread over all segments. */
function hash(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (const byte of bytes) {
    state = Math.imul(state ^ byte, 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
