// The command line of `s3-vectors-local`: a thin reading of its options around `startS3VectorsLocal`.
import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json';
import { EXIT } from './exit-codes';
import type { IamMode, S3VectorsLocalOptions } from './server';

/** What the program runs; apart from the command line, so that both can be tested without the other. */
export interface Actions {
  serve(options: S3VectorsLocalOptions, quiet: boolean): Promise<void>;
  /** @param directory of the snapshot, which is new */
  snapshot(directory: string, source: SnapshotSource): Promise<void>;
  /** @param directory of the snapshot */
  restore(directory: string, dataDir: string): Promise<void>;
}

/** Whose data a snapshot is of: a running service's where its endpoint is given. */
export interface SnapshotSource {
  readonly dataDir: string;
  readonly endpoint?: string;
}

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly memory?: string;
  readonly enforceQuotas?: string | true;
  readonly faults?: string;
  readonly latency?: string;
  readonly clock: string;
  readonly iam: IamMode;
  readonly identityEndpoint?: string;
  readonly quiet?: boolean;
}

const DATA_DIR = '.s3-vectors-local';
const DESCRIPTION = `Amazon S3 Vectors on this machine: the API that the AWS SDKs of all languages
speak, with its rules, exact search, and data on disk that survives kill -9. On
the same port: Cloud Control for AWS::S3Vectors::* and stand-ins for Bedrock's
embedding models. Serves this machine only; ends on SIGINT or SIGTERM.`;

const EXAMPLES = `
Examples:
  s3-vectors-local
  s3-vectors-local --port 0 --data-dir /tmp/vectors --quiet
  s3-vectors-local --enforce-quotas
  s3-vectors-local --faults 429=0.1,500=0.05,reset=0.05,seed=42
  s3-vectors-local --latency put=200,query=60/300,all=20
  s3-vectors-local --clock fixed:2026-01-01T00:00:00Z
  s3-vectors-local snapshot /tmp/full --endpoint http://127.0.0.1:9050
  s3-vectors-local restore /tmp/full --data-dir /tmp/vectors

  aws s3vectors list-vector-buckets --endpoint-url http://127.0.0.1:9050

Exit codes: ${EXIT.success} ended as asked; ${EXIT.failure} failed; ${EXIT.usage} an option makes no sense;
            ${EXIT.unavailable} port or data directory in use or unusable.
Guide: docs/s3-vectors-local.md`;

/** The command with its subcommands; `serve` in front is understood and may be left out. */
export function s3VectorsLocalProgram(actions: Actions): Command {
  const program = new Command('s3-vectors-local')
    .usage('[serve] [options]\n       s3-vectors-local snapshot|restore <directory> [options]')
    .description(DESCRIPTION)
    .version(manifest.version)
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .showHelpAfterError('Try s3-vectors-local --help.')
    .configureHelp({ helpWidth: 80 })
    .option('--port <number>', '0 takes any free port', readPort, 9050)
    .option('--host <address>', 'a loopback address', '127.0.0.1')
    .option('--data-dir <directory>', 'made when it is missing', DATA_DIR)
    .option('--region <name>', 'for ARNs', 'us-east-1')
    .option('--account-id <digits>', 'for ARNs', '000000000000')
    .option('--memory <size>', "for searching: 2GB or 512MiB; default 60 % of the machine's")
    .option('--enforce-quotas [rates]', "429 beyond the service's rates, or beyond vectors=100,writes=10")
    .option('--faults <shares>', 'failures to inject: 429=0.1,reset=0.05,seed=42')
    .option('--latency <times>', 'how long answers take: ms, or query=p50/p99')
    .option('--clock <setting>', 'system, fixed:<ISO date> or from:<ISO date>', 'system')
    .addOption(
      new Option('--iam <mode>', 'whether permissions are enforced').choices(IAM_MODES).default('off'),
    )
    .option('--identity-endpoint <url>', 'with --iam enforce: a ministack, who knows callers and policies')
    .option('--quiet', 'no line for each request')
    .addHelpText('after', EXAMPLES)
    .action(async ({ quiet = false, ...options }: ServeFlags) => actions.serve(options, quiet));
  program
    .command('snapshot')
    .description('copy the data directory, or what a running service holds')
    .argument('<directory>', 'new or empty')
    .option('--data-dir <directory>', 'of a service that is stopped', DATA_DIR)
    .option('--endpoint <url>', 'of a running service; it goes on meanwhile')
    .action((directory: string, source: SnapshotSource) => actions.snapshot(directory, source));
  program
    .command('restore')
    .description('make a data directory out of a snapshot')
    .argument('<snapshot>', 'the directory of the snapshot, which stays as it is')
    .option('--data-dir <directory>', 'new or empty', DATA_DIR)
    .action((directory: string, { dataDir }: { dataDir: string }) => actions.restore(directory, dataDir));
  for (const command of program.commands) {
    command.configureHelp({ helpWidth: 80 }).allowExcessArguments(false);
  }
  program.hook('preSubcommand', refuseOptionsInFront);
  return program;
}

/** An option in front of a subcommand would be the service's, and be lost. */
function refuseOptionsInFront(program: Command, subcommand: Command): void {
  const lost = program.options.filter(
    (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (lost.length === 0) return;
  program.error(
    `error: ${lost.map(({ long }) => long).join(', ')} in front of ${subcommand.name()}: ` +
      `put the options of ${subcommand.name()} behind its name.`,
  );
}

const IAM_MODES: readonly IamMode[] = ['off', 'enforce'];

/** The arguments without the name of the command that needs none. */
export function withoutServe(args: readonly string[]): readonly string[] {
  return args[0] === 'serve' ? args.slice(1) : args;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError(`${text} is no port: give 0 to 65535.`);
  }
  return port;
}
