// Where both forms of an id exist, the newer one counts; S3 lists keys in the order of their UTF-8 bytes, so the two
// are near each other and a listing of any length is paired with almost nothing held back.
import { COMPRESSED_SUFFIX, idOfKey } from './archive-key';

export interface ArchiveEntry {
  readonly id: string;
  readonly key: string;
  /** Bytes of the object as it is stored. */
  readonly size: number;
  /** To the second, as S3 keeps it. */
  readonly lastModified: Date;
}

/** Which of two objects of one id counts: the newer; in the same second the one of the form that the archive writes. */
export function newerOf<T extends { readonly key: string; readonly lastModified: Date }>(
  one: T,
  other: T,
  compress: boolean,
): T {
  const difference = one.lastModified.getTime() - other.lastModified.getTime();
  if (difference !== 0) return difference > 0 ? one : other;
  return one.key.endsWith(COMPRESSED_SUFFIX) === compress ? one : other;
}

/** Pairs a listing: one entry an id, in the order of the ids' first keys. Keys of no id are told to `onOther`. */
export async function* paired(
  objects: AsyncIterable<Omit<ArchiveEntry, 'id'>>,
  options: {
    readonly prefix: string;
    readonly compress: boolean;
    readonly onOther?: ((key: string) => void) | undefined;
  },
): AsyncGenerator<ArchiveEntry> {
  // Held back: an uncompressed object whose compressed twin may still come, and what was listed after it.
  let held: ArchiveEntry[] = [];
  for await (const object of objects) {
    const id = idOfKey(options.prefix, object.key);
    if (id === undefined) {
      options.onOther?.(object.key);
      continue;
    }
    const entry = { ...object, id };
    const twin = held.findIndex((earlier) => earlier.id === id);
    if (twin === -1) held.push(entry);
    else held[twin] = newerOf(held[twin] as ArchiveEntry, entry, options.compress);
    const open = held.findIndex((earlier) => twinMayFollow(earlier.key, object.key));
    const done = open === -1 ? held.length : open;
    yield* held.slice(0, done);
    held = held.slice(done);
  }
  yield* held;
}

/** Whether the compressed form of an uncompressed object can still come after the key that was listed last. */
function twinMayFollow(key: string, listed: string): boolean {
  if (key.endsWith(COMPRESSED_SUFFIX)) return false;
  // Everything between a key and a longer one that begins with it begins with it too.
  return listed.startsWith(key) && listed.slice(key.length) < '.gz';
}
