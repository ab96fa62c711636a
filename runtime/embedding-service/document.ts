// A document as the service takes and returns it, and as it lies in an index: the text is kept in one metadata key,
// cut visibly where it would not fit, because a record that is too large by one byte is refused as a whole.
import { MAX_FILTERABLE_METADATA_BYTES, MAX_METADATA_BYTES } from '../../contract/limits';
import type { IndexShape } from '../../contract/index-shape';
import { metadataProblems, metadataSize } from '../../contract/vectors/metadata';
import type { Metadata } from '../../contract/vectors/metadata';
import type { Problem } from '../../contract/vectors/problem';
import { cutToBytes } from '../embedders/cut-text';
import { utf8Length } from '../../contract/vectors/text';

export interface Document {
  /** The vector's key: 1–1,024 UTF-8 bytes. */
  readonly id: string;
  readonly text: string;
  /** Filterable unless the index says otherwise, at most 2 KB of it; may use neither the text key nor `text_truncated`. */
  readonly metadata?: Metadata | undefined;
}

/** Beside a text that was cut, and only there. Filterable: whole documents are `{ text_truncated: { $exists: false } }`. */
export const TRUNCATED_KEY = 'text_truncated';
const DEFAULT_TEXT_KEY = 'text';

/**
 * The metadata key that holds the text: `text` where the index keeps that out of filters, else the alphabetically
 * first of its non-filterable keys (`successful_prompt` on `episodes`), which allow 40 KB. Only an index without any
 * takes the text as filterable metadata, which ends at 2 KB.
 */
export function textKeyOf(shape: Pick<IndexShape, 'nonFilterableMetadataKeys'>): string {
  const keys = [...shape.nonFilterableMetadataKeys].sort();
  return keys.includes(DEFAULT_TEXT_KEY) ? DEFAULT_TEXT_KEY : (keys[0] ?? DEFAULT_TEXT_KEY);
}

export interface StoredDocument {
  readonly metadata: Metadata;
  /** True where the index holds only the beginning of the text. */
  readonly textTruncated: boolean;
}

/** The metadata of a document's vector. `problems` lists what the service would refuse even with the text cut. */
export function documentMetadata(
  document: Document,
  textKey: string,
  nonFilterableKeys: readonly string[],
): StoredDocument & { readonly problems: readonly Problem[] } {
  const { text, metadata = {} } = document;
  const reserved = [textKey, TRUNCATED_KEY]
    .filter((key) => Object.hasOwn(metadata, key))
    .map((key) => ({ path: key, message: 'is kept for the document’s text; use another metadata key' }));
  const own = [...metadataProblems(metadata, nonFilterableKeys), ...reserved];
  if (own.length > 0) return { metadata, textTruncated: false, problems: own };

  const whole = { ...metadata, [textKey]: text };
  if (utf8Length(text) <= roomFor({ ...metadata, [textKey]: '' }, textKey, nonFilterableKeys)) {
    return { metadata: whole, textTruncated: false, problems: metadataProblems(whole, nonFilterableKeys) };
  }
  const flagged = { ...metadata, [textKey]: '', [TRUNCATED_KEY]: true };
  const cut = {
    ...flagged,
    [textKey]: cutToBytes(text, roomFor(flagged, textKey, nonFilterableKeys)),
  };
  return { metadata: cut, textTruncated: true, problems: metadataProblems(cut, nonFilterableKeys) };
}

/** UTF-8 bytes that a text may have in metadata that is complete but for it. */
function roomFor(metadata: Metadata, textKey: string, nonFilterableKeys: readonly string[]): number {
  const { total, filterable } = metadataSize(metadata, nonFilterableKeys);
  const room = MAX_METADATA_BYTES - total;
  return nonFilterableKeys.includes(textKey)
    ? room
    : Math.min(room, MAX_FILTERABLE_METADATA_BYTES - filterable);
}

export interface ReadDocument extends StoredDocument {
  /** Undefined where the vector was not stored as a document, or under another text key. */
  readonly text: string | undefined;
}

/** A document's text and own metadata, from what its vector carries. */
export function readDocument(stored: Metadata, textKey: string): ReadDocument {
  const { [textKey]: text, [TRUNCATED_KEY]: truncated, ...metadata } = stored;
  return { text: typeof text === 'string' ? text : undefined, textTruncated: truncated === true, metadata };
}
