// A migration's source: a file of record lines, `.gz` or not. The line number is the cursor; a file that has changed since
// is another source, because its lines may have moved.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { jsonlBytes } from '../records/jsonl-file';
import { jsonlLines } from '../records/jsonl-lines';
import { readRecordLine } from '../records/record-line';
import type { SourceRecord } from '../records/source-record';
import { ItemError } from './item-error';
import type { MigrationSource, SourceItem, WantedItems } from './migration-source';

export function jsonlSource(file: string): MigrationSource {
  const name = file;
  async function* items(after: number, signal: AbortSignal | undefined): AsyncGenerator<SourceItem> {
    for await (const { number, text } of jsonlLines(jsonlBytes(file))) {
      signal?.throwIfAborted();
      if (number <= after) continue;
      yield lineItem(name, number, text);
    }
  }
  return {
    name,
    path: file,
    identity: async () => {
      const { size, mtime } = await stat(file);
      return {
        source: path.resolve(file),
        'bytes of the source': String(size),
        'time of the source': mtime.toISOString(),
      };
    },
    problems: ({ since }) =>
      since === undefined ? [] : ['lines of a JSONL file have no time; `since` is for buckets and folders.'],
    async *items({ prefix, after, signal }) {
      for await (const item of items(after === undefined ? 0 : Number(after), signal)) {
        if (prefix === undefined || item.key === undefined || item.key.startsWith(prefix)) yield item;
      }
    },
    async *only(wanted, signal) {
      // Twice through the file, because the last of several lines of one key counts.
      const { lastOfKey, changedAt } = await placesOf(wanted, items(0, signal));
      const found = new Set<string>();
      for await (const item of items(0, signal)) {
        const byKey = item.key !== undefined && lastOfKey.get(item.key) === item.cursor;
        const byLine = Number(item.cursor) < changedAt && isWithoutKey(wanted, item.cursor);
        if (byLine) found.add(item.cursor);
        if (byKey || byLine) yield item;
      }
      for (const [cursor, key] of wanted) {
        if (key === undefined ? !found.has(cursor) : !lastOfKey.has(key)) yield goneItem(name, cursor, key);
      }
    },
  };
}

function isWithoutKey(wanted: WantedItems, cursor: string): boolean {
  return wanted.has(cursor) && wanted.get(cursor) === undefined;
}

/** Where the wanted keys are now, and the first line that is no longer what it was: beyond it lines have moved. */
async function placesOf(
  wanted: WantedItems,
  items: AsyncIterable<SourceItem>,
): Promise<{ readonly lastOfKey: ReadonlyMap<string, string>; readonly changedAt: number }> {
  const keys = new Set(wanted.values());
  const lastOfKey = new Map<string, string>();
  const unchanged = new Set<string>();
  for await (const { cursor, key } of items) {
    if (key === undefined) continue;
    if (keys.has(key)) lastOfKey.set(key, cursor);
    if (wanted.get(cursor) === key) unchanged.add(cursor);
  }
  let changedAt = Infinity;
  for (const [cursor, key] of wanted) {
    if (key !== undefined && !unchanged.has(cursor)) changedAt = Math.min(changedAt, Number(cursor));
  }
  return { lastOfKey, changedAt };
}

/** Stands for a line that is no longer there, so that it is named as a failure and not forgotten. */
function goneItem(name: string, cursor: string, key: string | undefined): SourceItem {
  const reason =
    key === undefined
      ? `line ${cursor} had no key that could be read, and is not there any more or may have moved with the lines before it; migrate the file itself.`
      : 'no line of the file has this key any more.';
  return {
    cursor,
    name: `${name}:${cursor}`,
    key,
    bytes: 0,
    read: () => Promise.reject(new ItemError('VANISHED', reason)),
  };
}

function lineItem(name: string, number: number, text: string | undefined): SourceItem {
  const { record, problems } = readRecordLine(text);
  return {
    cursor: String(number),
    name: `${name}:${number}`,
    key: record?.key,
    bytes: text === undefined ? 0 : Buffer.byteLength(text),
    read: (): Promise<SourceRecord> =>
      record === undefined
        ? Promise.reject(new ItemError('UNREADABLE', problems.join(' ')))
        : Promise.resolve({ ...record, leftOut: [] }),
  };
}
