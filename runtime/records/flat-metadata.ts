// Metadata of the older layout may be nested and hold null; those of S3 Vectors may not. What does not fit is refused,
// or, where somebody asked for it, brought into a form that fits: every change is named, nothing goes unseen.
import type { JsonObject } from '../embedding-archive/archived-embedding';

export interface FlatMetadata {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Paths that were changed, and how: `address.city: from a nested object`. */
  readonly changed: readonly string[];
  /** Full sentences. */
  readonly problems: readonly string[];
}

/**
 * Nested objects become dotted keys (`address.city`), lists with other things than strings and numbers their JSON text;
 * null, which is the absence of a value, is left out.
 */
export function flatMetadata(metadata: JsonObject): FlatMetadata {
  const flat = new Map<string, unknown>();
  const changed: string[] = [];
  const problems: string[] = [];
  const take = (path: string, value: unknown): void => {
    if (flat.has(path)) {
      problems.push(`metadata.${path} would be there twice: as a key and as the path of a nested object.`);
    }
    flat.set(path, value);
  };
  const walk = (path: string, value: unknown, nested: boolean): void => {
    if (value === null) {
      changed.push(`${path}: null, left out`);
    } else if (Array.isArray(value)) {
      const plain = value.every((element) => typeof element === 'string' || typeof element === 'number');
      if (!plain) changed.push(`${path}: a list of other things, as JSON text`);
      else if (nested) changed.push(`${path}: from a nested object`);
      take(path, plain ? value : JSON.stringify(value));
    } else if (typeof value === 'object') {
      const entries = Object.entries(value as JsonObject);
      if (entries.length === 0) changed.push(`${path}: an empty object, left out`);
      for (const [name, entry] of entries) walk(`${path}.${name}`, entry, true);
    } else {
      if (nested) changed.push(`${path}: from a nested object`);
      take(path, value);
    }
  };
  for (const [name, value] of Object.entries(metadata)) walk(name, value, false);
  return { metadata: Object.fromEntries(flat), changed, problems };
}
