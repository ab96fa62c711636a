// The files of an archive, read from disk: what a Lambda package is zipped from.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { isAsset, type Archive, type Asset } from '../property-value';

export interface PackagedFile {
  /** Path inside the archive, with forward slashes. */
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/**
 * Reads every file of an archive, sorted by name. Relative paths are relative to the working directory, which for
 * a plugin is the program's.
 * @throws Error for addresses on the network and for archive files other than folders, naming the property's part
 */
export async function filesOf(archive: Archive, at = ''): Promise<PackagedFile[]> {
  const { source } = archive;
  if ('uri' in source)
    throw new Error(`${source.uri}: the local stand-in reads no archives from the network`);
  if ('path' in source) {
    if (!(await stat(source.path)).isDirectory()) {
      throw new Error(
        `${source.path}: inside an archive the local stand-in takes folders and files, not archive files`,
      );
    }
    return sorted(await folderFiles(source.path, at));
  }
  const files: PackagedFile[] = [];
  for (const [name, inner] of Object.entries(source.assets)) {
    const path = inside(at, name);
    if (isAsset(inner)) files.push(await assetFile(inner, path));
    else files.push(...(await filesOf(inner, path)));
  }
  return sorted(files);
}

/** The path of an archive that is one file on disk, such as a `.zip`, or undefined. */
export async function singleFile(archive: Archive): Promise<string | undefined> {
  const { source } = archive;
  if (!('path' in source)) return undefined;
  return (await stat(source.path)).isDirectory() ? undefined : source.path;
}

const sorted = (files: PackagedFile[]): PackagedFile[] =>
  files.sort((one, other) => (one.name < other.name ? -1 : 1));

/** @throws Error for a name that would leave the archive when it is unpacked */
function inside(at: string, name: string): string {
  const path = posix.join(at, name.split('\\').join('/'));
  if (path.startsWith('/') || path === '..' || path.startsWith('../')) {
    throw new Error(`${JSON.stringify(name)}: a file in an archive must lie inside it`);
  }
  return path;
}

async function assetFile({ source }: Asset, name: string): Promise<PackagedFile> {
  if ('text' in source) return { name, content: Buffer.from(source.text), executable: false };
  if ('path' in source) return diskFile(source.path, name);
  throw new Error(`${source.uri}: the local stand-in reads no assets from the network`);
}

async function diskFile(path: string, name: string): Promise<PackagedFile> {
  const [content, { mode }] = await Promise.all([readFile(path), stat(path)]);
  return { name, content, executable: (mode & 0o100) !== 0 };
}

async function folderFiles(folder: string, at: string): Promise<PackagedFile[]> {
  const files: PackagedFile[] = [];
  for (const entry of await readdir(resolve(folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const name = posix.join(at, entry.name);
    // A link counts as what it points to.
    if ((await stat(path)).isDirectory()) files.push(...(await folderFiles(path, name)));
    else files.push(await diskFile(path, name));
  }
  return files;
}
