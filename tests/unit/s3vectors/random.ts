// Random numbers that a seed determines (xorshift32), so that a failure can be had again.

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) | 0 || 1;
    for (let n = 0; n < 8; n += 1) this.bits();
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    return this.bits() % below;
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}
