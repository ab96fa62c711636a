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
/** A UTF-16 unit is at most three UTF-8 bytes; an escaped one (`\u0000`) is already six units of text. */
const MAX_BYTES_PER_UNIT = 3;

/** Gathers records into bodies. One memory area is used for all of them; what `take` returns is a copy. */
export class PutBodyWriter {
  private readonly head: Buffer;
  private area: Buffer;
  private end: number;
  private records: EncodedRecord[] = [];

  constructor(
    target: { readonly vectorBucketName: string; readonly indexName: string },
    private readonly limits: PutBodyLimits = LIMITS,
  ) {
    this.head = putBodyHead(target);
    this.area = Buffer.allocUnsafe(INITIAL_BYTES);
    this.head.copy(this.area);
    this.end = this.head.length;
  }

  get size(): number {
    return this.records.length;
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

  /** Ends the body, and begins the next one. */
  take(): PutBody {
    const bytes = Buffer.allocUnsafeSlow(this.end + TAIL.length);
    this.area.copy(bytes, 0, 0, this.end);
    TAIL.copy(bytes, this.end);
    const { records } = this;
    this.records = [];
    this.end = this.head.length;
    return { records, bytes };
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
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.area.length * 2));
    this.area.copy(larger, 0, 0, this.end);
    this.area = larger;
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
