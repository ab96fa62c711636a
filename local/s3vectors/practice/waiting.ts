// Waiting that ends early when the service is closed: nobody should have to sit out a slow answer to stop it.
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for some milliseconds, or until the signal. */
export async function wait(milliseconds: number, closing: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || closing.aborted) return;
  await sleep(milliseconds, undefined, { signal: closing }).catch((error: unknown) => {
    if (!closing.aborted) throw error;
  });
}
