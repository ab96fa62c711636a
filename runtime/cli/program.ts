// The command `s3-vectors` with everything below it.
import { Command } from 'commander';
import { version } from '../../package.json';
import { declareCost } from './commands/cost';
import { declareDelegated } from './commands/delegated';
import { declareDelete } from './commands/delete';
import { declareExport } from './commands/export';
import { declareGet } from './commands/get';
import { declareHealth } from './commands/health';
import { declareList } from './commands/list';
import { declareMigrate } from './commands/migrate';
import { declareOutputs } from './commands/outputs';
import { declarePut } from './commands/put';
import { declareQuery } from './commands/query';
import { declareCompletion } from './completion';
import { PLAIN_WIDTH, terminalOf } from './terminal';
import type { Session } from './session';

const AFTER_HELP = `
Bucket and index come from the command line (--bucket and --index), from the
environment of a service (S3_VECTOR_BUCKET_NAME, S3_VECTOR_INDEX_NAME), or from
the outputs of the Pulumi stack that is selected in the current directory.

Examples:
  s3-vectors put records.jsonl
  s3-vectors query --key doc-1 -k 5
  s3-vectors health

Exit codes: 0 done, 1 failed, 2 bad input and nothing done, 3 done in part,
4 not there, 130 interrupted.

  s3-vectors complete zsh    print the completion script of a shell
`;

/**
 * @param signal set off by Ctrl-C
 * @param handOver called where a process of its own takes the signals
 */
export function s3VectorsProgram(signal: AbortSignal, handOver: () => void = () => undefined): Command {
  const program = new Command('s3-vectors')
    .description('Store, search and move embeddings in Amazon S3 Vectors.')
    .version(version)
    .option('--json', 'results for programs')
    .option('-q, --quiet', 'no progress and no remarks')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('Add --help for how to write it.')
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ helpWidth: PLAIN_WIDTH });
  const session = (command: Command): Session => ({
    terminal: terminalOf(command.optsWithGlobals(), process, process.env, signal),
    signal,
    env: process.env,
    stdin: process.stdin,
  });
  declareOutputs(program, session);
  declarePut(program, session);
  declareGet(program, session);
  declareQuery(program, session);
  declareList(program, session);
  declareDelete(program, session);
  declareMigrate(program, session);
  declareExport(program, session);
  declareHealth(program, session);
  declareCost(program, session);
  for (const command of program.commands) {
    command.configureHelp({ helpWidth: PLAIN_WIDTH });
    // Where one is used to write them.
    command.option('--json', 'results for programs').option('-q, --quiet', 'no progress and no remarks');
  }
  declareDelegated(program, handOver);
  declareCompletion(program);
  return program;
}
