// A front some of whose answers fail as the plan says. Every such answer names its fault in a header (if the header
// arrives) and in the log, so that nobody looks for a defect that was ordered.
import { errorAnswer } from '../http/error-answer';
import type { Answer, Front } from '../http/exchange';
import { ServiceError, type ErrorName } from '../service-error';
import type { Fault, FaultKind, FaultPlan } from './fault-plan';
import { wait } from './waiting';

/** The header that tells an ordered fault from an answer of the service. */
export const FAULT_HEADER = 'x-s3-vectors-local-fault';

/** Messages: API model of the service; 500 and 503 in the words that were seen from it. */
const ERRORS = {
  '429': ['TooManyRequestsException', 'The request was denied due to request throttling.'],
  '500': ['InternalServerException', 'Internal server error'],
  '503': ['ServiceUnavailableException', 'Currently unable to handle the request'],
  '408': ['RequestTimeoutException', 'The request timed out. Retry your request.'],
} as const satisfies Partial<Record<FaultKind, readonly [ErrorName, string]>>;

/** @param closing ends the waiting of slow answers */
export function faultyFront(front: Front, plan: FaultPlan, closing: AbortSignal): Front {
  return {
    ...front,
    async answer(request) {
      const fault = plan.next(front.nameOf(request) ?? '');
      if (fault === undefined) return front.answer(request);
      if (fault.strikes === 'before') return labelled(failed(fault), fault);
      const answer = await front.answer(request);
      if (fault.kind === 'slow') await wait(plan.slowMs, closing);
      return labelled(failed(fault, answer), fault);
    },
  };
}

/** What becomes of an answer; without one, nothing has been done. */
function failed({ kind, strikes }: Fault, answer: Answer = { status: 200, headers: {}, body: '' }): Answer {
  switch (kind) {
    case '429':
    case '500':
    case '503':
    case '408': {
      const [name, message] = ERRORS[kind];
      return errorAnswer(new ServiceError(name, message));
    }
    case 'reset':
      return {
        ...answer,
        breakage: strikes === 'within' ? 'reset-within-answer' : 'reset-before-answer',
      };
    case 'truncate':
      return { ...answer, breakage: 'truncated' };
    case 'slow':
      return answer;
  }
}

function labelled(answer: Answer, { kind, strikes }: Fault): Answer {
  const words = `${kind} ${strikes === 'before' ? 'before the request was done' : 'after the request was done'}`;
  return {
    ...answer,
    headers: { ...answer.headers, [FAULT_HEADER]: words },
    error: answer.error ?? 'fault',
    detail: `--faults: ${words}${answer.breakage === undefined ? '' : `, ${answer.breakage}`}`,
  };
}
