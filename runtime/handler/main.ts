// Entry of the service's Lambda bundle: `index.handler`.
import { pinoLog } from '../logging/pino-log';
import { serviceHandler } from './service-handler';

const level = process.env['LOG_LEVEL'];

export const handler = serviceHandler({
  env: process.env,
  log: pinoLog(level === undefined ? {} : { level }),
});
