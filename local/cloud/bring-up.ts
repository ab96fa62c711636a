// Starts what of the local cloud does not run yet, and waits until all of it answers.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import type { Progress } from '../progress';
import { silentProgress } from '../progress';
import { withLock } from '../toolchain/exclusive-lock';
import { LOCAL_ACCOUNT_ID, LOCAL_REGION } from './environment';
import { answers } from './health';
import { candidatePorts, firstFree, isPortFree } from './ports';
import type { RunState } from './run-file';
import { readRunState, writeRunState } from './run-file';
import type { ServiceAddresses, ServiceDefinition } from './service-definition';
import { logFile } from './service-definition';
import { serviceDefinitions } from './service-definitions';
import { lastLines, rotate } from './service-log';
import { describeExit, findGroup, readExitCode, startProcess, stopGroup } from './service-process';
import { endedState } from './status';
import type { BroughtUp, Cloud, ServiceName } from './types';
import { CloudError, SERVICE_NAMES } from './types';

const READY_WITHIN_MS = 30_000;
const GRACE_MS = 10_000;

export interface BringUpOptions {
  readonly paths?: LocalPaths;
  /** The Python that has ministack: `Toolchain.ministack.python`. */
  readonly python: string;
  readonly report?: Progress;
  /** The person's environment, of which little is taken over; default: this process's. */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
  /** Instead of ministack and S3 Vectors Local; for tests. */
  readonly services?: Readonly<Record<ServiceName, ServiceDefinition>>;
  /** How long a service may take until it answers, in ms; default 30,000. */
  readonly readyWithinMs?: number;
}

/**
 * Brings the local cloud up; does nothing when it runs. Another `bringUp` or `bringDown` of the same clone is waited for.
 * When a service does not come up, those that this call started are stopped again.
 * @throws CloudError naming the service, how it ended and its last log lines
 */
export async function bringUp(options: BringUpOptions): Promise<BroughtUp> {
  const inherited = options.inherited ?? process.env;
  const paths = options.paths ?? localPaths({ environment: inherited });
  const report = options.report ?? silentProgress;
  const definitions = options.services ?? serviceDefinitions({ paths, python: options.python, inherited });
  // The environment names them; the Pulumi CLI wants its state directory to be there.
  for (const directory of [paths.local, paths.home, paths.pulumiHome, paths.state]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  return withLock(cloudLock(paths), async () => {
    const before = await readRunState(paths);
    const running = await findRunning(definitions, before);
    const start = () => startServices({ options, paths, report, definitions, before, running });
    // Until a service listens, its port looks free to a cloud of another clone that starts at the same time.
    return SERVICE_NAMES.every((name) => running[name] !== undefined)
      ? start()
      : withLock(path.join(paths.cache, 'ports.lock'), start);
  });
}

interface Starting {
  readonly options: BringUpOptions;
  readonly paths: LocalPaths;
  readonly report: Progress;
  readonly definitions: Readonly<Record<ServiceName, ServiceDefinition>>;
  readonly before: RunState | undefined;
  readonly running: Readonly<Record<ServiceName, number | undefined>>;
}

/** Starts what does not run, and waits until all of it answers. */
async function startServices({
  options,
  paths,
  report,
  definitions,
  before,
  running,
}: Starting): Promise<BroughtUp> {
  const ports = await choosePorts(definitions, before, running);
  let state: RunState = {
    version: 1,
    accountId: before?.accountId ?? LOCAL_ACCOUNT_ID,
    region: before?.region ?? LOCAL_REGION,
    services: {
      ministack: { port: ports.ministack, group: running.ministack },
      s3vectors: { port: ports.s3vectors, group: running.s3vectors },
    },
    refreshNeeded: (before?.refreshNeeded ?? false) || (await crashed(definitions, before, running, paths)),
  };
  // Written before anything starts: a fault between here and the end is then seen as the crash that it is.
  await writeRunState(paths, state);

  const addresses: ServiceAddresses = {
    ports,
    urls: { ministack: urlOf(ports.ministack), s3vectors: urlOf(ports.s3vectors) },
    region: state.region,
    accountId: state.accountId,
  };
  const starting = SERVICE_NAMES.filter((name) => running[name] === undefined);
  const started: { name: ServiceName; group: number }[] = [];
  try {
    for (const name of starting) {
      await rotate(logFile(paths, name));
      const group = await startProcess(definitions[name], addresses, paths);
      started.push({ name, group });
      state = { ...state, services: { ...state.services, [name]: { port: ports[name], group } } };
      await writeRunState(paths, state);
    }
    await Promise.all(
      SERVICE_NAMES.map((name) =>
        waitUntilReady(definitions[name], addresses.urls[name], {
          paths,
          report,
          group: state.services[name]?.group,
          within: options.readyWithinMs ?? READY_WITHIN_MS,
          known: running[name] !== undefined,
        }),
      ),
    );
  } catch (error) {
    for (const { name, group } of started) {
      await stopGroup(group, GRACE_MS);
      state = { ...state, services: { ...state.services, [name]: { port: ports[name] } } };
    }
    await writeRunState(paths, state);
    throw error;
  }
  return {
    cloud: describeCloud(state, paths),
    started: starting,
    recoveredFromCrash: state.refreshNeeded,
    movedPorts: SERVICE_NAMES.flatMap((name) => {
      const from = before?.services[name]?.port;
      return from === undefined || from === ports[name] ? [] : [{ name, from, to: ports[name] }];
    }),
  };
}

export function cloudLock(paths: LocalPaths): string {
  return path.join(paths.run, 'cloud.lock');
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function describeCloud(state: RunState, paths: LocalPaths): Cloud {
  const service = (name: ServiceName) => {
    const record = state.services[name];
    const port = record?.port ?? 0;
    return { name, pid: record?.group ?? 0, port, url: urlOf(port), log: logFile(paths, name) };
  };
  return {
    services: { ministack: service('ministack'), s3vectors: service('s3vectors') },
    accountId: state.accountId,
    region: state.region,
  };
}

/** The cloud as it was last brought up; undefined before the first time. Says nothing about whether it runs. */
export async function readCloud(paths: LocalPaths): Promise<Cloud | undefined> {
  const state = await readRunState(paths);
  return state?.services.ministack && state.services.s3vectors ? describeCloud(state, paths) : undefined;
}

async function findRunning(
  definitions: Readonly<Record<ServiceName, ServiceDefinition>>,
  state: RunState | undefined,
): Promise<Readonly<Record<ServiceName, number | undefined>>> {
  const find = async (name: ServiceName) => {
    const group = await findGroup(definitions[name], state?.services[name]?.group);
    if (group === undefined || state?.services[name]?.port !== undefined) return group;
    // It runs, but the file that says on which port is gone: only a new start makes it known again.
    await stopGroup(group, GRACE_MS);
    return undefined;
  };
  return { ministack: await find('ministack'), s3vectors: await find('s3vectors') };
}

async function choosePorts(
  definitions: Readonly<Record<ServiceName, ServiceDefinition>>,
  state: RunState | undefined,
  running: Readonly<Record<ServiceName, number | undefined>>,
): Promise<Record<ServiceName, number>> {
  const chosen: Partial<Record<ServiceName, number>> = {};
  for (const name of SERVICE_NAMES) {
    const remembered = state?.services[name]?.port;
    if (running[name] !== undefined && remembered !== undefined) {
      chosen[name] = remembered;
      continue;
    }
    const others = SERVICE_NAMES.filter((other) => other !== name).flatMap((other) => [
      chosen[other] ?? state?.services[other]?.port ?? definitions[other].usualPort,
    ]);
    const candidates = candidatePorts(definitions[name].usualPort, remembered, others);
    const port = await firstFree(candidates, isPortFree);
    if (port === undefined) {
      throw new CloudError(
        `No port is free for ${definitions[name].title}: ${candidates[0] ?? ''} to ${candidates.at(-1) ?? ''} in steps of ten are all taken on 127.0.0.1.`,
      );
    }
    chosen[name] = port;
  }
  return chosen as Record<ServiceName, number>;
}

async function crashed(
  definitions: Readonly<Record<ServiceName, ServiceDefinition>>,
  state: RunState | undefined,
  running: Readonly<Record<ServiceName, number | undefined>>,
  paths: LocalPaths,
): Promise<boolean> {
  for (const name of SERVICE_NAMES) {
    if (!definitions[name].losesSettingsInCrash || running[name] !== undefined) continue;
    const exitCode = await readExitCode(paths, definitions[name]);
    if (endedState(state?.services[name]?.group, exitCode) === 'crashed') return true;
  }
  return false;
}

interface Waiting {
  readonly paths: LocalPaths;
  readonly report: Progress;
  readonly group: number | undefined;
  readonly within: number;
  /** It ran before this call. */
  readonly known: boolean;
}

async function waitUntilReady(
  definition: ServiceDefinition,
  url: string,
  { paths, report, group, within, known }: Waiting,
): Promise<void> {
  const step = report.step(definition.title);
  const until = performance.now() + within;
  for (;;) {
    if (await answers(`${url}${definition.healthPath}`, 1000)) {
      step.done(`${known ? 'runs' : 'started'} at ${url}`);
      return;
    }
    const alive = (await findGroup(definition, group)) !== undefined;
    if (!alive || performance.now() > until) {
      const message = await failure(definition, paths, alive, within);
      step.fail(message);
      throw new CloudError(message);
    }
    step.detail(`waiting for ${url}`);
    await sleep(50);
  }
}

async function failure(
  definition: ServiceDefinition,
  paths: LocalPaths,
  alive: boolean,
  within: number,
): Promise<string> {
  const how = alive
    ? `does not answer ${within / 1000} s after its start`
    : `ended while starting (${describeExit(await readExitCode(paths, definition))})`;
  const log = logFile(paths, definition.name);
  const lines = (await lastLines(log, 8)).map((line) => `  ${line}`);
  return [
    `${definition.title} ${how}. Its log is ${log}${lines.length > 0 ? ':' : ' (empty).'}`,
    ...lines,
  ].join('\n');
}
