// One service as a group of processes: started detached, found again by any later command, ended with everything that
// it started. A two-line shell leads the group, so that the exit code survives whoever started it.
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPaths } from '../paths';
import type { ProcessEntry } from './process-table';
import { readProcessTable } from './process-table';
import type { ServiceAddresses, ServiceDefinition } from './service-definition';
import { exitFile, logFile, serviceMarker } from './service-definition';

/**
 * $0 is the marker, $1 the file for the exit code, the rest the command. Signals that the shell catches reach the command
 * unchanged. The last line ends what the command left behind, such as Lambda workers after a crash, and the shell itself.
 */
const LEADER = `trap : TERM INT HUP
exit_file=$1; shift
"$@"
code=$?
printf '%s\\n' "$code" > "$exit_file.tmp" && mv "$exit_file.tmp" "$exit_file"
kill -KILL 0`;

/** Starts the service and returns its process group; says nothing about whether it comes up. */
export async function startProcess(
  definition: ServiceDefinition,
  addresses: ServiceAddresses,
  paths: LocalPaths,
): Promise<number> {
  if (definition.scratchDirectory !== undefined) {
    await rm(definition.scratchDirectory, { recursive: true, force: true });
  }
  for (const directory of [paths.run, paths.logs, paths.home, paths.temporary, definition.dataDirectory]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  const record = exitFile(paths, definition.name);
  await rm(record, { force: true });
  const log = await open(logFile(paths, definition.name), 'a');
  try {
    const child = spawn(
      '/bin/sh',
      ['-c', LEADER, serviceMarker(definition), record, ...definition.command(addresses)],
      {
        cwd: paths.local,
        env: definition.environment(addresses),
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
      },
    );
    const group = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return group;
  } finally {
    await log.close();
  }
}

/**
 * The process group in which the service runs, if it does: the one led under its marker, or what is left of the
 * recorded one when its leader alone was killed.
 */
export async function findGroup(
  definition: Pick<ServiceDefinition, 'name' | 'dataDirectory'>,
  recorded: number | undefined,
): Promise<number | undefined> {
  return groupOf(await readProcessTable(), definition, recorded);
}

export function groupOf(
  table: readonly ProcessEntry[],
  definition: Pick<ServiceDefinition, 'name' | 'dataDirectory'>,
  recorded: number | undefined,
): number | undefined {
  const marker = serviceMarker(definition);
  const led = table.find(({ pid, group, commandLine }) => pid === group && names(commandLine, marker));
  if (led) return led.group;
  return table.find(
    ({ group, commandLine }) =>
      group === recorded &&
      (names(commandLine, marker) || names(commandLine, `--data-dir ${definition.dataDirectory}`)),
  )?.group;
}

/** `phrase` as whole words: `/data/s3` must not be found in `/data/s3-old`. */
function names(commandLine: string, phrase: string): boolean {
  return ` ${commandLine} `.includes(` ${phrase} `);
}

export type ProcessEnd = 'ended' | 'killed';

/** Asks the whole group to end, and kills what is left of it after `graceMs`. */
export async function stopGroup(group: number, graceMs: number): Promise<ProcessEnd> {
  if (!signalGroup(group, 'SIGTERM')) return 'ended';
  if (await groupEnded(group, graceMs)) return 'ended';
  signalGroup(group, 'SIGKILL');
  await groupEnded(group, 10_000);
  return 'killed';
}

async function groupEnded(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    // Signal 0 is cheap and also counts ended processes that nobody waited for; those are no reason to wait.
    if (!signalGroup(group, 0)) return true;
    if (!(await readProcessTable()).some((entry) => entry.group === group)) return true;
    if (performance.now() > until) return false;
    await sleep(50);
  }
}

/** False when there is no such group any more. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The exit code that the group's leader wrote down; undefined when the leader itself was killed. */
export async function readExitCode(
  paths: LocalPaths,
  definition: Pick<ServiceDefinition, 'name'>,
): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(exitFile(paths, definition.name), 'utf8'), 10);
  } catch {
    return undefined;
  }
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** For people: `exit code 1`, `killed by SIGKILL`. */
export function describeExit(code: number | undefined): string {
  if (code === undefined) return 'killed together with its supervisor';
  if (code <= 128) return `exit code ${code}`;
  return `killed by ${SIGNALS[code - 128] ?? `signal ${code - 128}`}`;
}
