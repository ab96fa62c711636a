// A directory of its own for a test, gone afterwards, and executables made of a few lines of shell or JavaScript.
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LocalPaths } from '../../../local/paths';
import { localPaths } from '../../../local/paths';

export interface ScratchDirectory {
  readonly directory: string;
  readonly paths: LocalPaths;
  /** Writes `content` to `name` below the directory and returns the absolute path. */
  write(name: string, content: string): Promise<string>;
  executable(name: string, script: string): Promise<string>;
  remove(): Promise<void>;
}

/** @param root the package that `paths.root` names; default: this one */
export async function scratchDirectory(root?: string): Promise<ScratchDirectory> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 's3v-')));
  const write = async (name: string, content: string) => {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  return {
    directory,
    paths: localPaths({
      ...(root === undefined ? {} : { root }),
      environment: {
        S3V_LOCAL_DIR: path.join(directory, 'local'),
        S3V_CACHE_DIR: path.join(directory, 'cache'),
      },
    }),
    write,
    async executable(name, script) {
      const file = await write(name, script);
      await chmod(file, 0o755);
      return file;
    },
    remove: async () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}
