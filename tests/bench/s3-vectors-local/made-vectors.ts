// Vectors to measure with: the same ones in every run, of length about one, made fast enough for millions.

export class MadeVectors {
  private state = 0x2545f491;

  constructor(readonly dimension: number) {}

  next(): Float32Array {
    const vector = new Float32Array(this.dimension);
    const scale = 2 * Math.sqrt(3 / this.dimension);
    let { state } = this;
    for (let at = 0; at < vector.length; at += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      vector[at] = (state / 2 ** 32) * scale;
    }
    this.state = state;
    return vector;
  }

  /** A vector with seven decimals: with all those of a double, 500 x 3072 would be more than a request may have. */
  nextShort(): number[] {
    return Array.from(this.next(), (component) => Math.round(component * 1e7) / 1e7);
  }
}

/** Metadata of the n-th vector: `part` takes 1,000 values evenly, to filter for any share. */
export function metadataAt(n: number): { part: number; genre: string; title: string } {
  return { part: n % 1_000, genre: n % 3 === 0 ? 'drama' : 'comedy', title: `The title of document ${n}` };
}
