// The language host and the stand-in providers as one JavaScript file each. The engine starts them anew for every
// preview and every update, and compiling TypeScript at each start costs more than the work itself: a provider takes
// 0.12 s of CPU until it answers as a bundle, 0.39 s as sources. Built again when any source has changed.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** Directories whose sources end up in the bundles, and the file that tells which packages they run with. */
const SOURCES = ['local', 'contract'];
const LOCK_FILE = 'package-lock.json';
/** Bundles that no start has asked for in so long are deleted; others may belong to another local directory. */
const KEPT_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The bundles of these entries, by their names. They lie below node_modules, where their packages are found.
 * @param entries absolute paths of TypeScript files by name
 * @throws Error when a source cannot be compiled or the directory cannot be written
 */
export async function ensurePluginBundles<Name extends string>(
  root: string,
  entries: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  const cache = path.join(root, 'node_modules', '.cache', 'pulumi-s3-vectors', 'plugins');
  const directory = path.join(cache, await stampOf(root, entries));
  if (!existsSync(directory)) {
    const fresh = path.join(cache, `building-${randomUUID()}`);
    await build({
      entryPoints: { ...entries },
      outdir: fresh,
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: true,
      logLevel: 'silent',
      tsconfig: path.join(root, 'tsconfig.json'),
    });
    await rename(fresh, directory).catch(async (error: unknown) => {
      await rm(fresh, { recursive: true, force: true });
      // Somebody else was faster with the same thing.
      if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
    await deleteUnused(cache);
  }
  await utimes(directory, new Date(), new Date());
  const names = Object.keys(entries) as Name[];
  return Object.fromEntries(names.map((name) => [name, path.join(directory, `${name}.js`)])) as Record<
    Name,
    string
  >;
}

/** Changes with every source that may be in a bundle: by name, size and time, which is quicker to read than content. */
async function stampOf(root: string, entries: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(entries));
  const files = [
    LOCK_FILE,
    ...(await Promise.all(SOURCES.map((source) => typescriptBelow(root, source)))).flat().sort(),
  ];
  for (const file of files) {
    const { size, mtimeMs } = await stat(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function typescriptBelow(root: string, directory: string): Promise<string[]> {
  const entries = await readdir(path.join(root, directory), { recursive: true });
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => path.join(directory, entry));
}

async function deleteUnused(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(path.join(cache, name));
    if (Date.now() - mtimeMs > KEPT_FOR_MS)
      await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
