// The options of `npm start`, checked before anything is started.
import { Command, InvalidArgumentError } from 'commander';
import path from 'node:path';

export interface StartOptions {
  /** Folder of texts, absolute; undefined: the project's own documents and its dependencies' READMEs. */
  readonly corpus?: string;
  /** Questions in place of the default ones. */
  readonly ask: readonly string[];
  /** Answers shown a question, 1–100. */
  readonly top: number;
}

const MAX_TOP = 100;

/**
 * Reads the arguments after `npm start --`.
 * @param from directory that relative paths are relative to: where the person typed the command.
 * Ends the process with code 2 on wrong arguments and with 0 after `--help`, as commander does.
 */
export function parseStartOptions(args: readonly string[], from: string): StartOptions {
  const command = new Command('npm start --')
    .description('Deploys everything on this machine, stores a folder of texts and asks it questions.')
    .option(
      '--corpus <folder>',
      'folder with .md, .markdown and .txt files (default: documents of this project)',
    )
    .option(
      '--ask <question>',
      'a question; may be given several times',
      (value: string, all: string[]) => [...all, question(value)],
      [],
    )
    .option('--top <number>', `answers a question, 1 to ${MAX_TOP}`, top, 5)
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('(npm start -- --help shows all options)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  command.parse([...args], { from: 'user' });
  const given = command.opts<{ corpus?: string; ask: string[]; top: number }>();
  if (command.args.length > 0)
    command.error(`error: "${command.args.join(' ')}" is not understood; quote a question: --ask "…"`);
  return {
    ...(given.corpus === undefined ? {} : { corpus: path.resolve(from, given.corpus) }),
    ask: given.ask,
    top: given.top,
  };
}

function question(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('A question needs at least one word.');
  return value.trim();
}

function top(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > MAX_TOP) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_TOP}.`);
  }
  return number;
}
