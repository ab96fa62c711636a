// The Lambda's code: the runtime's handler and everything that it imports in one file. The same source gives the
// same bytes, so that an update without a change finds nothing to do.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSync } from 'esbuild';
import { InvalidInputError } from '../../contract/invalid-input';

/** Name of the file in the function's archive, and of the function that Lambda calls in it. */
export const BUNDLE_FILE = 'index.js';
export const HANDLER = 'index.handler';

/**
 * The bundled source of a handler. The AWS SDK is bundled too: the one in the Lambda runtime is older than
 * S3 Vectors' newest operations and changes without notice.
 * @param entry absolute path of the TypeScript file that exports `handler`.
 * @throws InvalidInputError when the file is missing or cannot be bundled.
 */
export function bundleHandler(entry: string): string {
  if (!existsSync(entry)) throw new InvalidInputError('Lambda handler', [`"${entry}" does not exist.`]);
  try {
    const { outputFiles } = buildSync({
      entryPoints: [entry],
      absWorkingDir: dirname(entry),
      outfile: BUNDLE_FILE,
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      // Modules before CommonJS: what is not called is then left out, a fifth of the file.
      mainFields: ['module', 'main'],
      minify: true,
      sourcemap: false,
      legalComments: 'none',
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    throw new InvalidInputError('Lambda handler', [
      `"${entry}" cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
