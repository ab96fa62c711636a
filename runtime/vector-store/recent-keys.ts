// Which keys a put has seen, in memory that does not grow with the put: a hundred million keys as strings would fill
// it. Kept are 96 bits of each key's SHA-256, of the most recent keys only. That two different keys agree in 96 bits
// does not happen: among a million of them the chance is one in 10^17.
import { hash } from 'node:crypto';

const WORDS = 3;
const INITIAL_SLOTS = 1 << 10;

/** A set of keys that forgets the oldest: it knows at least the last `window` / 2 of them, and at most `window`. */
export class RecentKeys {
  private recent = new Fingerprints();
  private older = new Fingerprints();
  private readonly generation: number;

  /** @param window keys, at least 2; 25 bytes of memory each at most */
  constructor(window: number) {
    this.generation = Math.max(1, Math.floor(window / 2));
  }

  /** Adds a key; false when it is among those already known. */
  add(key: string): boolean {
    // As a string of bytes: a Buffer for every key would cost more than the hash.
    const digest = hash('sha256', key, 'binary');
    const first = word(digest, 0);
    const second = word(digest, 4);
    // Zero marks an empty slot.
    const third = word(digest, 8) || 1;
    if (this.older.has(first, second, third) || !this.recent.add(first, second, third)) return false;
    if (this.recent.size >= this.generation) {
      [this.recent, this.older] = [this.older, this.recent];
      this.recent.clear();
    }
    return true;
  }
}

function word(digest: string, at: number): number {
  return (
    (digest.charCodeAt(at) |
      (digest.charCodeAt(at + 1) << 8) |
      (digest.charCodeAt(at + 2) << 16) |
      (digest.charCodeAt(at + 3) << 24)) >>>
    0
  );
}

/** An open-addressed table of three-word fingerprints, at most half full. */
class Fingerprints {
  size = 0;
  private slots = INITIAL_SLOTS;
  private table = new Uint32Array(INITIAL_SLOTS * WORDS);

  has(first: number, second: number, third: number): boolean {
    return this.table[this.find(first, second, third) + 2] !== 0;
  }

  add(first: number, second: number, third: number): boolean {
    let at = this.find(first, second, third);
    if (this.table[at + 2] !== 0) return false;
    if (this.size * 2 >= this.slots) {
      this.grow();
      at = this.find(first, second, third);
    }
    this.table[at] = first;
    this.table[at + 1] = second;
    this.table[at + 2] = third;
    this.size += 1;
    return true;
  }

  clear(): void {
    this.table.fill(0);
    this.size = 0;
  }

  /** Where the fingerprint is, or the empty slot where it belongs. */
  private find(first: number, second: number, third: number): number {
    const { table } = this;
    for (let slot = first & (this.slots - 1); ; slot = (slot + 1) & (this.slots - 1)) {
      const at = slot * WORDS;
      if (table[at + 2] === 0) return at;
      if (table[at] === first && table[at + 1] === second && table[at + 2] === third) return at;
    }
  }

  private grow(): void {
    const { table } = this;
    this.slots *= 2;
    this.table = new Uint32Array(this.slots * WORDS);
    for (let at = 0; at < table.length; at += WORDS) {
      const third = table[at + 2] as number;
      if (third === 0) continue;
      const first = table[at] as number;
      const second = table[at + 1] as number;
      const to = this.find(first, second, third);
      this.table[to] = first;
      this.table[to + 1] = second;
      this.table[to + 2] = third;
    }
  }
}
