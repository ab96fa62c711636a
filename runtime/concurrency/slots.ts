// Bounds how many of something run at once; the rest wait in the order in which they came.

/** A fixed number of slots. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param count slots, at least 1 */
  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`concurrency ${count} must be a whole number of at least 1.`);
    }
    this.free = count;
  }

  /** Waits for a slot; the returned function gives it back. Waiting ends by rejection when the signal aborts. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
    } else {
      await new Promise<void>((resolve, reject) => {
        const abandon = () => {
          this.waiting.splice(this.waiting.indexOf(proceed), 1);
          reject(signal?.reason as Error);
        };
        const proceed = () => {
          signal?.removeEventListener('abort', abandon);
          resolve();
        };
        signal?.addEventListener('abort', abandon, { once: true });
        this.waiting.push(proceed);
      });
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
