// The values that travel between the engine and a provider, as plain TypeScript: JSON plus the three things that
// JSON lacks (a value that is not known yet, a secret, a file). Everything above the wire works on these.

/** A value that the engine does not know before the update runs. */
export const unknown: unique symbol = Symbol('unknown');
export type Unknown = typeof unknown;

const kind: unique symbol = Symbol('kind');

/** A value that must stay encrypted in the state and hidden in the output. */
export interface Secret {
  readonly [kind]: 'secret';
  readonly value: PropertyValue;
}

/** One file's content: given as text, or where to find it. `hash` is the engine's, when it has computed one. */
export interface Asset {
  readonly [kind]: 'asset';
  readonly source: { readonly text: string } | { readonly path: string } | { readonly uri: string };
  readonly hash: string | undefined;
}

/** A tree of files: listed one by one, or a folder or archive file on disk, or an address. */
export interface Archive {
  readonly [kind]: 'archive';
  readonly source:
    | { readonly assets: Readonly<Record<string, Asset | Archive>> }
    | { readonly path: string }
    | { readonly uri: string };
  readonly hash: string | undefined;
}

export const secret = (value: PropertyValue): Secret => ({ [kind]: 'secret', value });
export const asset = (source: Asset['source'], hash?: string): Asset => ({ [kind]: 'asset', source, hash });
export const archiveOf = (source: Archive['source'], hash?: string): Archive => ({
  [kind]: 'archive',
  source,
  hash,
});

const kindOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? (value as Partial<Secret>)[kind] : undefined;
export const isSecret = (value: unknown): value is Secret => kindOf(value) === 'secret';
export const isAsset = (value: unknown): value is Asset => kindOf(value) === 'asset';
export const isArchive = (value: unknown): value is Archive => kindOf(value) === 'archive';

export interface PropertyMap {
  [name: string]: PropertyValue;
}
export type PropertyValue =
  null | boolean | number | string | PropertyValue[] | PropertyMap | Unknown | Secret | Asset | Archive;

/** A PropertyValue without secrets' wrapping: what a decision looks at. */
export interface PlainMap {
  [name: string]: PlainValue;
}
export type PlainValue =
  null | boolean | number | string | PlainValue[] | PlainMap | Unknown | Asset | Archive;

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && kindOf(value) === undefined;
}

export function isPlainMap(value: PlainValue | undefined): value is PlainMap {
  return isMap(value);
}

/** The value with every secret opened. */
export function reveal(value: PropertyMap): PlainMap;
export function reveal(value: PropertyValue): PlainValue;
export function reveal(value: PropertyValue): PlainValue {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map((element) => reveal(element));
  if (isMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reveal(inner)]));
  }
  return value;
}

function some(value: PropertyValue, test: (value: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (isSecret(value)) return some(value.value, test);
  if (Array.isArray(value)) return value.some((element) => some(element, test));
  if (isMap(value)) return Object.values(value).some((inner) => some(inner, test));
  return false;
}

/** @param value a plain or a property value */
export const hasUnknown = (value: PlainValue | PropertyValue): boolean =>
  some(value, (inner) => inner === unknown);
export const hasSecret = (value: PropertyValue): boolean => some(value, (inner) => isSecret(inner));

/**
 * `value` with everything marked secret that is secret at the same place in `like`. Where the two differ in
 * shape below a secret, the whole branch becomes secret: better hidden too much than shown.
 */
export function withSecretsOf(
  value: PropertyValue | PlainValue,
  like: PropertyValue | undefined,
): PropertyValue {
  if (like === undefined || !hasSecret(like) || isSecret(value)) return value;
  if (isSecret(like)) return secret(value);
  if (Array.isArray(like) && Array.isArray(value) && like.length === value.length) {
    return value.map((element, at) => withSecretsOf(element, like[at]));
  }
  if (isMap(like) && isMap(value)) return mapWithSecretsOf(value, like);
  return secret(value);
}

/** @param value a plain or a property map */
export function mapWithSecretsOf(value: PlainMap | PropertyMap, like: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withSecretsOf(inner, like[name])]),
  );
}
