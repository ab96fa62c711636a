// Equality of values in the senses that providers need: of JSON, of IAM-style policy documents, and "empty".
import { isArchive, isAsset, isPlainMap, unknown, type PlainValue } from './property-value';
import type { Json } from './property-wire';

/** JSON with sorted keys: equal texts are equal values. Also the form in which objects become policy strings. */
export function stableJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${stableJson(value[name] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** A plain value as JSON, or undefined if there is an unknown or a file in it. */
export function asJson(value: PlainValue): Json | undefined {
  if (value === unknown || isAsset(value) || isArchive(value)) return undefined;
  if (Array.isArray(value)) {
    const elements = value.map(asJson);
    return elements.every((element) => element !== undefined) ? elements : undefined;
  }
  if (isPlainMap(value)) {
    const members: Record<string, Json> = {};
    for (const [name, inner] of Object.entries(value)) {
      const json = asJson(inner);
      if (json === undefined) return undefined;
      members[name] = json;
    }
    return members;
  }
  return value;
}

/**
 * Whether two policy documents say the same: key order, order within lists, a single value for a list of one,
 * and `true` for `"true"` make no difference to IAM. Texts that are not JSON are equal when they are the same.
 */
export function sameDocument(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return (
      stableJson(withoutOrder(JSON.parse(one) as Json)) ===
      stableJson(withoutOrder(JSON.parse(other) as Json))
    );
  } catch {
    return false;
  }
}

function withoutOrder(value: Json): Json {
  if (Array.isArray(value)) {
    const elements = [...new Set(value.map((element) => stableJson(withoutOrder(element))))].sort();
    const only = elements[0];
    return elements.length === 1 && only !== undefined
      ? (JSON.parse(only) as Json)
      : elements.map((text) => JSON.parse(text) as Json);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutOrder(inner)]));
  }
  return typeof value === 'string' ? value : String(value);
}
