// The body of PutVectors, written byte by byte as its records come, so that a batch is closed exactly when one more
// record would exceed either limit of a request: 500 vectors or 20,971,520 bytes.
import { MAX_REQUEST_BYTES, MAX_VECTORS_PER_PUT } from '../../contract/limits';
import type { VectorRecord } from '../../contract/vectors/record';
import { MAX_FLOAT32_LENGTH, writeFloat32s } from './float32-decimal';

/** A record of a batch: where it stood in the caller's source, and which bytes of the body are its own. */
export interface EncodedRecord {
  readonly key: string;
  /** Place in the source, counted from 0. */
  readonly position: number;
  readonly begin: number;
  readonly end: number;
}

/** What one PutVectors sends. */
export interface PutBody {
  readonly records: readonly EncodedRecord[];
  /** The request body: UTF-8 JSON, at most `MAX_REQUEST_BYTES`. */
  readonly bytes: Buffer;
}

export interface PutBodyLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

const LIMITS: PutBodyLimits = { maxRecords: MAX_VECTORS_PER_PUT, maxBytes: MAX_REQUEST_BYTES };
const TAIL = Buffer.from(']}');
const COMMA = 44;
const BRACKET = 93;
const INITIAL_BYTES = 1 << 16;
/** What a record that turns out not to fit may need beyond the limit while it is written. */
const OVERHANG_BYTES = 1 << 18;
/** A UTF-16 unit is at most three UTF-8 bytes; an escaped one (`\u0000`) is already six units of text. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Gathers records into bodies. A body is the memory area that it was written into, never a copy: with as many areas as
 * bodies are under way, given back by `recycle`, a put of any length needs no more memory.
 */
export class PutBodyWriter {
  private readonly head: Buffer;
  private area: Buffer;
  private readonly free: Buffer[] = [];
  private readonly areas = new WeakSet();
  private end: number;
  private records: EncodedRecord[] = [];

  constructor(
    target: { readonly vectorBucketName: string; readonly indexName: string },
    private readonly limits: PutBodyLimits = LIMITS,
  ) {
    this.head = putBodyHead(target);
    this.area = this.newArea(INITIAL_BYTES);
    this.head.copy(this.area);
    this.end = this.head.length;
  }

  get size(): number {
    return this.records.length;
  }

  /** Bytes of the body so far. */
  get length(): number {
    return this.end + TAIL.length;
  }

  /**
   * Appends a record that `validateRecord` accepted.
   * Returns false, with nothing changed, when it does not fit any more: `take` the body first and add it again.
   */
  add(record: VectorRecord, position: number): boolean {
    if (this.records.length >= this.limits.maxRecords) return false;
    const begin = this.end + (this.records.length === 0 ? 0 : 1);
    const end = this.encode(record, begin);
    if (end + TAIL.length > this.limits.maxBytes) return false;
    if (begin > this.end) this.area[this.end] = COMMA;
    this.end = end;
    this.records.push({ key: record.key, position, begin, end });
    return true;
  }

  /** Ends the body, and begins the next one. The body's bytes stay as they are until it is recycled. */
  take(): PutBody {
    const { area, records } = this;
    TAIL.copy(area, this.end);
    const bytes = area.subarray(0, this.end + TAIL.length);
    this.records = [];
    // The next body will most likely be as long as this one.
    this.area = this.free.pop() ?? this.newArea(area.length);
    this.head.copy(this.area);
    this.end = this.head.length;
    return { records, bytes };
  }

  /**
   * Gives a body's memory back for bodies to come. Only for what the service has acknowledged: a request that failed
   * may still be written to a socket, and must not change under it. A body that `putBodyOf` made has memory of its own.
   */
  recycle({ bytes }: PutBody): void {
    if (this.areas.has(bytes.buffer)) this.free.push(Buffer.from(bytes.buffer));
  }

  /** Writes a record at `begin`, beyond the body's end, and returns where it ended. */
  private encode(record: VectorRecord, begin: number): number {
    const opening = `{"key":${JSON.stringify(record.key)},"data":{"float32":[`;
    const closing = record.metadata === undefined ? '}}' : `},"metadata":${JSON.stringify(record.metadata)}}`;
    const { data } = record;
    this.reserve(
      begin +
        (opening.length + closing.length) * MAX_BYTES_PER_UNIT +
        data.length * (MAX_FLOAT32_LENGTH + 1) +
        TAIL.length,
    );
    const { area } = this;
    let at = writeFloat32s(data, area, begin + area.write(opening, begin));
    area[at++] = BRACKET;
    return at + area.write(closing, at);
  }

  private reserve(bytes: number): void {
    if (bytes <= this.area.length) return;
    const enough = this.limits.maxBytes + OVERHANG_BYTES;
    const larger = this.newArea(Math.max(bytes, Math.min(this.area.length * 2, enough)));
    this.area.copy(larger, 0, 0, this.end);
    this.area = larger;
  }

  private newArea(bytes: number): Buffer {
    const area = Buffer.allocUnsafeSlow(bytes);
    this.areas.add(area.buffer);
    return area;
  }
}

/** A body with some of another's records, without encoding them again. */
export function putBodyOf(body: PutBody, records: readonly EncodedRecord[]): PutBody {
  const headLength = body.records[0]?.begin ?? 0;
  const parts: Buffer[] = [body.bytes.subarray(0, headLength)];
  let end = headLength;
  const moved = records.map((record, place) => {
    if (place > 0) {
      parts.push(Buffer.of(COMMA));
      end += 1;
    }
    const begin = end;
    parts.push(body.bytes.subarray(record.begin, record.end));
    end += record.end - record.begin;
    return { ...record, begin, end };
  });
  return { records: moved, bytes: Buffer.concat([...parts, TAIL]) };
}

function putBodyHead(target: { readonly vectorBucketName: string; readonly indexName: string }): Buffer {
  const names = JSON.stringify({
    vectorBucketName: target.vectorBucketName,
    indexName: target.indexName,
  });
  return Buffer.from(`${names.slice(0, -1)},"vectors":[`);
}
