// Structured logs for a service: one JSON line an event, the event's name under `event`.
import pino from 'pino';
import type { DestinationStream } from 'pino';
import type { Log } from './log';

/**
 * A pino logger. `level` is one of pino's (`debug` also tells of every single vector); `destination` defaults to
 * standard output, written at once, because a Lambda is frozen as soon as it has answered.
 */
export function pinoLog(
  options: { readonly level?: string; readonly destination?: DestinationStream } = {},
): Log {
  return pino(
    {
      level: options.level ?? 'info',
      messageKey: 'event',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
