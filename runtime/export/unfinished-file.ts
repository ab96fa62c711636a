// A file that is written under a temporary name beside its own and renamed when it is whole: an export that ends early
// leaves nothing that looks like one that did not.
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { messageOf, RuntimeError } from '../runtime-error';

/** The file could not be written. */
export class ExportFileError extends RuntimeError<'FILE_EXISTS' | 'NOT_A_FILE' | 'FILE_FAILED'> {
  override readonly name = 'ExportFileError';
}

export class UnfinishedFile {
  private written = 0;

  private constructor(
    readonly file: string,
    private readonly unfinished: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws ExportFileError where the file exists and may not be replaced, or its directory cannot be written to */
  static async create(file: string, replace: boolean): Promise<UnfinishedFile> {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && !found.isFile()) {
      throw new ExportFileError(
        'NOT_A_FILE',
        `${file} is a folder, a pipe or a device, which cannot be replaced; name a file.`,
      );
    }
    if (!replace && found !== undefined) {
      throw new ExportFileError(
        'FILE_EXISTS',
        `${file} exists already; name another file, or say that it may be replaced.`,
      );
    }
    // A name that nobody has: what another export is writing, or a person has there, stays.
    const unfinished = `${file}.${randomBytes(4).toString('hex')}.unfinished`;
    try {
      return new UnfinishedFile(file, unfinished, await open(unfinished, 'wx', 0o600));
    } catch (error) {
      throw failed(file, error);
    }
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.written;
  }

  /** @throws ExportFileError */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      let done = 0;
      while (done < bytes.length) done += (await this.handle.write(bytes, done)).bytesWritten;
      this.written += bytes.length;
    } catch (error) {
      throw failed(this.file, error);
    }
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.unfinished, this.file);
    } catch (error) {
      throw failed(this.file, error);
    }
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.unfinished, { force: true });
  }
}

function failed(file: string, error: unknown): ExportFileError {
  return new ExportFileError('FILE_FAILED', `${file} cannot be written (${messageOf(error)}).`, {
    cause: error,
  });
}
