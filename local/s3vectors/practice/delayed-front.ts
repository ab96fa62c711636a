// A front whose answers take as long as the profile says, or as long as they take anyway.
import type { Front } from '../http/exchange';
import type { LatencyProfile } from './latency-profile';
import { wait } from './waiting';

/** @param closing ends the waiting */
export function delayedFront(front: Front, latency: LatencyProfile, closing: AbortSignal): Front {
  return {
    ...front,
    async answer(request) {
      const started = performance.now();
      // Drawn at once: times follow the order in which requests arrive.
      const milliseconds = latency(front.nameOf(request) ?? '');
      const answer = await front.answer(request);
      await wait(milliseconds - (performance.now() - started), closing);
      return answer;
    },
  };
}
