// Stops the local cloud with everything that it started, and leaves its data in order.
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import type { Progress } from '../progress';
import { silentProgress } from '../progress';
import { withLock } from '../toolchain/exclusive-lock';
import { cloudLock } from './bring-up';
import type { RunState } from './run-file';
import { readRunState, writeRunState } from './run-file';
import { findGroup, readExitCode, stopGroup } from './service-process';
import type { KnownService } from './status';
import { endedState, knownServices } from './status';
import type { ServiceName } from './types';
import { SERVICE_NAMES } from './types';

/** ministack writes its settings when asked to end, and waits three seconds for open connections. */
const GRACE_MS = 20_000;

export interface BringDownOptions {
  readonly paths?: LocalPaths;
  readonly report?: Progress;
  readonly services?: Readonly<Record<ServiceName, KnownService>>;
  /** What is still there after so many ms is killed; default 20,000. */
  readonly graceMs?: number;
}

export interface BroughtDown {
  /** Services that ran and were stopped by this call. */
  readonly stopped: readonly ServiceName[];
  /** Of those, the ones that had to be killed: what they had not written is lost. */
  readonly killed: readonly ServiceName[];
}

/** Stops both services; fine when none runs. Ports stay reserved in the run file. */
export async function bringDown(options: BringDownOptions = {}): Promise<BroughtDown> {
  const paths = options.paths ?? localPaths();
  const report = options.report ?? silentProgress;
  const known = options.services ?? knownServices(paths);
  return withLock(cloudLock(paths), async () => {
    const state = await readRunState(paths);
    const results = await Promise.all(
      SERVICE_NAMES.map(async (name) => stopService(known[name], state, paths, report, options.graceMs)),
    );
    if (state) await writeRunState(paths, afterStop(state, results));
    return {
      stopped: results.filter(({ ran }) => ran).map(({ name }) => name),
      killed: results.filter(({ killed }) => killed).map(({ name }) => name),
    };
  });
}

interface Stopped {
  readonly name: ServiceName;
  readonly ran: boolean;
  readonly killed: boolean;
  /** Ended without writing down what it had in memory, now or earlier. */
  readonly unclean: boolean;
}

async function stopService(
  service: KnownService,
  state: RunState | undefined,
  paths: LocalPaths,
  report: Progress,
  graceMs = GRACE_MS,
): Promise<Stopped> {
  const recorded = state?.services[service.name]?.group;
  const group = await findGroup(service, recorded);
  let killed = false;
  if (group !== undefined) {
    const step = report.step(service.title);
    step.detail('stopping');
    killed = (await stopGroup(group, graceMs)) === 'killed';
    step.done(killed ? `did not stop within ${graceMs / 1000} s and was killed` : 'stopped');
  }
  const exitCode = await readExitCode(paths, service);
  const unclean = endedState(recorded ?? group, exitCode) === 'crashed';
  return { name: service.name, ran: group !== undefined, killed, unclean };
}

function afterStop(state: RunState, results: readonly Stopped[]): RunState {
  const services: RunState['services'] = {};
  for (const name of SERVICE_NAMES) {
    const record = state.services[name];
    if (record) services[name] = { port: record.port };
  }
  const lost = results.some(({ name, unclean }) => name === 'ministack' && unclean);
  return { ...state, services, refreshNeeded: state.refreshNeeded || lost };
}
