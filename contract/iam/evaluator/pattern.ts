// Wildcard patterns of IAM as sequences of pieces: `*` any characters, `?` one character, the rest literal.
// Pieces can also be made directly, which gives questions such as "any object of any bucket" a form that
// knows that a bucket name holds no slash.

export type Piece =
  | { readonly kind: 'literal'; readonly char: string }
  /** One character that is not among those of `except`. */
  | { readonly kind: 'one'; readonly except?: string }
  /** Any number of characters, none of them among those of `except`. */
  | { readonly kind: 'many'; readonly except?: string };

export type Pattern = readonly Piece[];

/** Any number of characters. */
export const anything: Piece = { kind: 'many' };

/** One or more characters, none of them among `separators`: one segment of a name or an ARN. */
export function segment(separators: string): readonly Piece[] {
  return [
    { kind: 'one', except: separators },
    { kind: 'many', except: separators },
  ];
}

/** Joins literal text and pieces to one pattern; `*` and `?` in the text are literal here. */
export function sequence(...parts: readonly (string | Piece | readonly Piece[])[]): Pattern {
  return parts.flatMap((part): readonly Piece[] =>
    typeof part === 'string' ? literals(part) : isPieces(part) ? part : [part],
  );
}

/** A pattern as IAM reads it, without policy variables: `*` and `?` are wildcards everywhere. */
export function wildcard(text: string): Pattern {
  return Array.from(text, wildcardPiece);
}

/** Segments of an ARN before the one that names the resource, which may itself hold colons. */
const LEADING_SEGMENTS = 5;

/**
 * The smallest set that the pattern can stand for: before the resource part, a `*` that is not the last character of
 * its ARN segment stays inside the segment (IAM User Guide, "Resource", wildcards in ARNs). Where a pattern takes
 * rights away, only that much is relied on.
 */
export function narrowWildcard(text: string): Pattern {
  const chars = Array.from(text);
  let colons = 0;
  return chars.map((char, at) => {
    if (char === ':') colons++;
    const next = chars[at + 1];
    const inside = next !== undefined && next !== ':' && next !== '*';
    if (char === '*' && inside && colons < LEADING_SEGMENTS) return { kind: 'many', except: ':' };
    return wildcardPiece(char);
  });
}

export function literals(text: string): readonly Piece[] {
  return Array.from(text, (char) => ({ kind: 'literal', char }));
}

/** Does the pattern match this text? Linear in pattern × text, whatever the wildcards. */
export function matches(pattern: Pattern, text: string): boolean {
  let positions = closure(pattern, [0]);
  for (const char of text) {
    positions = closure(pattern, step(pattern, positions, char));
    if (positions.length === 0) return false;
  }
  return positions.at(-1) === pattern.length;
}

/** Positions reachable without a character: a `many` may stand for nothing. Both lists ascend, the result without doubles. */
export function closure(pattern: Pattern, positions: readonly number[]): number[] {
  const reached: number[] = [];
  let last = -1;
  for (const start of positions) {
    for (let at = start; at > last; at++) {
      reached.push(at);
      last = at;
      if (pattern[at]?.kind !== 'many') break;
    }
  }
  return reached;
}

/** Positions after one character, ascending where the given ones do. */
export function step(pattern: Pattern, positions: readonly number[], char: string): number[] {
  const next: number[] = [];
  for (const at of positions) {
    const piece = pattern[at];
    if (piece === undefined) continue;
    if (piece.kind === 'literal') {
      if (piece.char === char) next.push(at + 1);
    } else if (piece.except?.includes(char) !== true) {
      next.push(piece.kind === 'many' ? at : at + 1);
    }
  }
  return next;
}

function wildcardPiece(char: string): Piece {
  if (char === '*') return anything;
  if (char === '?') return { kind: 'one' };
  return { kind: 'literal', char };
}

function isPieces(part: Piece | readonly Piece[]): part is readonly Piece[] {
  return Array.isArray(part);
}
