// Makes a ResourceType out of a row of the table of native types: one generic way to check, compare, create, read,
// update and delete, as the real aws-native has over Cloud Control.
import { autoName } from '../plugin/auto-name';
import { asJson, stableJson } from '../plugin/canonical';
import { checkInputs, DEFAULTS, type Failure } from '../plugin/check';
import { diffInputs, type Changes } from '../plugin/diff';
import {
  isMap,
  isPlainMap,
  unknown,
  type PlainMap,
  type PlainValue,
  type PropertyMap,
  type PropertyValue,
  secret,
  isSecret,
} from '../plugin/property-value';
import { PartlyDone, type FunctionType, type ResourceType } from '../plugin/resource-type';
import { object, string, type Shape } from '../plugin/shape';
import {
  createResource,
  deleteResource,
  getNewResource,
  getResource,
  OperationFailed,
  updateResource,
  type PatchOperation,
} from './cloud-control';
import { toCloudControl, toCloudControlName, toSdk } from './property-names';
import type { NativeType } from './resource-types';
import type { NativeSession } from './session';

/** CloudFormation names are cut here; the services' own limits are theirs to state. */
const LONGEST_NAME = 63;

export function nativeResource(type: NativeType): ResourceType<NativeSession> {
  // The service may fill in whatever the program leaves out, so absence is no change.
  const compared = object(
    Object.fromEntries(
      Object.entries(type.inputs.properties).map(([name, shape]) => [name, serviceChooses(shape)]),
    ),
  );
  const changesOf = (
    state: PlainMap,
    oldInputs: PlainMap,
    news: PlainMap,
    ignore: readonly string[] = [],
  ): Changes => {
    const changes = diffInputs(compared, state, news, ignore);
    for (const [name, shape] of Object.entries(type.inputs.properties)) {
      const dropped = oldInputs[name] !== undefined && news[name] === undefined;
      if (dropped && !ignore.includes(name)) {
        changes.set(name, { kind: 'delete', replaces: shape.replaces === true });
      }
    }
    return changes;
  };

  return {
    token: type.token,
    inputs: type.inputs,

    check(session, { news, olds, naming }) {
      const failures: Failure[] = [];
      const given = { ...news };
      const name = type.autoNamed;
      if (name !== undefined && (given[name] ?? null) === null) {
        const made = olds?.[name] ?? autoName(naming, { longest: LONGEST_NAME });
        if (made === undefined) {
          failures.push({ property: name, reason: 'missing: automatic naming is switched off' });
        } else {
          given[name] = made;
        }
      }
      const inputs = checkInputs(type.inputs, given, failures);
      Reflect.deleteProperty(inputs, DEFAULTS);
      if (failures.length === 0 && type.inputs.properties['tags'] !== undefined) {
        addDefaultTags(inputs, session.configuration.defaultTags);
      }
      return { inputs, failures };
    },

    diff(_session, { state, oldInputs, news, ignoreChanges }) {
      // Cloud Control names are the program's, so that old and new cannot exist side by side.
      return { changes: changesOf(state, oldInputs, news, ignoreChanges), deleteBeforeReplace: true };
    },

    previewCreate: (_session, inputs) => ({
      ...inputs,
      ...Object.fromEntries(
        type.readOnly.filter((name) => inputs[name] === undefined).map((name) => [name, unknown]),
      ),
    }),

    async create(session, inputs) {
      const client = await session.cloudControl();
      let id: string | undefined;
      try {
        id = await createResource(client, type.typeName, toCloudControl(inputs) as PlainMap);
        return { id, state: toSdk(await getNewResource(client, type.typeName, id)) };
      } catch (error) {
        const made = id ?? (error instanceof OperationFailed ? error.identifier : undefined);
        const found = made === undefined ? undefined : await ifReadable(session, type, made);
        if (made === undefined || found === undefined) throw error;
        throw new PartlyDone({ id: made, state: found }, error);
      }
    },

    async read(session, { id, state: before, inputs }) {
      const client = await session.cloudControl();
      const found = await getResource(client, type.typeName, id);
      if (found === undefined) return undefined;
      const state = toSdk(found);
      return { id, state, inputs: inputsOf(type, state, before, inputs) };
    },

    previewUpdate: (_session, { state, news }) => ({ ...state, ...news }),

    async update(session, { id, state, oldInputs, news }) {
      const client = await session.cloudControl();
      const changed = new Set([...changesOf(state, oldInputs, news).keys()].map(rootOf));
      const patch = [...changed].map((name) => patchOf(name, state, news));
      try {
        await updateResource(client, type.typeName, id, patch);
      } catch (error) {
        throw new PartlyDone({ id, state: (await ifReadable(session, type, id)) ?? state }, error);
      }
      return toSdk(await getNewResource(client, type.typeName, id));
    },

    async delete(session, { id }) {
      await deleteResource(await session.cloudControl(), type.typeName, id);
    },
  };
}

/** The function that looks a resource up by its identifier. */
export function nativeLookup({ typeName, lookup }: NativeType): FunctionType<NativeSession> {
  return {
    token: lookup.token,
    inputs: object({ [lookup.argument]: string({ required: true }) }),
    async call(session, args) {
      const identifier = args[lookup.argument] as string;
      const found = await getResource(await session.cloudControl(), typeName, identifier);
      if (found === undefined) throw new Error(`there is no ${typeName} ${identifier}`);
      const state = toSdk(found);
      return Object.fromEntries(
        lookup.results.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])),
      );
    },
  };
}

const rootOf = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;

function serviceChooses(shape: Shape): Shape {
  if (shape.kind !== 'object') return { ...shape, computed: true };
  const properties = Object.fromEntries(
    Object.entries(shape.properties).map(([name, inner]) => [name, serviceChooses(inner)]),
  );
  return { ...shape, properties, computed: true };
}

/** Whole properties, never parts: Cloud Control replaces tags as one list. */
function patchOf(name: string, state: PlainMap, news: PlainMap): PatchOperation {
  const path = `/${toCloudControlName(name)}`;
  const value = news[name];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return { op: 'remove', path };
  return { op: state[name] === undefined ? 'add' : 'replace', path, value: toCloudControl(value) };
}

/** Sorted after the resource's own tags, which win. Unknown tags are left for the update itself. */
function addDefaultTags(inputs: PropertyMap, defaults: Readonly<Record<string, string>>): void {
  if (Object.keys(defaults).length === 0) return;
  const tags = inputs['tags'] ?? [];
  const own = isSecret(tags) ? tags.value : tags;
  if (!Array.isArray(own)) return;
  const keys = own.map((tag) => (isMap(tag) ? tag['key'] : undefined));
  const added: PropertyValue[] = Object.keys(defaults)
    .filter((key) => !keys.includes(key))
    .sort()
    .map((key) => ({ key, value: defaults[key] ?? '' }));
  const all = [...own, ...added];
  inputs['tags'] = isSecret(tags) ? secret(all) : all;
}

/** On import every property that can be written; on refresh the program's, with what the service has now. */
function inputsOf(type: NativeType, state: PlainMap, before: PlainMap, inputs: PlainMap): PlainMap {
  const importing = Object.keys(inputs).length === 0;
  const result: PlainMap = {};
  for (const name of Object.keys(type.inputs.properties)) {
    const now = state[name];
    const drifted = !sameValue(now, before[name]);
    if (importing || (drifted && now !== undefined)) {
      if (now !== undefined) result[name] = now;
    } else if (!drifted && inputs[name] !== undefined) {
      result[name] = inputs[name];
    }
  }
  return result;
}

function sameValue(one: PlainValue | undefined, other: PlainValue | undefined): boolean {
  const text = (value: PlainValue | undefined): string =>
    value === undefined ? '' : stableJson(asJson(inOrder(value)) ?? null);
  return text(one) === text(other);
}

/** Neither tags nor metadata keys have an order that means anything. */
function inOrder(value: PlainValue): PlainValue {
  if (Array.isArray(value)) {
    const texts = new Map(value.map((element) => [stableJson(asJson(inOrder(element)) ?? null), element]));
    return [...texts.keys()].sort();
  }
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inOrder(inner)]));
}

/** What the service has by now, or undefined; the first error is the one to report. */
async function ifReadable(
  session: NativeSession,
  { typeName }: NativeType,
  id: string,
): Promise<PlainMap | undefined> {
  try {
    const found = await getResource(await session.cloudControl(), typeName, id);
    return found === undefined ? undefined : toSdk(found);
  } catch {
    return undefined;
  }
}
