// Where the Pulumi CLI is looked for. `npx` and `npm run` put node_modules/.bin before everything else on PATH, and the
// npm package `pulumi` has a command of that name there which first downloads the CLI: the person's own goes before it.
import path from 'node:path';

/** The directories of a PATH, those of npm packages last. */
export function packagesLast(searchPath: string, separator: string = path.delimiter): string {
  const directories = searchPath.split(separator);
  const ofPackages = (directory: string): boolean => directory.split(/[/\\]/).includes('node_modules');
  return [
    ...directories.filter((directory) => !ofPackages(directory)),
    ...directories.filter(ofPackages),
  ].join(separator);
}
