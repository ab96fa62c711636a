// Finds the texts of a folder: Markdown and plain text, in a stable order, so that a second run sees the same.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CorpusError } from './corpus-error';

export interface TextFile {
  /** Path relative to the folder, with `/`. */
  readonly document: string;
  readonly text: string;
}

/** What was passed over, so that nothing vanishes silently. */
export interface SkippedFile {
  readonly document: string;
  readonly reason: string;
}

export interface FolderOfTexts {
  readonly files: readonly TextFile[];
  readonly skipped: readonly SkippedFile[];
}

/** Larger files are generated more often than written. */
const MAX_FILE_BYTES = 1024 * 1024;
const TEXT_FILE = /\.(?:md|markdown|txt)$/i;
const LEFT_ALONE = new Set(['node_modules', '.git', '.local']);

/**
 * Reads every Markdown and text file below a folder; hidden folders and node_modules are left alone.
 * @throws CorpusError when the folder is missing, is no folder, cannot be read, or holds no text
 */
export async function readFolder(folder: string): Promise<FolderOfTexts> {
  const found = await stat(folder).catch((error: unknown) => {
    throw new CorpusError(
      `The corpus folder ${folder} cannot be read (${reasonOf(error)}); give --corpus a folder that exists.`,
    );
  });
  if (!found.isDirectory()) {
    throw new CorpusError(
      `The corpus ${folder} is not a folder; give --corpus the folder that holds your .md and .txt files.`,
    );
  }
  const names = await walk(folder, '').catch((error: unknown) => {
    throw new CorpusError(
      `The corpus folder ${folder} cannot be read (${reasonOf(error)}); check its permissions.`,
    );
  });
  const read = await readFiles(folder, names);
  if (read.files.length === 0) {
    throw new CorpusError(
      `The corpus folder ${folder} holds no .md, .markdown or .txt file with text` +
        (read.skipped.length === 0
          ? '.'
          : ` (${read.skipped.length} skipped, the first: ${read.skipped[0]?.reason ?? ''}).`),
    );
  }
  return read;
}

/** Reads the named files of a folder; what cannot be taken is returned with its reason. */
export async function readFiles(folder: string, documents: readonly string[]): Promise<FolderOfTexts> {
  const files: TextFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const document of documents) {
    const file = path.join(folder, document);
    try {
      const { size } = await stat(file);
      if (size > MAX_FILE_BYTES) {
        skipped.push({
          document,
          reason: `${document} has ${size} bytes; files over ${MAX_FILE_BYTES} are skipped`,
        });
        continue;
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
      if (text.trim() === '') skipped.push({ document, reason: `${document} is empty` });
      else files.push({ document, text });
    } catch (error) {
      const reason = error instanceof TypeError ? 'is not UTF-8 text' : `cannot be read (${reasonOf(error)})`;
      skipped.push({ document, reason: `${document} ${reason}` });
    }
  }
  return { files, skipped };
}

async function walk(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(path.join(folder, below), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!LEFT_ALONE.has(entry.name) && !entry.name.startsWith('.'))
        names.push(...(await walk(folder, name)));
    } else if (entry.isFile() && TEXT_FILE.test(entry.name)) {
      names.push(name);
    }
  }
  return names;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
