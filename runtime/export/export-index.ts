// An index into a file, for keeping, moving or looking at with other tools. Vectors are listed in parallel segments, no
// faster than the file takes them.
import type { ListedVector, VectorStore } from '../vector-store/vector-store';
import { VectorStoreError } from '../vector-store/vector-store-error';
import { jsonlFormat } from './jsonl-format';
import { parquetFormat } from './parquet-format';
import { UnfinishedFile } from './unfinished-file';

export type FileFormat = 'jsonl' | 'parquet';

export interface ExportOptions {
  readonly store: VectorStore;
  /** `.gz` at its end compresses JSONL. */
  readonly file: string;
  /** Default by the file's name: `.parquet` is Parquet, everything else JSONL. */
  readonly format?: FileFormat | undefined;
  /** Whether a file that exists may be replaced, default false. It stays as it is until the new one is whole. */
  readonly replace?: boolean | undefined;
  /** Vectors to export at most. */
  readonly limit?: number | undefined;
  /** Only keys that begin so; the whole index is listed all the same. */
  readonly prefix?: string | undefined;
  /** Parallel segments, 1–16, default 4. */
  readonly segments?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

export interface ExportProgress {
  readonly exported: number;
  readonly seconds: number;
}

export interface ExportReport extends ExportProgress {
  readonly file: string;
  readonly format: FileFormat;
  readonly bytes: number;
}

/** The format that a file's name asks for. */
export function formatOf(file: string): FileFormat {
  return file.toLowerCase().endsWith('.parquet') ? 'parquet' : 'jsonl';
}

/**
 * Writes every vector of an index, with numbers and metadata, in no order. What is written to the index meanwhile may be
 * in the file or not.
 * @throws ExportFileError, VectorStoreError; no file is left then
 */
export async function exportIndex(options: ExportOptions): Promise<ExportReport> {
  const { store, signal, segments, prefix = '', limit = Infinity, onProgress } = options;
  const format = options.format ?? formatOf(options.file);
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const { shape, indexArn } = await store.describe({ signal });
  const file = await UnfinishedFile.create(options.file, options.replace ?? false);
  let exported = 0;
  try {
    const writer =
      format === 'parquet'
        ? await parquetFormat(file, {
            index: indexArn,
            dimension: String(shape.dimension),
            distanceMetric: shape.distanceMetric,
          })
        : jsonlFormat(file, options.file.toLowerCase().endsWith('.gz'));
    for await (const vector of store.list({ data: true, metadata: true, segments, signal })) {
      if (exported >= limit) break;
      if (!vector.key.startsWith(prefix)) continue;
      checkWhole(vector, shape.dimension);
      await writer.add(vector);
      exported += 1;
      onProgress?.({ exported, seconds: seconds() });
    }
    signal?.throwIfAborted();
    await writer.end();
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
  return { file: options.file, format, exported, bytes: file.bytes, seconds: seconds() };
}

/** A vector without its numbers would be an export that nobody can bring back. */
function checkWhole({ key, data }: ListedVector, dimension: number): void {
  if (data?.length === dimension) return;
  throw new VectorStoreError(
    'UNEXPECTED_ANSWER',
    `ListVectors answered ${data?.length ?? 0} numbers for "${key}", and the index has ${dimension} dimensions.`,
  );
}
