// The bytes of a JSONL file, unpacked where it is gzip, by its name or by how it begins.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, RuntimeError } from '../runtime-error';

const LINE_FEED = 0x0a;
/** How every gzip file begins, and no text. */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The file could not be read, or not to its end. */
export class JsonlFileError extends RuntimeError<'FILE_FAILED'> {
  override readonly name = 'JsonlFileError';
}

/**
 * @param name the file as a person knows it, where that is not its path
 * @throws JsonlFileError saying after which line
 */
export async function* jsonlBytes(file: string, name = file): AsyncGenerator<Buffer, void, undefined> {
  let lines = 0;
  let compressed = false;
  try {
    compressed = await isGzip(file);
    const stream = createReadStream(file);
    // Errors of either end the one that is read.
    for await (const chunk of compressed ? pipeline(stream, createGunzip(), () => undefined) : stream) {
      const bytes = chunk as Buffer;
      yield bytes;
      for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
    }
  } catch (error) {
    const remedy = compressed
      ? ' It is damaged or was cut off: make it again, or unpack what is whole of it into a file of its own.'
      : '';
    throw new JsonlFileError(
      'FILE_FAILED',
      `${name} cannot be read${lines === 0 ? '' : ` beyond line ${lines}`} (${messageOf(error)}).${remedy}`,
      { cause: error },
    );
  }
}

async function isGzip(file: string): Promise<boolean> {
  if (file.toLowerCase().endsWith('.gz')) return true;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return bytesRead === GZIP.length && buffer.equals(GZIP);
  } finally {
    await handle.close();
  }
}
