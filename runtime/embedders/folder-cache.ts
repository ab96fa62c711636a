// A cache in a folder, for tools that run again and again on one machine: one file an entry, readable by its owner.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EmbeddingCache } from './embedding-cache';

/** @param folder made when the first entry is kept */
export function folderCache(folder: string): EmbeddingCache {
  // Two levels, so that no directory holds millions of files.
  const fileOf = (key: string) => path.join(folder, key.slice(0, 2), `${key}.json`);
  return {
    get: async (key) => {
      let text: string;
      try {
        text = await readFile(fileOf(key), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // The parser's message would quote the vector.
        throw new Error(`${fileOf(key)} is not JSON; it is made again.`);
      }
    },
    put: async (key, entry) => {
      const file = fileOf(key);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      // Renamed into place: a reader never sees half of a file, and of two writers the last one wins.
      const unfinished = `${file}.${randomUUID()}`;
      try {
        await writeFile(unfinished, JSON.stringify(entry), { mode: 0o600 });
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
  };
}
