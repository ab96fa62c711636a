// A vector record as a whole: key, numbers and metadata, against the shape of the index that shall hold it.
import type { IndexShape } from '../index-shape';
import { componentProblems } from './components';
import { keyProblems } from './key';
import { metadataProblems, type Metadata } from './metadata';
import { under, type Problem } from './problem';

/** A vector with its key and metadata. */
export interface VectorRecord {
  /** 1–1,024 characters and at most 1,024 UTF-8 bytes, unique within the index. */
  readonly key: string;
  /** The components, as many as the index has dimensions; stored as float32. */
  readonly data: ArrayLike<number>;
  /** Replaced as a whole by every put; absent means none. */
  readonly metadata?: Metadata | undefined;
}

/**
 * Everything that is wrong with a record for an index of this shape; empty when it may be put.
 * Paths begin with `key`, `data` or `metadata`. Takes records of any type, so that data of unknown origin can be checked.
 */
export function validateRecord(
  record: { readonly key: unknown; readonly data: unknown; readonly metadata?: unknown },
  indexShape: IndexShape,
): Problem[] {
  return [
    ...under('key', keyProblems(record.key)),
    ...under('data', componentProblems(record.data, indexShape)),
    ...(record.metadata === undefined
      ? []
      : under('metadata', metadataProblems(record.metadata, indexShape.nonFilterableMetadataKeys))),
  ];
}
