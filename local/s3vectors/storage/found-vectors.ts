// What searches found, kept for answers that are read page by page. Metadata are not among it: they are still in the
// database as they were found, until somebody replaces or deletes them. Whoever does so hands the old ones over first,
// so that the pages of one search fit together whatever is written meanwhile, and ten thousand results with forty
// kilobytes of metadata each cost no more than their keys.

/** Bytes of all that is kept, at most; beyond them what was not used for the longest time is dropped. */
const BUDGET = 256 * 1024 * 1024;
/** Bytes of one result beside its key: its places in a list and a set, and its distance. */
const RESULT_BYTES = 96;

/** The results of one search, nearest first. */
export class FoundVectors {
  /** Record values as they were found, of vectors that were replaced or deleted since, by vector key. */
  readonly replaced = new Map<string, Buffer>();
  /** True once they had to make room for others: they cannot be read any more. */
  dropped = false;
  private readonly known: ReadonlySet<string> | undefined;

  /**
   * @param indexId the index that was searched
   * @param withMetadata whether pages will be read with metadata
   */
  constructor(
    readonly indexId: number,
    readonly keys: readonly string[],
    readonly distances: Float64Array,
    readonly withMetadata: boolean,
  ) {
    this.known = withMetadata ? new Set(keys) : undefined;
  }

  /** True when the metadata of a key have to be handed over before they change. */
  needs(vectorKey: string): boolean {
    return this.known?.has(vectorKey) === true && !this.replaced.has(vectorKey);
  }
}

/** All results that are kept. */
export class FoundLists {
  /** With their bytes; those that were not used for the longest time first. */
  private readonly kept = new Map<FoundVectors, number>();
  private readonly byIndex = new Map<number, Set<FoundVectors>>();
  private total = 0;

  /** @param budget bytes of all that is kept, at most */
  constructor(private readonly budget = BUDGET) {}

  /** Bytes of all that is kept, about. */
  get bytes(): number {
    return this.total;
  }

  /** Keeps results until they are released, or dropped to make room. */
  keep(found: FoundVectors): void {
    const ofIndex = this.byIndex.get(found.indexId);
    if (ofIndex === undefined) this.byIndex.set(found.indexId, new Set([found]));
    else ofIndex.add(found);
    this.kept.set(found, 0);
    let bytes = 0;
    for (const key of found.keys) bytes += RESULT_BYTES + 2 * key.length;
    for (const value of found.replaced.values()) bytes += value.length;
    this.grow(found, bytes);
    this.makeRoom();
  }

  /** Notes that results were used just now. */
  use(found: FoundVectors): void {
    const bytes = this.kept.get(found);
    if (bytes === undefined) return;
    this.kept.delete(found);
    this.kept.set(found, bytes);
  }

  release(found: FoundVectors): void {
    this.total -= this.kept.get(found) ?? 0;
    this.kept.delete(found);
    const ofIndex = this.byIndex.get(found.indexId);
    ofIndex?.delete(found);
    if (ofIndex?.size === 0) this.byIndex.delete(found.indexId);
    found.replaced.clear();
  }

  /** To be called before a record is replaced or deleted. @param value what it holds until then */
  replacing(indexId: number, vectorKey: string, value: Buffer): void {
    let copy: Buffer | undefined;
    for (const found of this.byIndex.get(indexId) ?? []) {
      if (!found.needs(vectorKey)) continue;
      copy ??= Buffer.from(value);
      found.replaced.set(vectorKey, copy);
      this.grow(found, copy.length);
    }
    if (copy !== undefined) this.makeRoom();
  }

  /** Gives up everything that was found in an index, which is deleted. */
  forget(indexId: number): void {
    for (const found of [...(this.byIndex.get(indexId) ?? [])]) this.drop(found);
  }

  private grow(found: FoundVectors, bytes: number): void {
    this.kept.set(found, (this.kept.get(found) ?? 0) + bytes);
    this.total += bytes;
  }

  private makeRoom(): void {
    for (const found of this.kept.keys()) {
      if (this.total <= this.budget) return;
      this.drop(found);
    }
  }

  private drop(found: FoundVectors): void {
    found.dropped = true;
    this.release(found);
  }
}
