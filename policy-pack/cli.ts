// `npx tsx policy-pack/cli.ts explain <file.json>`: the pack's verdicts without an engine. Reads files, prints, exits.
// Exit codes: 0 nothing to stop an update, 1 violations, 2 the input cannot be used.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exitCodeOf, explain } from './explain-command';
import { BadInput } from './explain-input';
import { printed, wrapped } from './explain-print';

const USAGE = `Usage: policy explain <file.json> [--name NAME] [--config FILE] [--json]

Judges a policy document, or the output of "pulumi stack export", as the policy
pack would. "-" reads standard input.

  --name    the policy's name in IAM (default: the file's name); a name such as
            acme-s3-vector-management says which layer it belongs to; for a
            bucket policy whose Resource names no bucket, the bucket's name
  --config  the pack's configuration file
  --json    print the findings as JSON

Exit codes: 0 no violation, 1 violations, 2 the input cannot be used.
`;

function main(argv: readonly string[]): number {
  const { values, positionals } = readArguments(argv);
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [command, file, ...more] = positionals;
  if (command !== 'explain' || file === undefined || more.length > 0) {
    throw new BadInput([`"${positionals.join(' ')}" is no command: write explain and one file.\n\n${USAGE}`]);
  }
  const explanation = explain({
    source: file === '-' ? 'standard input' : file,
    text: read(file),
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.config === undefined ? {} : { config: { source: values.config, text: read(values.config) } }),
  });
  process.stdout.write(
    values.json === true ? `${JSON.stringify(explanation, null, 2)}\n` : printed(explanation),
  );
  return exitCodeOf(explanation);
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        config: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadInput([`${(error as Error).message}\n\n${USAGE}`]);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new BadInput([`${file} cannot be read (${(error as Error).message}). Check the path.`]);
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  for (const problem of error.problems) {
    const [sentence = '', ...rest] = problem.split('\n');
    process.stderr.write([...wrapped(sentence, ''), ...rest, ''].join('\n'));
  }
  process.exitCode = 2;
}
