// An index as JSONL: the record lines that `put` and `migrate` read, compressed where the file's name says so.
import { createGzip } from 'node:zlib';
import type { Gzip } from 'node:zlib';
import { once } from 'node:events';
import { writeRecordLine } from '../records/record-line';
import { shortened } from '../vector-store/float32-decimal';
import type { ListedVector } from '../vector-store/vector-store';
import type { ExportFormat } from './export-format';
import type { UnfinishedFile } from './unfinished-file';

/** Bytes gathered before they are written. */
const GATHERED = 1 << 20;

export function jsonlFormat(file: UnfinishedFile, compressed: boolean): ExportFormat {
  const sink = compressed
    ? gzipped(file)
    : { write: (bytes: Buffer) => file.write(bytes), end: () => Promise.resolve() };
  let lines: string[] = [];
  let gathered = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(lines.join(''));
    lines = [];
    gathered = 0;
    if (bytes.length > 0) await sink.write(bytes);
  };
  return {
    add: async (vector) => {
      const line = `${lineOf(vector)}\n`;
      lines.push(line);
      gathered += line.length;
      if (gathered >= GATHERED) await flush();
    },
    end: async () => {
      await flush();
      await sink.end();
    },
  };
}

function lineOf({ key, data, metadata }: ListedVector): string {
  return writeRecordLine({ key, vector: shortened(data ?? []), metadata });
}

/** Compresses piece by piece; a piece is taken when the one before it is in the file. */
function gzipped(file: UnfinishedFile): { write(bytes: Buffer): Promise<void>; end(): Promise<void> } {
  const gzip: Gzip = createGzip();
  const writing = (async () => {
    for await (const chunk of gzip) await file.write(chunk as Buffer);
  })();
  // Told to whoever writes next, or ends.
  writing.catch(() => gzip.destroy());
  return {
    write: async (bytes) => {
      if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), writing]);
    },
    end: async () => {
      gzip.end();
      await writing;
    },
  };
}
