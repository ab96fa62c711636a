// GET /_local/health: whether the service is up, and what it pretends to be.
import type { Service } from '../operations/service';
import type { Front } from './exchange';

export function healthFront(service: Service): Front {
  return {
    logsFailuresOnly: true,
    nameOf: ({ method, path }) => (method === 'GET' && path === '/_local/health' ? 'health' : undefined),
    answer: () => {
      const { region, accountId } = service.place;
      const health = {
        status: 'ok',
        service: 's3vectors',
        region,
        accountId,
        dataDir: service.storage.path,
        pid: process.pid,
      };
      return Promise.resolve({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(health),
      });
    },
    tooLarge: () => ({ status: 413, headers: {}, body: '' }),
  };
}
