// The file of failures: a line of JSON for each item that is not in the index, with what it takes to try it again. What a
// checkpoint counts is in the file before the checkpoint is, and what it does not count is cut off when a run resumes, so
// that no failure is missing and none is there twice.
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { InvalidInputError, refuse } from '../../contract/invalid-input';
import { jsonlLines } from '../records/jsonl-lines';
import { messageOf } from '../runtime-error';
import { MigrationFileError } from './checkpoint-file';
import type { ItemFailure } from './migration-report';
import type { MigrationSource, WantedItems } from './migration-source';

export class FailureFile {
  private length: number;

  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    length: number,
    private readonly from: string | undefined,
  ) {
    this.length = length;
  }

  /**
   * Opens the file for a run: anew for `length` 0, else at the length that its checkpoint names.
   * @param from the source, which is written into every line
   * @throws InvalidInputError where the file is shorter than that, so that it is not the one that belongs to the
   * checkpoint, and where it holds something else than failures: that is nobody's to overwrite
   * @throws MigrationFileError
   */
  static async open(file: string, length: number, from?: string): Promise<FailureFile> {
    let handle: FileHandle | undefined;
    try {
      // Not emptied before it was looked at.
      handle = await open(file, constants.O_RDWR | (length === 0 ? constants.O_CREAT : 0), 0o600);
      const found = await handle.stat();
      if (!found.isFile()) throw notOurs(file, 'is no regular file');
      if (found.size < length) throw tooShort(file, found.size, length);
      if (length === 0 && !(await holdsFailures(handle)))
        throw notOurs(file, 'holds something else than failures');
      await handle.truncate(length);
      return new FailureFile(file, handle, length, from);
    } catch (error) {
      await handle?.close();
      if (error instanceof InvalidInputError) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && length > 0) throw tooShort(file, 0, length);
      throw failed(file, error);
    }
  }

  /** Bytes that are in the file for certain. */
  get bytes(): number {
    return this.length;
  }

  /** @throws MigrationFileError */
  async append(failures: readonly ItemFailure[]): Promise<void> {
    if (failures.length === 0) return;
    const bytes = Buffer.from(
      failures.map((failure) => `${JSON.stringify({ ...failure, from: this.from })}\n`).join(''),
    );
    try {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await this.handle.write(
          bytes,
          written,
          bytes.length - written,
          this.length + written,
        );
        written += bytesWritten;
      }
      await this.handle.sync();
    } catch (error) {
      // Half a line would make the file unreadable; what is whole is counted.
      await this.handle.truncate(this.length).catch(() => undefined);
      throw failed(this.file, error);
    }
    this.length += bytes.length;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * The failures of a file, checked as a whole.
 * @throws InvalidInputError naming every line that is none, as file:line
 */
export async function readFailures(file: string): Promise<ItemFailure[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw failed(file, error, 'read');
  }
  const failures: ItemFailure[] = [];
  const problems: string[] = [];
  for await (const { number, text } of jsonlLines(only(bytes))) {
    const failure = failureOf(text);
    if (failure === undefined) {
      problems.push(
        `${file}:${number}: it is no failure of a migration ("source", "cursor", "code", "reason").`,
      );
    } else failures.push(failure);
  }
  if (problems.length > 0) throw new InvalidInputError('file of failures', problems.slice(0, MAX_PROBLEMS));
  return failures;
}

/**
 * The items that a file of failures names, for another try (`only` of `migrate`) or as known to have failed (`failed` of
 * `verifyMigration`).
 * @throws InvalidInputError as `readFailures`, and where failures are of another source: their cursors mean nothing here
 */
export async function failedItems(
  file: string,
  source: Pick<MigrationSource, 'identity'>,
): Promise<WantedItems> {
  const failures = await readFailures(file);
  const { source: here } = await source.identity();
  const others = new Set(failures.flatMap(({ from = here }) => (from === here ? [] : [from])));
  refuse(
    'file of failures',
    [...others]
      .slice(0, MAX_PROBLEMS)
      .map(
        (other) => `${file} is of the source ${other}, and not of ${here ?? 'this one'}; name that source.`,
      ),
  );
  return new Map(failures.map(({ cursor, key }) => [cursor, key]));
}

const MAX_PROBLEMS = 20;

function failureOf(text: string | undefined): ItemFailure | undefined {
  try {
    const { source, cursor, key, code, reason, from } = JSON.parse(text ?? '') as Record<string, unknown>;
    return typeof source === 'string' &&
      typeof cursor === 'string' &&
      typeof code === 'string' &&
      typeof reason === 'string'
      ? {
          source,
          cursor,
          key: typeof key === 'string' ? key : undefined,
          code,
          reason,
          ...(typeof from === 'string' ? { from } : {}),
        }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a file's beginning that tell what it is. */
const BEGINNING = 1 << 16;

/** Whether a file is empty or begins with a failure, as far as it was written before a kill. */
async function holdsFailures(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
  const [first = '', ...rest] = buffer.toString('utf8', 0, bytesRead).split('\n');
  if (bytesRead === 0) return true;
  return rest.length === 0 ? first.startsWith('{"source":') : failureOf(first) !== undefined;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of one piece
async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function tooShort(file: string, size: number, length: number): InvalidInputError {
  return new InvalidInputError('file of failures', [
    `${file} has ${size} bytes and the checkpoint counts on ${length}: it was moved or changed. Put it back, or delete the checkpoint to begin anew.`,
  ]);
}

function notOurs(file: string, problem: string): InvalidInputError {
  return new InvalidInputError('file of failures', [`${file} ${problem}; name another file.`]);
}

function failed(file: string, error: unknown, does = 'written'): MigrationFileError {
  return new MigrationFileError(
    'FILE_FAILED',
    `file of failures ${file} cannot be ${does} (${messageOf(error)}).`,
    {
      cause: error,
    },
  );
}
