// What a resource type allows to be asked for, checked before anything is done.
import { isDeepStrictEqual } from 'node:util';
import { ResourceError } from './resource-error';
import type { Properties, ResourceType } from './resource-types';

/** @throws ResourceError InvalidRequest naming every property that is unknown, read-only or missing */
export function checkDesiredState(type: ResourceType, desired: unknown): Properties {
  if (typeof desired !== 'object' || desired === null || Array.isArray(desired)) {
    throw new ResourceError(
      'InvalidRequest',
      'Model validation failed (#: the desired state is no JSON object)',
    );
  }
  const given = Object.keys(desired);
  const problems = [
    ...given
      .filter((name) => !type.properties.includes(name))
      .map((name) => `#: extraneous key [${name}] is not permitted`),
    ...type.required
      .filter((name) => !given.includes(name))
      .map((name) => `#: required key [${name}] not found`),
    ...Object.entries(desired).flatMap(([name, value]) => memberProblems(type, name, value)),
    ...given
      .filter((name) => type.readOnly.includes(name))
      .map((name) => `#: readOnly property [${name}] cannot be specified`),
  ];
  if (problems.length > 0) {
    throw new ResourceError('InvalidRequest', `Model validation failed (${problems.join('; ')})`);
  }
  return desired as Properties;
}

function memberProblems(type: ResourceType, name: string, value: unknown): string[] {
  if (value === null) return [`#/${name}: expected a value, found: Null`];
  const own = <T>(of: Readonly<Record<string, T>>) => (Object.hasOwn(of, name) ? of[name] : undefined);
  const members = own(type.members);
  if (members !== undefined) return objectProblems(`#/${name}`, value, members);
  const elementMembers = own(type.elements);
  if (elementMembers === undefined) return [];
  if (!Array.isArray(value)) return [`#/${name}: expected type: JSONArray`];
  return value.flatMap((element, at) => objectProblems(`#/${name}/${at}`, element, elementMembers));
}

function objectProblems(path: string, value: unknown, members: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: expected type: JSONObject`];
  }
  return Object.keys(value)
    .filter((member) => !members.includes(member))
    .map((member) => `${path}: extraneous key [${member}] is not permitted`);
}

/**
 * Checks a change of an existing resource.
 * @throws ResourceError NotUpdatable naming every create-only property that differs, or InvalidRequest
 */
export function checkChange(type: ResourceType, current: Properties, wanted: Properties): Properties {
  const differing = (names: readonly string[]): string[] =>
    names.filter((name) => !isDeepStrictEqual(current[name], wanted[name]));
  const fixed = differing(type.createOnly);
  if (fixed.length > 0) {
    throw new ResourceError(
      'NotUpdatable',
      `Invalid patch update: createOnlyProperties [${fixed.map((name) => `/properties/${name}`).join(', ')}] cannot be updated`,
    );
  }
  const given = differing(type.readOnly);
  if (given.length > 0) {
    throw new ResourceError(
      'InvalidRequest',
      `Invalid patch update: readOnlyProperties [${given.map((name) => `/properties/${name}`).join(', ')}] cannot be updated`,
    );
  }
  const writable = Object.entries(wanted).filter(([name]) => !type.readOnly.includes(name));
  return checkDesiredState(type, Object.fromEntries(writable));
}
