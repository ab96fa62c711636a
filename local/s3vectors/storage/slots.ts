// Which slots of an index's files are free. A slot is reused only after the transaction that gave it up has committed.

export class Slots {
  private readonly freed: number[] = [];
  private next = 0;

  /** The first slot that was never used. */
  get end(): number {
    return this.next;
  }

  /** @param used the slots in use, in ascending order; those between them are free */
  begin(used: readonly number[]): void {
    for (const slot of used) {
      for (; this.next < slot; this.next += 1) this.freed.push(this.next);
      this.next = slot + 1;
    }
  }

  /** Slots for `count` vectors, in ascending order; freed ones first. */
  take(count: number): number[] {
    const reused = this.freed.splice(Math.max(0, this.freed.length - count), count);
    const fresh = Array.from({ length: count - reused.length }, (_, at) => this.next + at);
    this.next += fresh.length;
    return [...reused, ...fresh].sort((a, b) => a - b);
  }

  free(slots: Iterable<number>): void {
    for (const slot of slots) this.freed.push(slot);
  }
}
