// Which slots of a vector file are free. A slot is reused only after the transaction that gave it up has committed.

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

/** Groups vectors whose slots follow one another, so that each group is one write. */
export function consecutiveRuns(
  slots: readonly number[],
  vectors: readonly Float32Array[],
): { slot: number; vectors: Float32Array[] }[] {
  const runs: { slot: number; vectors: Float32Array[] }[] = [];
  slots.forEach((slot, at) => {
    const vector = vectors[at];
    if (vector === undefined) throw new RangeError('fewer vectors than slots');
    const last = runs.at(-1);
    if (last !== undefined && last.slot + last.vectors.length === slot) last.vectors.push(vector);
    else runs.push({ slot, vectors: [vector] });
  });
  return runs;
}
