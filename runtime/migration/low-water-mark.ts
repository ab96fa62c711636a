// How far a migration has come for certain. Batches are acknowledged in any order; what a checkpoint may name is the
// item before the first one that is still open, and not the furthest that was ever written.

interface Entry<Outcome> {
  readonly cursor: string;
  outcome: Outcome | undefined;
}

/** Passed items that are kept at most, beyond as many as are open. */
const FORGET_AT = 1_024;

export class LowWaterMark<Outcome> {
  /** Items in their order; those before `head` are passed and forgotten now and then. */
  private entries: Entry<Outcome>[] = [];
  private head = 0;
  /** Number of the first entry. */
  private first = 0;
  private at: string | undefined;

  /** @param onPassed told of every item's outcome once nothing before it is open, in the order of the items */
  constructor(private readonly onPassed: (outcome: Outcome) => void) {}

  /** Takes an item up; the number names it. */
  begin(cursor: string): number {
    this.entries.push({ cursor, outcome: undefined });
    return this.first + this.entries.length - 1;
  }

  /** An item is done with: written, or written down as failed. A second outcome is ignored. */
  settle(item: number, outcome: Outcome): void {
    const entry = this.entries[item - this.first];
    if (entry === undefined || entry.outcome !== undefined) return;
    entry.outcome = outcome;
    this.pass();
  }

  /** Cursor of the last item before which, itself included, none is open. */
  get cursor(): string | undefined {
    return this.at;
  }

  /** Items taken up and not passed. */
  get waiting(): number {
    return this.entries.length - this.head;
  }

  private pass(): void {
    for (;;) {
      const entry = this.entries[this.head];
      if (entry?.outcome === undefined) break;
      this.head += 1;
      this.at = entry.cursor;
      this.onPassed(entry.outcome);
    }
    if (this.head < FORGET_AT || this.head * 2 < this.entries.length) return;
    this.entries = this.entries.slice(this.head);
    this.first += this.head;
    this.head = 0;
  }
}
