// Check: are these inputs what the resource takes? Every problem is found in one pass, each with the path of the
// property; what comes back are the inputs in the provider's own form (defaults filled in, documents as text).
import { stableJson, asJson } from './canonical';
import {
  isArchive,
  isAsset,
  isMap,
  isSecret,
  reveal,
  hasSecret,
  hasUnknown,
  secret,
  unknown,
  type PropertyMap,
  type PropertyValue,
} from './property-value';
import { takenProperties, type ObjectShape, type Shape } from './shape';

export interface Failure {
  /** Path of the property, such as `rules[0].status`. */
  readonly property: string;
  readonly reason: string;
}

/** Where bridged providers note which inputs they filled in themselves. */
export const DEFAULTS = '__defaults';

/** Validates `news` and returns it in the provider's form; failures are appended. */
export function checkInputs(shape: ObjectShape, news: PropertyMap, failures: Failure[]): PropertyMap {
  const given: PropertyMap = Object.fromEntries(Object.entries(news).filter(([name]) => name !== DEFAULTS));
  const checked = checkMembers(shape, given, '', failures);
  const defaulted: string[] = [];
  for (const [name, property] of Object.entries(shape.properties)) {
    if (property.default !== undefined && checked[name] === undefined) {
      checked[name] = property.default;
      defaulted.push(name);
    }
  }
  return { ...checked, [DEFAULTS]: defaulted };
}

function checkValue(shape: Shape, value: PropertyValue, path: string, failures: Failure[]): PropertyValue {
  if (isSecret(value)) return secret(checkValue(shape, value.value, path, failures));
  if (shape.kind === 'refused') {
    const instead = shape.instead === undefined ? '' : `; use ${shape.instead}`;
    failures.push({ property: path, reason: `not implemented by the local stand-in${instead}` });
    return value;
  }
  if (value === unknown) return value;
  const wrong = (expected: string): PropertyValue => {
    failures.push({ property: path, reason: `must be ${expected}, not ${describe(value)}` });
    return value;
  };
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') return wrong('a string');
      if (shape.oneOf?.includes(value) === false) return wrong(`one of ${shape.oneOf.join(', ')}`);
      return value;
    case 'number':
      if (typeof value !== 'number') return wrong('a number');
      if (shape.range !== undefined && (value < shape.range[0] || value > shape.range[1])) {
        return wrong(`between ${shape.range[0]} and ${shape.range[1]}`);
      }
      return value;
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong('true or false');
    case 'archive':
      return isArchive(value) ? value : wrong('an archive');
    case 'document':
      return checkDocument(shape.text === true, value, wrong);
    case 'list':
      if (!Array.isArray(value)) return wrong('a list');
      return value.map((element, at) =>
        checkValue(shape.element, element, `${path}[${String(at)}]`, failures),
      );
    case 'map':
      if (!isMap(value)) return wrong('a map');
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name, inner]) => inner !== null && name !== DEFAULTS)
          .map(([name, inner]) => [name, checkValue(shape.element, inner, memberPath(path, name), failures)]),
      );
    case 'object':
      if (!isMap(value)) return wrong('an object');
      return checkMembers(shape, value, path, failures);
  }
}

function checkMembers(
  shape: ObjectShape,
  value: PropertyMap,
  path: string,
  failures: Failure[],
): PropertyMap {
  const checked: PropertyMap = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null || name === DEFAULTS) continue;
    const property = shape.properties[name];
    if (property === undefined) {
      failures.push({
        property: memberPath(path, name),
        reason: `unknown property; ${path === '' ? 'the resource' : path} takes ${takenProperties(shape.properties).join(', ')}`,
      });
    } else {
      checked[name] = checkValue(property, inner, memberPath(path, name), failures);
    }
  }
  for (const [name, property] of Object.entries(shape.properties)) {
    if (property.required === true && (value[name] === undefined || value[name] === null)) {
      failures.push({ property: memberPath(path, name), reason: 'missing required property' });
    }
  }
  return checked;
}

/** As the real bridge does it: an object becomes JSON text, and one unknown inside makes all of it unknown. */
function checkDocument(
  textOnly: boolean,
  value: PropertyValue,
  wrong: (expected: string) => PropertyValue,
): PropertyValue {
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      if (typeof parsed === 'object' && parsed !== null) return value;
    } catch {
      // Not JSON at all: the same complaint.
    }
    return wrong('a JSON document');
  }
  if (textOnly || !isMap(value)) return wrong(textOnly ? 'a string with a JSON document' : 'a JSON document');
  if (hasUnknown(value)) return unknown;
  const json = asJson(reveal(value));
  if (json === undefined) return wrong('a JSON document');
  const text = stableJson(json);
  return hasSecret(value) ? secret(text) : text;
}

export const memberPath = (path: string, name: string): string => {
  const member = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
  if (path === '') return member;
  return member.startsWith('[') ? `${path}${member}` : `${path}.${member}`;
};

function describe(value: PropertyValue): string {
  if (value === null || value === unknown) return value === null ? 'null' : 'unknown';
  if (isAsset(value)) return 'an asset';
  if (isArchive(value)) return 'an archive';
  if (isSecret(value)) return 'a secret';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
