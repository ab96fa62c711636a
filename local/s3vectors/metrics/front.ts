// GET /_local/metrics: what was counted, for Prometheus.
import type { Front } from '../http/exchange';
import { localFailure } from '../http/local-answer';
import type { Metrics } from './metrics';

export function metricsFront(metrics: Metrics): Front {
  return {
    logsFailuresOnly: true,
    nameOf: ({ method, path }) => (method === 'GET' && path === '/_local/metrics' ? 'metrics' : undefined),
    async answer() {
      const { contentType, body } = await metrics.text();
      return { status: 200, headers: { 'content-type': contentType }, body };
    },
    tooLarge: (limit) => localFailure(413, `the body has more than ${limit} bytes`),
  };
}
