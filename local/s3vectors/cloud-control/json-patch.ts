// JSON Patch (RFC 6902), as UpdateResource takes it.
import { isDeepStrictEqual } from 'node:util';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Thrown for a patch that is malformed or does not fit the document; nothing was changed. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/**
 * Applies a patch to a JSON document and returns the result; the document itself stays as it is.
 * @throws PatchError
 */
export function applyPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new PatchError('the patch document is no list of operations');
  return patch.reduce<Json>(
    (current, operation: unknown) => applyOperation(current, operation),
    document as Json,
  );
}

function applyOperation(document: Json, operation: unknown): Json {
  if (typeof operation !== 'object' || operation === null)
    throw new PatchError('an operation is no JSON object');
  const { op, path, from, value } = operation as {
    op?: unknown;
    path?: unknown;
    from?: unknown;
    value?: Json;
  };
  const at = pointer(path);
  switch (op) {
    case 'add':
      return add(document, at, required(value));
    case 'remove':
      return remove(document, at);
    case 'replace':
      return replace(document, at, required(value));
    case 'move':
      return add(remove(document, pointer(from)), at, get(document, pointer(from)));
    case 'copy':
      return add(document, at, get(document, pointer(from)));
    case 'test':
      if (!isDeepStrictEqual(get(document, at), value))
        throw new PatchError(`the test of ${String(path)} failed`);
      return document;
    default:
      throw new PatchError(`"${String(op)}" is no patch operation`);
  }
}

/** The parts of a JSON pointer (RFC 6901). */
function pointer(path: unknown): string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) {
    throw new PatchError(`"${String(path)}" is no JSON pointer`);
  }
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function get(document: Json, path: readonly string[]): Json {
  return path.reduce<Json>((current, part) => member(current, part), document);
}

function add(document: Json, path: readonly string[], value: Json): Json {
  return change(document, path, value, (parent, part) => {
    if (isList(parent)) {
      const at = part === '-' ? parent.length : listPlace(part, parent.length);
      return [...parent.slice(0, at), value, ...parent.slice(at)];
    }
    return { ...parent, [part]: value };
  });
}

function remove(document: Json, path: readonly string[]): Json {
  return change(document, path, null, (parent, part) => {
    member(parent, part);
    if (isList(parent)) return parent.filter((_, at) => at !== Number(part));
    return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== part));
  });
}

function replace(document: Json, path: readonly string[], value: Json): Json {
  get(document, path);
  return change(document, path, value, (parent, part) =>
    isList(parent)
      ? parent.map((element, at) => (at === Number(part) ? value : element))
      : { ...parent, [part]: value },
  );
}

type Container = readonly Json[] | { readonly [name: string]: Json };

/** Rebuilds the way down to a place; `whole` takes the place of the document itself. */
function change(
  document: Json,
  path: readonly string[],
  whole: Json,
  edit: (parent: Container, part: string) => Json,
): Json {
  const [part, ...rest] = path;
  if (part === undefined) return whole;
  if (typeof document !== 'object' || document === null) throw new PatchError(`there is nothing at /${part}`);
  if (rest.length === 0) return edit(document, part);
  const child = change(member(document, part), rest, whole, edit);
  return isList(document)
    ? document.map((element, at) => (at === Number(part) ? child : element))
    : { ...document, [part]: child };
}

/** An element of a list has its number as its name, and no other: not the properties that JavaScript gives to lists. */
function member(container: Json, part: string): Json {
  if (isList(container) && !LIST_PLACE.test(part)) throw new PatchError(`${part} is no place in a list`);
  const found =
    typeof container === 'object' && container !== null && Object.hasOwn(container, part)
      ? (container as Readonly<Record<string, Json>>)[part]
      : undefined;
  if (found === undefined) throw new PatchError(`there is nothing at /${part}`);
  return found;
}

const LIST_PLACE = /^(0|[1-9]\d*)$/;

function listPlace(part: string, length: number): number {
  const at = Number(part);
  if (!LIST_PLACE.test(part) || at > length)
    throw new PatchError(`${part} is no place in a list of ${length}`);
  return at;
}

function required(value: Json | undefined): Json {
  if (value === undefined) throw new PatchError('an operation has no value');
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
