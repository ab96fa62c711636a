// Watches the local cloud while something is done with it, and names the service that ended.
import type { StatusOptions } from './status';
import { readStatus } from './status';
import type { ServiceName, ServiceStatus } from './types';
import { SERVICE_NAMES } from './types';

export interface WatchOptions extends StatusOptions {
  /** Between two looks, in ms; default 1000. */
  readonly everyMs?: number;
}

export interface CloudWatch {
  stop(): void;
}

/**
 * Calls `onEnd` once for each service that is seen to have crashed or stopped. Never keeps the process alive.
 * @param onEnd gets state, exit and last log lines of the service
 */
export function watchCloud(onEnd: (service: ServiceStatus) => void, options: WatchOptions = {}): CloudWatch {
  const told = new Set<ServiceName>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const status = await readStatus(options).catch(() => undefined);
    for (const name of SERVICE_NAMES) {
      const service = status?.services[name];
      if (stopped || service === undefined || told.has(name)) continue;
      if (service.state !== 'crashed' && service.state !== 'stopped') continue;
      told.add(name);
      onEnd(service);
    }
    schedule();
  };
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(() => void look(), options.everyMs ?? 1000);
    timer.unref();
  };
  schedule();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** `ministack ended (killed by SIGKILL). Its last lines: …`, for people. */
export function describeEnd(service: ServiceStatus): string {
  const lines = service.lastLogLines.map((line) => `  ${line}`);
  const how = service.state === 'stopped' ? 'was stopped' : `ended (${service.exit ?? 'unknown'})`;
  return [
    `${service.name} ${how}. Its log is ${service.log}${lines.length > 0 ? ':' : '.'}`,
    ...lines,
    'Start it again with `npm run local -- up`.',
  ].join('\n');
}
