// The nearest of a stream of any length, in memory for as many as are wanted: a heap whose top is the farthest kept.

interface Ranked {
  readonly id: string;
  readonly distance: number;
}

/** Farther first; among equal distances the later id, so that results do not depend on the order of arrival. */
function farther(a: Ranked, b: Ranked): boolean {
  return a.distance === b.distance ? a.id > b.id : a.distance > b.distance;
}

export class NearestMatches<Match extends Ranked> {
  private readonly heap: Match[] = [];

  constructor(private readonly count: number) {}

  /** Whether a match of this rank would be kept. */
  admits(ranked: Ranked): boolean {
    const [top] = this.heap;
    return this.heap.length < this.count || (top !== undefined && farther(top, ranked));
  }

  add(match: Match): void {
    if (!this.admits(match)) return;
    if (this.heap.length < this.count) {
      this.heap.push(match);
      this.rise(this.heap.length - 1);
    } else {
      this.heap[0] = match;
      this.sink(0);
    }
  }

  /** Nearest first. */
  sorted(): Match[] {
    return [...this.heap].sort((a, b) => (farther(a, b) ? 1 : -1));
  }

  private rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isFarther(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(from: number): void {
    let at = from;
    for (;;) {
      let farthest = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.heap.length && this.isFarther(child, farthest)) farthest = child;
      }
      if (farthest === at) return;
      this.swap(at, farthest);
      at = farthest;
    }
  }

  private isFarther(one: number, other: number): boolean {
    return farther(this.heap[one] as Match, this.heap[other] as Match);
  }

  private swap(one: number, other: number): void {
    const moved = this.heap[one] as Match;
    this.heap[one] = this.heap[other] as Match;
    this.heap[other] = moved;
  }
}
