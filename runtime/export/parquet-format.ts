// An index as Parquet: `key` (string), `vector` (list of float32) and `metadata` (JSON text). Row groups are bounded in
// numbers, so that memory is bounded whatever the dimension. The library is loaded with the first export.
import type { ByteWriter as ByteWriterClass, ParquetWriter as ParquetWriterClass } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import type { ListedVector } from '../vector-store/vector-store';
import type { ExportFormat } from './export-format';
import type { UnfinishedFile } from './unfinished-file';

/** Numbers in one row group: the library holds a value and two levels of each, tens of megabytes together. */
const NUMBERS_PER_ROW_GROUP = 1 << 20;
const MAX_ROWS_PER_GROUP = 2_000;

/** As Parquet's LogicalTypes.md lays lists out; nothing in an index is ever null. */
const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 3 },
  {
    name: 'key',
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: 'REQUIRED',
  },
  {
    name: 'vector',
    converted_type: 'LIST',
    logical_type: { type: 'LIST' },
    repetition_type: 'REQUIRED',
    num_children: 1,
  },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  {
    name: 'metadata',
    type: 'BYTE_ARRAY',
    converted_type: 'JSON',
    logical_type: { type: 'JSON' },
    repetition_type: 'REQUIRED',
  },
];

export async function parquetFormat(
  file: UnfinishedFile,
  about: Readonly<Record<string, string>>,
): Promise<ExportFormat> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = drained(new ByteWriter(), file);
  const parquet: ParquetWriterClass = new ParquetWriter({
    writer,
    schema: SCHEMA,
    // Nobody looks for vectors by their least and greatest component, and the bytes of floats hardly shrink.
    statistics: false,
    createdBy: 'pulumi-s3-vectors',
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
  });
  let rows: ListedVector[] = [];
  let numbers = 0;
  const flush = async (): Promise<void> => {
    const these = rows;
    rows = [];
    numbers = 0;
    if (these.length === 0) return;
    await parquet.write({
      columnData: [
        { name: 'key', data: these.map(({ key }) => key) },
        {
          name: 'vector',
          data: these.map(({ data = [] }) => Array.from(data)),
          codec: 'UNCOMPRESSED',
          encoding: 'PLAIN',
        },
        // The library writes what it is given as JSON.
        { name: 'metadata', data: these.map(({ metadata = {} }) => metadata) },
      ],
      rowGroupSize: these.length,
    });
  };
  return {
    add: async (vector) => {
      rows.push(vector);
      numbers += vector.data?.length ?? 0;
      if (numbers >= NUMBERS_PER_ROW_GROUP || rows.length >= MAX_ROWS_PER_GROUP) await flush();
    },
    end: async () => {
      await flush();
      await parquet.finish();
    },
  };
}

/** A writer that is emptied into the file after every row group. */
function drained(writer: ByteWriterClass, file: UnfinishedFile): ByteWriterClass {
  const flush = async (): Promise<void> => {
    const bytes = Uint8Array.from(new Uint8Array(writer.buffer, 0, writer.index));
    writer.index = 0;
    await file.write(bytes);
  };
  return Object.assign(writer, { flush, finish: flush });
}
