// Text as S3 Vectors measures it: UTF-8 bytes, and no half of a surrogate pair anywhere.

/** UTF-8 bytes of a string. A lone surrogate counts three, as the replacement character does. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += 1;
    if (unit < 0x800) continue;
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1))) {
      at += 1; // a pair: two units of one byte each so far, four bytes together
      bytes += 1;
    } else {
      bytes += 1;
    }
  }
  return bytes;
}

/**
 * Whether the string is well-formed UTF-16. S3 Vectors refuses a whole request that carries half a surrogate
 * pair anywhere, with a SerializationException that names nothing (measured: docs/evidence/string-encoding.md of
 * FarukAda/aws-langchain-s3-vector-ts); text cut in the middle of an emoji is how one gets there.
 */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** What to say of a string that `isWellFormed` refuses. */
export const LONE_SURROGATE =
  'holds half of a surrogate pair (text cut inside an emoji?), for which S3 Vectors refuses the whole request; ' +
  'cut text by code point, or use toWellFormed()';

/** A string for a message: quoted, and shortened when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** A string that may be megabytes long, for a path or a message: its beginning where it has more than 60 characters. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
