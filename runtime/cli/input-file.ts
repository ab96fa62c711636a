// A file that a command reads, or standard input for `-`. It is read twice, once to check all of it and once to send it;
// what comes from a pipe is therefore kept in a temporary file meanwhile.
import { constants, createReadStream, createWriteStream, rmSync } from 'node:fs';
import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { jsonlBytes } from '../records/jsonl-file';
import { messageOf } from '../runtime-error';
import { CommandFailure, EXIT } from './exit-codes';

export interface InputFile {
  /** As people know it: the path, or `standard input`. */
  readonly name: string;
  /** Where it lies. */
  readonly path: string;
  /** A stream from its beginning, unpacked where it is gzip, as often as it is asked for. */
  open(): AsyncIterable<Buffer>;
  /** Bytes. */
  readonly size: number;
  close(): Promise<void>;
}

/** @throws CommandFailure for a path that cannot be read */
export async function inputFile(
  file: string,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<InputFile> {
  if (file === '-') return kept('standard input', stdin, signal);
  const { size, isPipe } = await readableFile(file);
  // Such as `<(zcat records.jsonl.gz)`.
  if (isPipe) return kept(file, createReadStream(file), signal);
  return { name: file, path: file, open: () => jsonlBytes(file), size, close: () => Promise.resolve() };
}

/** A copy of a stream, which only its owner can read and which `close` removes. */
async function kept(name: string, stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<InputFile> {
  const directory = await mkdtemp(path.join(tmpdir(), 's3-vectors-'));
  const copy = path.join(directory, 'input');
  // Also where the process is ended while something hangs.
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const close = async () => {
    process.off('exit', remove);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await pipeline(stream, createWriteStream(copy, { mode: 0o600 }), { signal });
    const { size } = await stat(copy);
    return { name, path: copy, open: () => jsonlBytes(copy, name), size, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What a path leads to.
 * @throws CommandFailure for a path that cannot be read
 */
export async function readableFile(
  file: string,
): Promise<{ readonly size: number; readonly isPipe: boolean }> {
  try {
    await access(file, constants.R_OK);
    const found = await stat(file);
    if (found.isFile()) return { size: found.size, isPipe: false };
    if (found.isFIFO() || found.isCharacterDevice()) return { size: 0, isPipe: true };
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read (${messageOf(error)}).`, EXIT.usage);
  }
  throw new CommandFailure(`${file} is no file.`, EXIT.usage);
}
