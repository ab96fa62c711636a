// Stack outputs by asking the Pulumi CLI, with the person's own login and the directory's own stack.
import { execFile } from 'node:child_process';
import { InvalidInputError } from '../../contract/invalid-input';
import { outputsFromText } from './outputs-json';
import type { OutputsParser } from './outputs-json';

export interface StackSelection {
  /** Stack name (`dev`, `org/project/dev`); default the one selected in the directory. */
  readonly stack?: string | undefined;
  /** Directory of the Pulumi project; default the current one. */
  readonly directory?: string | undefined;
  /** Default `pulumi`, from PATH. */
  readonly command?: string | undefined;
  /** Environment of the command; default that of the process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Prints secret outputs too. */
  readonly showSecrets?: boolean | undefined;
  /** Milliseconds after which the command is ended, default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * @throws InvalidInputError when the command is missing or fails, and for every missing or malformed field
 * @throws the signal's reason
 */
export async function outputsOfStack<Outputs>(
  parse: OutputsParser<Outputs>,
  selection: StackSelection = {},
): Promise<Outputs> {
  const args = [
    'stack',
    'output',
    '--json',
    '--non-interactive',
    ...(selection.showSecrets === true ? ['--show-secrets'] : []),
    ...(selection.stack === undefined ? [] : ['--stack', selection.stack]),
  ];
  const source = `${selection.command ?? 'pulumi'} ${args.join(' ')}`;
  return outputsFromText(await run(selection, args, source), parse, `\`${source}\``);
}

function run(selection: StackSelection, args: readonly string[], source: string): Promise<string> {
  const { command = 'pulumi', directory, env, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = selection;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      {
        timeout: timeoutMs,
        maxBuffer: 64 * 1024 * 1024,
        ...(directory === undefined ? {} : { cwd: directory }),
        ...(env === undefined ? {} : { env }),
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (signal?.aborted === true) reject(signal.reason as Error);
        else reject(new InvalidInputError(`\`${source}\``, [reasonOf(error, stderr, command, timeoutMs)]));
      },
    );
  });
}

function reasonOf(
  error: {
    readonly code?: string | number | null | undefined;
    readonly killed?: boolean | undefined;
    readonly message: string;
  },
  stderr: string,
  command: string,
  timeoutMs: number,
): string {
  if (error.code === 'ENOENT') {
    return `"${command}" was not found, or the directory does not exist; install the Pulumi CLI, or give the outputs as a file.`;
  }
  if (error.killed === true) return `it did not end within ${timeoutMs / 1000} seconds and was stopped.`;
  const said = stderr.trim();
  return `it failed with exit code ${String(error.code ?? 'unknown')}: ${said === '' ? error.message : said}`;
}
