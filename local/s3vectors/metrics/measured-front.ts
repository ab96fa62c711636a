// A front whose answers are counted.
import type { Answer, Front, Request } from '../http/exchange';
import type { Metrics } from './metrics';

export function measuredFront(front: Front, metrics: Metrics): Front {
  return {
    ...front,
    async answer(request: Request): Promise<Answer> {
      const started = performance.now();
      const answer = await front.answer(request);
      const seconds = (performance.now() - started) / 1000;
      metrics.record(front.nameOf(request) ?? '', request.body.length, answer, seconds);
      return answer;
    },
    tooLarge(limit: number): Answer {
      const answer = front.tooLarge(limit);
      metrics.record('(too large)', 0, answer, 0);
      return answer;
    },
  };
}
