// A migration's source: a file of record lines, `.gz` or not. The line number is the cursor; a file that has changed since
// is another source, because its lines may have moved.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { jsonlLines } from '../records/jsonl-lines';
import { readRecordLine } from '../records/record-line';
import { ItemError } from './item-error';
import type { MigrationSource, SourceItem, SourceRecord } from './migration-source';

export function jsonlSource(file: string): MigrationSource {
  const name = file;
  async function* items(after: number, signal: AbortSignal | undefined): AsyncGenerator<SourceItem> {
    for await (const { number, text } of jsonlLines(openLines(file))) {
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
    async *only(cursors, signal) {
      for await (const item of items(0, signal)) if (cursors.has(item.cursor)) yield item;
    },
  };
}

function openLines(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file);
  if (!file.endsWith('.gz')) return stream;
  // Errors of either end the one that is read.
  return pipeline(stream, createGunzip(), () => undefined);
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
