// GET /_local/health: whether the service is up, and what it pretends to be.
import manifest from '../../../package.json';
import type { Service } from '../operations/service';
import type { Front } from './exchange';
import { localAnswer, localFailure } from './local-answer';

/** Which practice switches are on: a test that fails may be one that was meant to. */
export interface Practice {
  readonly quotas: boolean;
  readonly faults: boolean;
  readonly latency: boolean;
  readonly clock: 'running' | 'fixed';
}

export function healthFront(service: Service, practice: Practice): Front {
  const started = performance.now();
  return {
    logsFailuresOnly: true,
    nameOf: ({ method, path }) => (method === 'GET' && path === '/_local/health' ? 'health' : undefined),
    answer: () => {
      const { region, accountId } = service.place;
      return Promise.resolve(
        localAnswer({
          status: 'ok',
          service: 's3vectors',
          version: manifest.version,
          region,
          accountId,
          dataDir: service.storage.path,
          pid: process.pid,
          uptimeSeconds: Math.floor((performance.now() - started) / 1000),
          practice,
        }),
      );
    },
    tooLarge: (limit) => localFailure(413, `the body has more than ${limit} bytes`),
  };
}
