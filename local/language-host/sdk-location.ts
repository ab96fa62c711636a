// Where the SDK of the program is: the one that Node finds from the program's own directory, never ours.
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Absolute path of `script` below `@pulumi/pulumi`.
 * @throws Error that says to install dependencies when Node finds no SDK from `directory`
 */
export function locateInSdk(directory: string, script: string): string {
  try {
    return createRequire(path.join(directory, 'package.json')).resolve(`@pulumi/pulumi/${script}`);
  } catch {
    throw new Error(
      `Cannot find module '@pulumi/pulumi/${script}' from ${directory}: the Pulumi SDK is not installed there. Run \`npm ci\` first.`,
    );
  }
}
