// The commands of `npm run local`. Each is a thin reading of its options around what `local/cloud` and
// `local/toolchain` do.
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Cloud } from '../cloud';
import {
  SERVICE_NAMES,
  bringDown,
  bringUp,
  localEnvironment,
  readCloud,
  readStatus,
  resetCloud,
  resetDirectories,
} from '../cloud';
import type { ServiceName } from '../cloud';
import { localPaths } from '../paths';
import { lineProgress } from '../progress';
import { ensureMinistack, ensureToolchain, findToolchain } from '../toolchain';
import { decisionLines } from './decision-lines';
import { readDecisions } from './decisions';
import { environmentScript } from './environment-script';
import { CommandFailure, EXIT } from './exit-codes';
import { followLogs, printLogs } from './follow-logs';
import { runInside } from './run-inside';
import { statusTable } from './status-table';

/** The command `local` with everything below it; exit codes are set on `process.exitCode`. */
export function localProgram(): Command {
  const program = new Command('local')
    .description('Start, look at and stop the local cloud: ministack and S3 Vectors Local.')
    .enablePositionalOptions()
    .showHelpAfterError('Try `npm run local -- help`.')
    .configureHelp({ helpWidth: 80 });

  program.command('up').description('start what does not run yet, and wait until it answers').action(up);
  program.command('down').description('stop both services; data, ports and stack state stay').action(down);
  program
    .command('status')
    .description(`show what runs; exit code ${EXIT.notRunning} unless both services answer`)
    .option('--json', 'for programs')
    .action(status);
  program
    .command('logs')
    .description('print the last lines that the services logged')
    .argument('[service]', `one of ${SERVICE_NAMES.join(', ')}; default: both`, parseServiceName)
    .option('-f, --follow', 'go on printing until Ctrl-C')
    .option('-n, --lines <count>', 'how many lines', parseCount, 40)
    .action(logs);
  program
    .command('why')
    .description('show why requests to S3 Vectors Local were allowed or denied, latest last')
    .argument('[request-id]', 'x-amzn-requestid of the answer; default: the last decisions')
    .option('-n, --last <count>', 'how many decisions', parseCount, 10)
    .option('--denied', 'only what was not allowed')
    .option('--json', 'for programs')
    .action(why);
  program
    .command('reset')
    .description('stop everything and delete its data, stack state and logs')
    .option('--yes', 'do not ask')
    .action(reset);
  program
    .command('env')
    .description('print the environment that leads to the local cloud, for eval in a shell')
    .option('--json', 'the complete environment of a local run, for programs')
    .action(env);
  program
    .command('serve')
    .description('run S3 Vectors Local alone, in this terminal; serve --help shows its options')
    .argument('[args...]')
    .helpOption(false)
    .passThroughOptions()
    .allowUnknownOption()
    .action(serve);
  program
    .command('pulumi')
    .description('run the Pulumi CLI against the local cloud: local pulumi -- stack ls')
    .argument('[args...]')
    .passThroughOptions()
    .allowUnknownOption()
    .action(pulumi);
  program
    .command('exec')
    .description('run a command against the local cloud: local exec -- aws s3 ls')
    .argument('<command>')
    .argument('[args...]')
    .passThroughOptions()
    .allowUnknownOption()
    .action(exec);
  return program;
}

async function up(): Promise<void> {
  const report = lineProgress(process.stdout);
  const context = { paths: localPaths(), report, environment: process.env, signal: undefined };
  const { python } = await ensureMinistack(context);
  const result = await bringUp({ paths: context.paths, python, report });
  for (const { name, from, to } of result.movedPorts) {
    say(`${name} moved from port ${from}, which another program uses, to ${to}.`);
  }
  say('');
  process.stdout.write(statusTable(await readStatus({ paths: context.paths })));
  if (result.started.length > 0) {
    say('', 'Point a shell at it:  eval "$(npm run -s local -- env)"');
  }
}

async function down(): Promise<void> {
  const { stopped, killed } = await bringDown({ report: lineProgress(process.stdout) });
  if (stopped.length === 0) say('Nothing was running.');
  if (killed.includes('ministack')) {
    say('ministack had to be killed: the next deploy must refresh (`pulumi up --refresh`).');
  }
}

async function status(options: { readonly json?: boolean }): Promise<void> {
  const current = await readStatus();
  process.stdout.write(
    options.json === true ? `${JSON.stringify(current, undefined, 2)}\n` : statusTable(current),
  );
  if (current.state !== 'running') process.exitCode = EXIT.notRunning;
}

async function logs(
  service: ServiceName | undefined,
  options: { readonly follow?: boolean; readonly lines: number },
): Promise<void> {
  const { services } = await readStatus();
  const chosen = (service === undefined ? SERVICE_NAMES : [service]).map((name) => services[name]);
  const write = (text: string) => void process.stdout.write(text);
  await printLogs(chosen, options.lines, write);
  if (options.follow !== true) return;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.stdout.once('error', () => stop.abort());
  await followLogs(chosen, write, { signal: stop.signal });
}

async function why(
  requestId: string | undefined,
  options: { readonly last: number; readonly denied?: boolean; readonly json?: boolean },
): Promise<void> {
  const { services } = await runningCloud();
  const decisions = await readDecisions(services.s3vectors.url, {
    requestId,
    // A request asks for several permissions: all of them are shown.
    last: requestId === undefined ? options.last : ALL_DECISIONS,
    denied: options.denied ?? false,
  });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(decisions, undefined, 2)}\n`);
  } else if (decisions.length > 0) {
    process.stdout.write(decisionLines(decisions));
  } else {
    say(
      requestId === undefined
        ? `Nothing was ${options.denied === true ? 'denied' : 'decided'} since S3 Vectors Local started.`
        : `No decision is known for the request ${requestId}: it may be too long ago, or have needed none.`,
    );
  }
}

/** More than S3 Vectors Local keeps. */
const ALL_DECISIONS = 999_999;

async function reset(options: { readonly yes?: boolean }): Promise<void> {
  const paths = localPaths();
  if (options.yes !== true) {
    if (!process.stdin.isTTY) {
      throw new CommandFailure(
        'reset deletes all local data and there is no terminal to ask on: add --yes.',
        EXIT.usage,
      );
    }
    say('This stops the local cloud and deletes for good:', ...resetDirectories(paths).map((d) => `  ${d}`));
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question('Go on? (yes/no) ');
    terminal.close();
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new CommandFailure('Nothing was deleted.', EXIT.failure);
    }
  }
  await resetCloud({ paths, report: lineProgress(process.stdout) });
  say('The local cloud is gone. `npm run local -- up` makes a new one.');
}

async function env(options: { readonly json?: boolean }): Promise<void> {
  const local = localEnvironment(await runningCloud(), await findToolchain());
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(local, undefined, 2)}\n`
      : environmentScript(local, process.env),
  );
}

/** Its own command, with the options and exit codes that it has by itself. */
async function serve(args: readonly string[]): Promise<void> {
  process.exitCode = await runInside(
    process.execPath,
    [S3_VECTORS_LOCAL, 'serve', ...args],
    process.env,
    callersDirectory(),
  );
}

const S3_VECTORS_LOCAL = path.resolve(__dirname, '../s3vectors/bin.cjs');

async function pulumi(args: readonly string[]): Promise<void> {
  const cloud = await runningCloud();
  // To standard error: what the CLI prints may be read by a program.
  const toolchain =
    (await findToolchain()) ?? (await ensureToolchain({ report: lineProgress(process.stderr) }));
  const local = localEnvironment(cloud, toolchain);
  process.exitCode = await runInside(toolchain.pulumi.path, args, local, callersDirectory());
}

async function exec(command: string, args: readonly string[]): Promise<void> {
  const local = localEnvironment(await runningCloud(), await findToolchain());
  process.exitCode = await runInside(command, args, local, callersDirectory());
}

/** @throws CommandFailure unless both services answer */
async function runningCloud(): Promise<Cloud> {
  const paths = localPaths();
  const current = await readStatus({ paths });
  const cloud = current.state === 'running' ? await readCloud(paths) : undefined;
  if (cloud === undefined) {
    throw new CommandFailure(
      `The local cloud is ${current.state === 'running' ? 'unknown' : current.state}: start it with \`npm run local -- up\`.`,
      EXIT.notRunning,
    );
  }
  return cloud;
}

/** npm changes to the package's directory; INIT_CWD is where the person is. */
function callersDirectory(): string {
  return process.env['INIT_CWD'] ?? process.cwd();
}

function parseServiceName(value: string): ServiceName {
  const name = SERVICE_NAMES.find((known) => known === value);
  if (name === undefined) throw new InvalidArgumentError(`There are ${SERVICE_NAMES.join(' and ')}.`);
  return name;
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
