// Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`, `${?}`, `${$}`.
// Source: IAM User Guide, "IAM policy elements: variables and tags".
import { anything, literals, narrowWildcard, type Pattern, type Piece, wildcard } from './pattern';

/** Request context: condition key → value or values. Keys are compared without regard to case. */
export type Context = Readonly<
  Record<string, string | number | boolean | readonly (string | number | boolean)[]>
>;

const VARIABLE = /\$\{([^}]*)\}/g;
const ESCAPES: readonly string[] = ['*', '?', '$'];

/** The values of a context key, or undefined when the request has none. */
export function contextValues(context: Context, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted);
  if (found === undefined) return undefined;
  const value = found[1];
  return (isList(value) ? value : [value]).map(String);
}

/** Does the text hold a variable whose value only a request knows? Escapes are none. */
export function hasVariable(text: string): boolean {
  return [...text.matchAll(VARIABLE)].some((match) => !ESCAPES.includes(match[1] ?? ''));
}

/**
 * The pattern that a text stands for in one request; a variable's value counts literally. Undefined when a variable
 * has neither one value nor a default: then the element matches nothing.
 */
export function resolvedPattern(text: string, context: Context): Pattern | undefined {
  const unresolved: string[] = [];
  const pattern = expand(text, wildcard, (variable) => {
    const { key, fallback } = parseVariable(variable);
    const values = contextValues(context, key);
    const value = values?.length === 1 ? values[0] : fallback;
    if (value === undefined) unresolved.push(key);
    return literals(value ?? '');
  });
  return unresolved.length === 0 ? pattern : undefined;
}

/** The same text for the language version before variables, in which `${…}` is plain text. */
export function withoutVariables(text: string): string {
  return text.replaceAll('${', '${$}{');
}

/** The largest set of texts that the text can stand for: a variable may be anything. */
export const widestPattern: (text: string) => Pattern = remembered((text) =>
  expand(text, wildcard, () => [anything]),
);

/** The smallest set of texts that the text can stand for; undefined when a variable could make it empty. */
export const narrowestPattern: (text: string) => Pattern | undefined = remembered((text) =>
  hasVariable(text) ? undefined : expand(text, narrowWildcard, () => []),
);

/** The text with its variables replaced, wildcards left alone; undefined as in `resolvedPattern`. */
export function resolvedText(text: string, context: Context): string | undefined {
  const pattern = resolvedPattern(text, context);
  return pattern
    ?.map((piece) => (piece.kind === 'literal' ? piece.char : piece.kind === 'one' ? '?' : '*'))
    .join('');
}

/** Texts remembered at a time: the resources of a large stack, and a bound on memory. */
const REMEMBERED = 10_000;

/** The same pattern for the same text, so that what a search learned about it is kept with it. */
function remembered<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly made: T }>();
  return (text) => {
    let entry = known.get(text);
    if (entry === undefined) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(text, (entry = { made: make(text) }));
    }
    return entry.made;
  };
}

function expand(
  text: string,
  plain: (text: string) => Pattern,
  variable: (inside: string) => readonly Piece[],
): Pattern {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const inside = match[1] ?? '';
    pieces.push(...plain(text.slice(from, match.index)));
    pieces.push(...(ESCAPES.includes(inside) ? literals(inside) : variable(inside)));
    from = match.index + match[0].length;
  }
  return [...pieces, ...plain(text.slice(from))];
}

function parseVariable(inside: string): { readonly key: string; readonly fallback?: string } {
  const match = /^\s*([^,\s]+)\s*(?:,\s*'(.*)'\s*)?$/.exec(inside);
  const fallback = match?.[2];
  return { key: match?.[1] ?? inside.trim(), ...(fallback === undefined ? {} : { fallback }) };
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
