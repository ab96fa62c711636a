// A set of keys in bounded memory: 16 bytes a key (the first 128 bits of its SHA-256) in one table that is at most
// 70 % full, so 23 to 46 bytes a key and 24 to 48 MB a million, whatever the keys' length. That two keys of a billion share
// their digest has a chance of one in 10^20.
import { createHash } from 'node:crypto';

const WORDS = 4;
const MAX_LOAD = 0.7;

export class KeyDigests {
  private slots: number;
  private table: Uint32Array;
  private found: Uint8Array;
  private count = 0;

  constructor(slots = 1024) {
    this.slots = slots;
    this.table = new Uint32Array(slots * WORDS);
    this.found = new Uint8Array(slots);
  }

  /** Distinct keys. */
  get size(): number {
    return this.count;
  }

  /** False where the key was there already. */
  add(key: string): boolean {
    if (this.count + 1 > this.slots * MAX_LOAD) this.grow();
    const digest = digestOf(key);
    const slot = this.slotOf(digest);
    if (this.isTaken(slot)) return false;
    this.table.set(digest, slot * WORDS);
    this.count += 1;
    return true;
  }

  has(key: string): boolean {
    return this.isTaken(this.slotOf(digestOf(key)));
  }

  /** Marks a key of the set as found; `undefined` where it is none of the set, false where it was found already. */
  find(key: string): boolean | undefined {
    const slot = this.slotOf(digestOf(key));
    if (!this.isTaken(slot)) return undefined;
    const first = this.found[slot] === 0;
    this.found[slot] = 1;
    return first;
  }

  wasFound(key: string): boolean {
    const slot = this.slotOf(digestOf(key));
    return this.isTaken(slot) && this.found[slot] === 1;
  }

  /** The slot of a digest, or the free one where it would go. */
  private slotOf(digest: Uint32Array): number {
    let slot = (digest[0] ?? 0) % this.slots;
    while (this.isTaken(slot) && !this.holds(slot, digest)) slot = (slot + 1) % this.slots;
    return slot;
  }

  private holds(slot: number, digest: Uint32Array): boolean {
    for (let word = 0; word < WORDS; word += 1) {
      if (this.table[slot * WORDS + word] !== digest[word]) return false;
    }
    return true;
  }

  private isTaken(slot: number): boolean {
    // The last word of a digest is never 0.
    return this.table[slot * WORDS + WORDS - 1] !== 0;
  }

  private grow(): void {
    const { table, found, slots } = this;
    this.slots = slots * 2;
    this.table = new Uint32Array(this.slots * WORDS);
    this.found = new Uint8Array(this.slots);
    for (let old = 0; old < slots; old += 1) {
      const digest = table.subarray(old * WORDS, (old + 1) * WORDS);
      if (digest[WORDS - 1] === 0) continue;
      const slot = this.slotOf(digest);
      this.table.set(digest, slot * WORDS);
      this.found[slot] = found[old] ?? 0;
    }
  }
}

function digestOf(key: string): Uint32Array {
  const bytes = createHash('sha256').update(key).digest();
  const digest = new Uint32Array(WORDS);
  for (let word = 0; word < WORDS; word += 1) digest[word] = bytes.readUInt32LE(word * 4);
  if (digest[WORDS - 1] === 0) digest[WORDS - 1] = 1;
  return digest;
}
