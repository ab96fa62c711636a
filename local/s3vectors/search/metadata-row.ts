// A row: what a search needs of a vector beside its components - its key and its filterable metadata - packed into
// bytes, so that a million of them are no JavaScript objects and every thread can read them.
//
//   row    = key length (2) key · number of fields (1) field…
//   field  = name length (2) name · value
//   value  = tag (1) and: number 8 bytes · string length (2), text · list length in bytes (2), elements (values)
//   All numbers are little-endian, all texts UTF-8.
import type { Metadata, MetadataValue } from '../../../contract/vectors/metadata';

export const TAG = { false: 0, true: 1, number: 2, string: 3, list: 4 } as const;

const MAX_LENGTH = 0xffff;
const LENGTH_BYTES = 2;
const NUMBER_BYTES = 8;

/**
 * @param leftOut metadata keys that do not go into the row
 * @throws RangeError when a text is longer than 65,535 bytes; S3 Vectors allows a fraction of that
 */
export function encodeRow(key: string, metadata: Metadata | undefined, leftOut: readonly string[]): Buffer {
  const fields = Object.entries(metadata ?? {}).filter(([name]) => !leftOut.includes(name));
  const keyBytes = Buffer.byteLength(key);
  const bytes = fields.reduce(
    (sum, [name, value]) => sum + LENGTH_BYTES + Buffer.byteLength(name) + valueBytes(value),
    LENGTH_BYTES + keyBytes + 1,
  );
  const row = Buffer.allocUnsafe(bytes);
  let at = writeText(row, 0, key);
  at = row.writeUInt8(fields.length, at);
  for (const [name, value] of fields) at = writeValue(row, writeText(row, at, name), value);
  return row;
}

/** Where the key of a row begins and ends. */
export function keyBounds(bytes: Uint8Array, row: number): { readonly start: number; readonly end: number } {
  const start = row + LENGTH_BYTES;
  return { start, end: start + lengthAt(bytes, row) };
}

export function keyOf(bytes: Uint8Array, row: number): string {
  const { start, end } = keyBounds(bytes, row);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Bytes of a row. */
export function rowBytes(bytes: Uint8Array, row: number): number {
  let at = keyBounds(bytes, row).end;
  const fields = bytes[at] as number;
  at += 1;
  for (let field = 0; field < fields; field += 1) at = afterValue(bytes, afterText(bytes, at));
  return at - row;
}

/** Where the value of a field begins; 0 when the row has no such field. */
export function findField(bytes: Uint8Array, row: number, name: Uint8Array): number {
  let at = afterText(bytes, row);
  const fields = bytes[at] as number;
  at += 1;
  for (let field = 0; field < fields; field += 1) {
    const value = afterText(bytes, at);
    if (value - at - LENGTH_BYTES === name.length && startsWithAt(bytes, at + LENGTH_BYTES, name))
      return value;
    at = afterValue(bytes, value);
  }
  return 0;
}

/** The position behind a value. */
export function afterValue(bytes: Uint8Array, at: number): number {
  switch (bytes[at] as number) {
    case TAG.number:
      return at + 1 + NUMBER_BYTES;
    case TAG.string:
    case TAG.list:
      return afterText(bytes, at + 1);
    default:
      return at + 1;
  }
}

/** The position behind a length and as many bytes. */
export function afterText(bytes: Uint8Array, at: number): number {
  return at + LENGTH_BYTES + lengthAt(bytes, at);
}

export function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

export function startsWithAt(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let offset = 0; offset < prefix.length; offset += 1) {
    if (bytes[at + offset] !== prefix[offset]) return false;
  }
  return true;
}

function valueBytes(value: MetadataValue): number {
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return 1 + NUMBER_BYTES;
  if (typeof value === 'string') return 1 + LENGTH_BYTES + Buffer.byteLength(value);
  return value.reduce<number>((sum, element) => sum + valueBytes(element), 1 + LENGTH_BYTES);
}

function writeValue(row: Buffer, at: number, value: MetadataValue): number {
  if (typeof value === 'boolean') return row.writeUInt8(value ? TAG.true : TAG.false, at);
  if (typeof value === 'number') return row.writeDoubleLE(value, row.writeUInt8(TAG.number, at));
  if (typeof value === 'string') return writeText(row, row.writeUInt8(TAG.string, at), value);
  const start = row.writeUInt8(TAG.list, at);
  let end = start + LENGTH_BYTES;
  for (const element of value) end = writeValue(row, end, element);
  row.writeUInt16LE(checkedLength(end - start - LENGTH_BYTES), start);
  return end;
}

function writeText(row: Buffer, at: number, text: string): number {
  const length = row.write(text, at + LENGTH_BYTES, 'utf8');
  row.writeUInt16LE(checkedLength(length), at);
  return at + LENGTH_BYTES + length;
}

function checkedLength(length: number): number {
  if (length > MAX_LENGTH)
    throw new RangeError(`a key or filterable metadata value of ${length} bytes; at most ${MAX_LENGTH} fit`);
  return length;
}
