// Remembers answers for a moment. Policies are asked for at every request and change seldom; a second bounds both what
// that costs and how long an old answer can count. A failure is never remembered, and an old answer never used for one.

interface Remembered<T> {
  readonly value: Promise<T>;
  readonly askedAt: number;
}

/** Keys remembered at a time; a bound on memory, far above the callers and keys of one machine. */
const LIMIT = 1000;

export class BriefMemory<T> {
  private readonly known = new Map<string, Remembered<T>>();

  /** @param lifetime milliseconds, counted from the moment of the question: an answer is never older than that */
  constructor(
    private readonly lifetime: number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** The remembered answer; otherwise that of `ask`. Equal questions at the same time are one. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    const earlier = this.known.get(key);
    if (earlier !== undefined && this.clock() - earlier.askedAt < this.lifetime) return earlier.value;
    if (this.known.size >= LIMIT) this.known.clear();
    const askedAt = this.clock();
    const remembered = { askedAt, value: ask() };
    this.known.set(key, remembered);
    remembered.value.catch(() => {
      if (this.known.get(key) === remembered) this.known.delete(key);
    });
    return remembered.value;
  }

  forget(): void {
    this.known.clear();
  }
}
