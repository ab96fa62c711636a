// The corpus of a first run: this project's own documents and the README files of its installed dependencies,
// real texts that are on every machine after `npm ci`.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FolderOfTexts } from './text-files';
import { readFiles } from './text-files';

const README = /^readme(?:\.md|\.markdown)?$/i;

/** Reads the project's documents first, then a README a dependency, in alphabetical order. */
export async function ownDocuments(root: string): Promise<FolderOfTexts> {
  return readFiles(root, [...(await projectDocuments(root)), ...(await dependencyReadmes(root))]);
}

async function projectDocuments(root: string): Promise<string[]> {
  const guides = existsSync(path.join(root, 'docs')) ? await readdir(path.join(root, 'docs')) : [];
  return [
    ...['README.md', 'CHANGELOG.md'].filter((name) => existsSync(path.join(root, name))),
    ...guides
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `docs/${name}`),
  ];
}

async function dependencyReadmes(root: string): Promise<string[]> {
  const modules = path.join(root, 'node_modules');
  if (!existsSync(modules)) return [];
  const packages: string[] = [];
  for (const name of (await readdir(modules)).filter((entry) => !entry.startsWith('.'))) {
    if (!name.startsWith('@')) packages.push(name);
    else packages.push(...(await readdir(path.join(modules, name))).map((scoped) => `${name}/${scoped}`));
  }
  const readmes: string[] = [];
  for (const name of packages.sort()) {
    const files = await readdir(path.join(modules, name)).catch(() => []);
    const readme = files.find((file) => README.test(file));
    if (readme !== undefined) readmes.push(`node_modules/${name}/${readme}`);
  }
  return readmes;
}
