// The rows of an index on disk (see search/metadata-row), by slot: a page holds those of a few consecutive slots, so
// that an index of a million vectors is opened by reading some thousands of values and parsing none. A page is written
// in the transaction that writes its records: what the records say of live slots, the pages say too.
import type { Database } from './database';

/** Slots of a page. */
export const SLOTS_PER_PAGE = 32;

const KEY_BYTES = 8;
const ENTRY_HEADER_BYTES = 5;

/** A live slot and its row. */
export interface SlotRow {
  readonly slot: number;
  readonly row: Uint8Array;
}

export function pageOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_PAGE);
}

/** The live slots of a page, as the database keeps them. */
export function encodePage(rows: readonly SlotRow[]): Buffer {
  const parts = rows.flatMap(({ slot, row }) => {
    const header = Buffer.allocUnsafe(ENTRY_HEADER_BYTES);
    header.writeUInt8(slot % SLOTS_PER_PAGE, 0);
    header.writeUInt32LE(row.length, 1);
    return [header, row];
  });
  return Buffer.concat(parts);
}

export function* decodePage(page: number, value: Buffer): Generator<SlotRow> {
  for (let at = 0; at < value.length;) {
    const slot = page * SLOTS_PER_PAGE + value.readUInt8(at);
    const end = at + ENTRY_HEADER_BYTES + value.readUInt32LE(at + 1);
    yield { slot, row: value.subarray(at + ENTRY_HEADER_BYTES, end) };
    at = end;
  }
}

/** Writes a page, or removes it when it is empty; only within a transaction. */
export function putPage(database: Database, indexId: number, page: number, rows: readonly SlotRow[]): void {
  const key = pageKey(indexId, page);
  if (rows.length === 0) void database.slotPages.remove(key);
  else void database.slotPages.put(key, encodePage(rows));
}

/** Pages of an index in ascending order, beginning with `from`, at most `limit`. */
export function readPages(
  database: Database,
  indexId: number,
  from: number,
  limit: number,
): { readonly page: number; readonly value: Buffer }[] {
  const range = { start: pageKey(indexId, from), end: pageKey(indexId + 1, 0), limit };
  return [...database.slotPages.getRange(range)].map(({ key, value }) => ({
    page: key.readUInt32BE(4),
    value,
  }));
}

/** Deletes all pages of an index, in transactions of bounded size. */
export async function purgePages(database: Database, indexId: number): Promise<void> {
  const PER_TRANSACTION = 2_000;
  for (;;) {
    const range = { start: pageKey(indexId, 0), end: pageKey(indexId + 1, 0), limit: PER_TRANSACTION };
    const keys = [...database.slotPages.getKeys(range)];
    if (keys.length === 0) return;
    await database.commit(() => {
      for (const key of keys) void database.slotPages.remove(key);
    });
  }
}

function pageKey(indexId: number, page: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(indexId, 0);
  key.writeUInt32BE(page, 4);
  return key;
}
