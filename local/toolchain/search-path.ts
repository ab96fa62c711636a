// Which executable a name means on a given PATH, with the directories left out that only npm put there.
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Absolute path of every executable `name` on `searchPath`, in order, without those inside a `node_modules`
 * directory: `npm run` puts `node_modules/.bin` first, and the `pulumi` in it is a downloader, no CLI.
 */
export function findExecutables(name: string, searchPath: string | undefined): readonly string[] {
  return (searchPath ?? '')
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, name))
    .filter((candidate) => isExecutable(candidate) && !isInNodeModules(candidate));
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isInNodeModules(file: string): boolean {
  return [file, realpathSync(file)].some((place) => place.split(path.sep).includes('node_modules'));
}
