// GET /_local/health: whether the service is up, and what it pretends to be.
import manifest from '../../package.json';
import type { Front } from './http/exchange';
import { localAnswer, localFailure } from './http/local-answer';
import type { Service } from './operations/service';
import type { SwitchesInForce } from './practice/switches';

export function healthFront(service: Service, practice: SwitchesInForce): Front {
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
