// A resource's inputs as plain values. At preview the engine hands over a proxy that throws at the first unknown
// property; one unknown must not hide the rest, so it is copied with a placeholder where nothing is known yet.
import { UnknownValueError } from '@pulumi/policy';

/** Stands where a value is not known before the update. */
export const UNKNOWN = Symbol('unknown during preview');

/** A value that may be absent or not known yet. */
export type Known<T> = T | typeof UNKNOWN | undefined;

export type Properties = Readonly<Record<string, unknown>>;

export function isUnknown(value: unknown): value is typeof UNKNOWN {
  return value === UNKNOWN;
}

/** Copies the inputs of a resource as the engine gives them. */
export function plainProperties(props: Readonly<Record<string, unknown>>): Properties {
  return copyObject(props);
}

/** Reads a property that must be text. What is neither text nor unknown counts as absent. */
export function text(props: Properties, key: string): Known<string> {
  const value = props[key];
  return typeof value === 'string' || isUnknown(value) ? value : undefined;
}

/** Reads a list; one value that is none counts as a list of one (providers accept both spellings). */
export function list(value: unknown): Known<readonly unknown[]> {
  if (value === undefined || value === null) return undefined;
  if (isUnknown(value)) return UNKNOWN;
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** Reads a nested object. What is neither an object nor unknown counts as absent. */
export function object(value: unknown): Known<Properties> {
  if (isUnknown(value)) return UNKNOWN;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Properties)
    : undefined;
}

/** What `pulumi policy analyze --file` puts in the place of a secret that it cannot decrypt, whatever its type. */
const REDACTED = '[secret]';

function copy(value: unknown): unknown {
  if (value === REDACTED) return UNKNOWN;
  if (Array.isArray(value)) {
    const length = value.length;
    return Array.from({ length }, (_, at) => orUnknown(() => (value as readonly unknown[])[at]));
  }
  return typeof value === 'object' && value !== null ? copyObject(value as Record<string, unknown>) : value;
}

function copyObject(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(value).map((key) => [key, orUnknown(() => value[key])]));
}

function orUnknown(read: () => unknown): unknown {
  try {
    return copy(read());
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
