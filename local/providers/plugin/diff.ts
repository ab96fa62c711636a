// Diff: what differs between the state and the inputs, property by property, and whether it needs a new resource.
// The rules are those of a bridged Terraform provider: absence of a computed property is no change, and an empty
// value is the same as none.
import { sameDocument, stableJson, asJson } from './canonical';
import { DEFAULTS, memberPath } from './check';
import { isArchive, isPlainMap, unknown, type PlainMap, type PlainValue } from './property-value';
import type { ObjectShape, Shape } from './shape';

export interface Change {
  readonly kind: 'add' | 'delete' | 'update';
  readonly replaces: boolean;
}
/** Changes by property path. */
export type Changes = Map<string, Change>;

export function diffInputs(
  shape: ObjectShape,
  state: PlainMap,
  news: PlainMap,
  ignoreChanges: readonly string[] = [],
): Changes {
  const changes: Changes = new Map();
  for (const [name, property] of Object.entries(shape.properties)) {
    if (name === DEFAULTS) continue;
    diffValue(
      property,
      state[name],
      news[name] ?? property.default,
      memberPath('', name),
      property.replaces === true,
      changes,
    );
  }
  for (const path of changes.keys()) {
    if (ignoreChanges.some((ignored) => covers(ignored, path))) changes.delete(path);
  }
  return changes;
}

function diffValue(
  shape: Shape,
  old: PlainValue | undefined,
  now: PlainValue | undefined,
  path: string,
  replaces: boolean,
  changes: Changes,
): void {
  if (shape.kind === 'refused') return;
  if (now === undefined && shape.computed === true) return;
  if (isAbsent(shape, old) && isAbsent(shape, now)) return;
  const changed = (): void => {
    changes.set(path, { kind: kindOf(old, now), replaces });
  };
  if (now === unknown) {
    changed();
    return;
  }
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      if (old !== now) changed();
      return;
    case 'document':
      if (typeof old !== 'string' || typeof now !== 'string' || !sameDocument(old, now)) changed();
      return;
    case 'archive':
      if (!sameArchive(old, now)) changed();
      return;
    case 'list':
      if (!Array.isArray(old) || !Array.isArray(now)) changed();
      else if (shape.unordered === true) {
        if (!sameElements(shape.element, old, now)) changed();
      } else {
        for (let at = 0; at < Math.max(old.length, now.length); at++) {
          diffValue(shape.element, old[at], now[at], `${path}[${String(at)}]`, replaces, changes);
        }
      }
      return;
    case 'map':
      if (!isPlainMap(old) || !isPlainMap(now)) changed();
      else {
        for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
          if (name === DEFAULTS) continue;
          // In a map, a key with an empty value is not the same as no key.
          if (old[name] === undefined || now[name] === undefined || !equalJson(old[name], now[name])) {
            changes.set(memberPath(path, name), { kind: kindOf(old[name], now[name]), replaces });
          }
        }
      }
      return;
    case 'object':
      if (!isPlainMap(old) || !isPlainMap(now)) changed();
      else {
        for (const [name, property] of Object.entries(shape.properties)) {
          diffValue(property, old[name], now[name], memberPath(path, name), replaces, changes);
        }
      }
      return;
  }
}

/** What Terraform's SDK cannot tell from absence: null, "", 0, false, an empty list, map or object. */
export function isAbsent(shape: Shape, value: PlainValue | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (!isPlainMap(value)) return false;
  if (shape.kind !== 'object') return Object.keys(value).length === 0;
  return Object.entries(shape.properties).every(([name, property]) => isAbsent(property, value[name]));
}

function kindOf(old: PlainValue | undefined, now: PlainValue | undefined): Change['kind'] {
  if (old === undefined || old === null) return 'add';
  return now === undefined || now === null ? 'delete' : 'update';
}

/** Two lists with the same elements, each compared by the shape's own rules. */
function sameElements(shape: Shape, old: PlainValue[], now: PlainValue[]): boolean {
  if (old.length !== now.length) return false;
  const left = [...old];
  for (const element of now) {
    const at = left.findIndex((candidate) => {
      const changes: Changes = new Map();
      diffValue(shape, candidate, element, 'element', false, changes);
      return changes.size === 0;
    });
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

function equalJson(one: PlainValue, other: PlainValue): boolean {
  const [left, right] = [asJson(one), asJson(other)];
  return left !== undefined && right !== undefined && stableJson(left) === stableJson(right);
}

/** The engine hashes every archive that it knows; without both hashes nothing can be said, so it is a change. */
function sameArchive(old: PlainValue | undefined, now: PlainValue | undefined): boolean {
  return isArchive(old) && isArchive(now) && old.hash !== undefined && old.hash === now.hash;
}

/** Whether the ignored path is `path` or one of its parents; `*` stands for any one step. */
function covers(ignored: string, path: string): boolean {
  const steps = splitPath(ignored);
  const of = splitPath(path);
  return steps.length <= of.length && steps.every((step, at) => step === '*' || step === of[at]);
}

const splitPath = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
