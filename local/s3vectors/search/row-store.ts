// The rows of one index in shared memory. A row never changes where it stands, so that scans read it without locks;
// its room is used again once it is freed.
import { keyBounds, keyOf } from './metadata-row';

/** Rows stand at multiples of this, so that a 32-bit reference reaches 64 GiB. */
const UNIT = 16;
const CHUNK_BYTES = 1024 * 1024;
const UNITS_PER_CHUNK = CHUNK_BYTES / UNIT;

/** Where a row is; 0 stands for none. */
export type RowReference = number;

/** Reads rows from any thread. */
export class RowReader {
  readonly chunks: Uint8Array[] = [];
  readonly views: DataView[] = [];

  constructor(buffers: readonly SharedArrayBuffer[]) {
    for (const buffer of buffers) this.add(buffer);
  }

  add(buffer: SharedArrayBuffer): void {
    this.chunks.push(new Uint8Array(buffer));
    this.views.push(new DataView(buffer));
  }

  bytesOf(reference: RowReference): Uint8Array {
    return this.chunks[Math.floor(reference / UNITS_PER_CHUNK)] as Uint8Array;
  }

  viewOf(reference: RowReference): DataView {
    return this.views[Math.floor(reference / UNITS_PER_CHUNK)] as DataView;
  }

  key(reference: RowReference): string {
    return keyOf(this.bytesOf(reference), offsetOf(reference));
  }

  /** Order of two rows by the UTF-8 bytes of their keys. */
  compareKeys(a: RowReference, b: RowReference): number {
    const bytesOfA = this.bytesOf(a);
    const bytesOfB = this.bytesOf(b);
    const boundsOfA = keyBounds(bytesOfA, offsetOf(a));
    const boundsOfB = keyBounds(bytesOfB, offsetOf(b));
    const length = Math.min(boundsOfA.end - boundsOfA.start, boundsOfB.end - boundsOfB.start);
    for (let at = 0; at < length; at += 1) {
      const difference =
        (bytesOfA[boundsOfA.start + at] as number) - (bytesOfB[boundsOfB.start + at] as number);
      if (difference !== 0) return difference;
    }
    return boundsOfA.end - boundsOfA.start - (boundsOfB.end - boundsOfB.start);
  }
}

/** Where in its chunk a row begins. */
export function offsetOf(reference: RowReference): number {
  return (reference % UNITS_PER_CHUNK) * UNIT;
}

/** The one writer of rows. */
export class RowStore {
  readonly buffers: SharedArrayBuffer[] = [];
  readonly reader = new RowReader([]);
  private readonly freed = new Map<number, RowReference[]>();
  private next = CHUNK_BYTES;

  /** Keeps a copy of a row. */
  add(row: Uint8Array): RowReference {
    const units = Math.ceil(row.length / UNIT);
    const reference = this.freed.get(units)?.pop() ?? this.fresh(units);
    this.reader.bytesOf(reference).set(row, offsetOf(reference));
    return reference;
  }

  /** Gives a row's room back. @param bytes the row's length */
  free(reference: RowReference, bytes: number): void {
    const units = Math.ceil(bytes / UNIT);
    const same = this.freed.get(units);
    if (same === undefined) this.freed.set(units, [reference]);
    else same.push(reference);
  }

  private fresh(units: number): RowReference {
    if (this.next + units * UNIT > CHUNK_BYTES) {
      const buffer = new SharedArrayBuffer(CHUNK_BYTES);
      this.buffers.push(buffer);
      this.reader.add(buffer);
      this.next = this.buffers.length === 1 ? UNIT : 0; // reference 0 stands for none
    }
    const reference = (this.buffers.length - 1) * UNITS_PER_CHUNK + this.next / UNIT;
    this.next += units * UNIT;
    return reference;
  }
}
