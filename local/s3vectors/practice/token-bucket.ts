// A rate with a burst: a bucket that fills at a rate, holds what one second brings, and gives to whoever asks.

export class TokenBucket {
  private tokens: number;

  /** @param perSecond what a second brings, and what the bucket holds; it starts full */
  constructor(
    private readonly perSecond: number,
    private filledAt: number,
  ) {
    this.tokens = perSecond;
  }

  /** Full buckets need not be kept: a new one is as good. */
  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.perSecond;
  }

  /** Whether `amount` can be had. More than the bucket can ever hold can be had when it is full. */
  holds(amount: number, now: number): boolean {
    this.fill(now);
    return this.tokens >= Math.min(amount, this.perSecond);
  }

  /** Takes what was asked for; what was more than there is, is owed. */
  take(amount: number): void {
    this.tokens -= amount;
  }

  private fill(now: number): void {
    // A clock that is set back brings nothing and takes nothing.
    const seconds = Math.max(0, now - this.filledAt) / 1000;
    this.tokens = Math.min(this.perSecond, this.tokens + seconds * this.perSecond);
    this.filledAt = now;
  }
}
