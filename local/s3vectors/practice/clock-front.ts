// /_local/clock: GET tells the service's time, POST puts it forward ({"advanceMs": 60000} or {"to": "<ISO date>"}).
import { z } from 'zod';
import { localAnswer, localFailure, readLocalBody } from '../http/local-answer';
import type { Answer, Front, Request } from '../http/exchange';
import type { Clock } from './clock';

const PATH = '/_local/clock';
const change = z.union([
  z.strictObject({ advanceMs: z.number().nonnegative() }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
]);

export function clockFront(clock: Clock): Front {
  return {
    logsFailuresOnly: true,
    nameOf: ({ method, path }) =>
      path === PATH && (method === 'GET' || method === 'POST') ? 'clock' : undefined,
    answer: (request) => Promise.resolve(answer(clock, request)),
    tooLarge: (limit) => localFailure(413, `the body has more than ${limit} bytes`),
  };
}

function answer(clock: Clock, request: Request): Answer {
  if (request.method === 'POST') {
    const problem = changeClock(clock, request.body);
    if (problem !== undefined) return localFailure(400, problem);
  }
  return localAnswer({ now: new Date(clock.now()).toISOString(), fixed: clock.fixed });
}

/** What is wrong with a change of the clock; undefined when it has been made. */
function changeClock(clock: Clock, body: Buffer): string | undefined {
  const wanted = readLocalBody(body, change);
  if (wanted === undefined) {
    return 'give {"advanceMs": <milliseconds>} or {"to": "<ISO date>"}, such as {"advanceMs": 60000}';
  }
  const milliseconds = 'to' in wanted ? Date.parse(wanted.to) - clock.now() : wanted.advanceMs;
  if (milliseconds < 0) return `the clock is at ${new Date(clock.now()).toISOString()} and goes forward only`;
  try {
    clock.advance(milliseconds);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return undefined;
}
