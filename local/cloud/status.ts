// What runs, what does not, and why.
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import { answers } from './health';
import { readProcessTable } from './process-table';
import type { RunState } from './run-file';
import { readRunState } from './run-file';
import type { ServiceDefinition } from './service-definition';
import { logFile } from './service-definition';
import { describeExit, groupOf, readExitCode } from './service-process';
import { lastLines } from './service-log';
import type { CloudStatus, ServiceName, ServiceState, ServiceStatus } from './types';
import { SERVICE_NAMES } from './types';

const HEALTH_TIMEOUT_MS = 2000;
const LOG_LINES = 8;

/** What a service is known by, without the tool chain that it takes to start it. */
export type KnownService = Pick<ServiceDefinition, 'name' | 'title' | 'dataDirectory' | 'healthPath'>;

export function knownServices(paths: LocalPaths): Readonly<Record<ServiceName, KnownService>> {
  return {
    ministack: {
      name: 'ministack',
      title: 'ministack',
      dataDirectory: paths.ministackData,
      healthPath: '/_ministack/health',
    },
    s3vectors: {
      name: 's3vectors',
      title: 'S3 Vectors Local',
      dataDirectory: paths.s3VectorsData,
      healthPath: '/_local/health',
    },
  };
}

export interface StatusOptions {
  readonly paths?: LocalPaths;
  readonly services?: Readonly<Record<ServiceName, KnownService>>;
}

/** @throws CloudError when the run file cannot be used */
export async function readStatus(options: StatusOptions = {}): Promise<CloudStatus> {
  const paths = options.paths ?? localPaths();
  const known = options.services ?? knownServices(paths);
  const state = await readRunState(paths);
  const [ministack, s3vectors] = await Promise.all([
    serviceStatus(known.ministack, state, paths),
    serviceStatus(known.s3vectors, state, paths),
  ]);
  const services = { ministack, s3vectors };
  const unclean = SERVICE_NAMES.some((name) => name === 'ministack' && services[name].state === 'crashed');
  return {
    state: overall(SERVICE_NAMES.map((name) => services[name].state)),
    services,
    refreshNeeded: unclean || (state?.refreshNeeded ?? false),
  };
}

export function overall(states: readonly ServiceState[]): CloudStatus['state'] {
  if (states.every((state) => state === 'running')) return 'running';
  return states.every((state) => state === 'stopped') ? 'stopped' : 'degraded';
}

/** How a service that is not running ended. A code of 0 is what every proper stop leaves behind. */
export function endedState(
  recordedGroup: number | undefined,
  exitCode: number | undefined,
): 'stopped' | 'crashed' {
  return recordedGroup === undefined || exitCode === 0 ? 'stopped' : 'crashed';
}

async function serviceStatus(
  service: KnownService,
  state: RunState | undefined,
  paths: LocalPaths,
): Promise<ServiceStatus> {
  const record = state?.services[service.name];
  const log = logFile(paths, service.name);
  const group = groupOf(await readProcessTable(), service, record?.group);
  const port = record?.port;
  const url = port === undefined ? undefined : `http://127.0.0.1:${port}`;
  const base = { name: service.name, port, url, log };
  if (group !== undefined) {
    const healthy = url !== undefined && (await answers(`${url}${service.healthPath}`, HEALTH_TIMEOUT_MS));
    return {
      ...base,
      state: healthy ? 'running' : 'unhealthy',
      pid: group,
      exit: undefined,
      lastLogLines: healthy ? [] : await lastLines(log, LOG_LINES),
    };
  }
  const exitCode = await readExitCode(paths, service);
  const ended = endedState(record?.group, exitCode);
  return {
    ...base,
    state: ended,
    pid: undefined,
    exit: ended === 'crashed' ? describeExit(exitCode) : undefined,
    lastLogLines: ended === 'crashed' ? await lastLines(log, LOG_LINES) : [],
  };
}
