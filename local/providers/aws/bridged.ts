// Makes a ResourceType out of what a file under resources/ says about one @pulumi/aws resource. The behaviour
// around the service calls is that of a bridged Terraform provider: automatic names, `__defaults`, `tagsAll`,
// state from the service, documents kept in the program's spelling when they say the same.
import { autoName, type NameRule } from '../plugin/auto-name';
import { sameDocument, stableJson, asJson } from '../plugin/canonical';
import { checkInputs, DEFAULTS, type Failure } from '../plugin/check';
import { diffInputs, isAbsent, type Changes } from '../plugin/diff';
import {
  hasUnknown,
  isPlainMap,
  reveal,
  unknown,
  withSecretsOf,
  type Archive,
  type PlainMap,
  type PlainValue,
} from '../plugin/property-value';
import { PartlyDone, type Existing, type FunctionType, type ResourceType } from '../plugin/resource-type';
import {
  map,
  object,
  string,
  type IsArchive,
  type Resolved,
  type Shapes,
  type ShapesOf,
} from '../plugin/shape';
import type { AwsSession, Tags } from './session';
import { allTags, ownTags, tagChanges, type TagChanges } from './tags';

/** Checked inputs: documents are text by then, archives are ours. */
export type Inputs<Args> = Provided<Resolved<Args>>;
type Provided<T> = {
  [Key in keyof T]: IsArchive<T[Key]> extends true
    ? Archive | Extract<T[Key], undefined>
    : [string] extends [NonNullable<T[Key]>]
      ? Extract<T[Key], string | undefined>
      : T[Key];
};
/** The state of a resource as the SDK types it. */
export type State<SdkState> = Provided<Resolved<SdkState>>;

/** One call's surroundings. */
export interface Call {
  readonly aws: AwsSession;
  /** The resource's own region, or the provider's. */
  readonly region: string;
}

export interface BridgedResource<Args, SdkState> {
  readonly token: string;
  /** Where `replaces`, `computed` and `default` were read from. */
  readonly source: string;
  readonly inputs: ShapesOf<Args>;
  /** State beyond the inputs that this stand-in fills. */
  readonly outputs: readonly (string & keyof SdkState)[];
  readonly autoName?: { readonly property: string & keyof Args; readonly rule: NameRule };
  /** Rules between properties; called with inputs that may hold unknowns. */
  readonly validate?: (inputs: PlainMap) => Failure[];
  /** Two values of a property that the service takes for the same. */
  readonly equivalent?: (property: string, old: PlainValue | undefined, now: PlainValue) => boolean;
  /** Outputs that an update with these changes may alter. */
  readonly recomputed?: (changes: Changes) => readonly (string & keyof SdkState)[];
  /** @param made to be told the id as soon as the resource exists, before it is complete */
  create(call: Call, inputs: Inputs<Args>, tags: Tags, made: (id: string) => void): Promise<void>;
  /** @returns undefined when it is not there. Tags go into `tagsAll`; `tags` follow from them. */
  read(call: Call, id: string, known: State<SdkState>): Promise<State<SdkState> | undefined>;
  /** Absent when every property replaces. */
  update?(
    call: Call,
    id: string,
    news: Inputs<Args>,
    state: State<SdkState>,
    tags: TagChanges,
  ): Promise<void>;
  delete(call: Call, id: string, state: State<SdkState>): Promise<void>;
}

export function bridged<Args, SdkState>(resource: BridgedResource<Args, SdkState>): ResourceType<AwsSession> {
  const shapes = resource.inputs as Shapes;
  const shape = object(shapes);
  const tagged = shapes['tags'] !== undefined;
  // Check adds all tags to the inputs (pulumi-aws, provider/tags.go), so that policies see the defaults too.
  const compared = tagged ? { ...shapes, tagsAll: map(string()) } : shapes;
  const regional = shapes['region'] !== undefined;

  const call = (aws: AwsSession, of: PlainMap): Call => ({
    aws,
    region: typeof of['region'] === 'string' ? of['region'] : aws.region,
  });
  const plannedTags = (aws: AwsSession, inputs: PlainMap): PlainValue => {
    const own = inputs['tags'];
    if (own === unknown || (own !== undefined && hasUnknown(own))) return unknown;
    return { ...allTags(aws.defaultTags, isPlainMap(own) ? (own as Tags) : {}) };
  };

  const changesOf = (state: PlainMap, news: PlainMap, ignore: readonly string[] = []): Changes => {
    const changes = diffInputs(object(compared), state, news, ignore);
    for (const path of [...changes.keys()]) {
      const now = news[path];
      if (now !== undefined && now !== unknown && resource.equivalent?.(path, state[path], now) === true) {
        changes.delete(path);
      }
    }
    return changes;
  };

  /** The service's answer in the form that the state keeps. */
  const settled = (aws: AwsSession, found: PlainMap, known: PlainMap): PlainMap => {
    const state: PlainMap = {};
    for (const [name, value] of Object.entries(found)) {
      // The SDK clients leave out what is not there by setting it undefined.
      const given = withoutUndefined(value);
      if (given !== undefined) state[name] = given;
    }
    if (regional) state['region'] = known['region'] ?? aws.region;
    if (tagged) {
      const all = (state['tagsAll'] ?? {}) as Tags;
      const before = isPlainMap(known['tags']) ? (known['tags'] as Tags) : undefined;
      const own = ownTags(all, aws.defaultTags, before);
      if (Object.keys(own).length > 0 || before !== undefined) state['tags'] = { ...own };
      state['tagsAll'] = { ...all };
    }
    for (const [name, property] of Object.entries(shapes)) {
      const was = known[name];
      const is = state[name];
      if (property.unread === true) {
        const kept = was ?? property.default;
        if (kept !== undefined) state[name] = kept;
      } else if (was !== undefined && is !== undefined && sameInSpirit(name, was, is)) {
        state[name] = was;
      }
    }
    return state;
  };

  const sameInSpirit = (name: string, was: PlainValue, is: PlainValue): boolean => {
    if (resource.equivalent?.(name, was, is) === true) return true;
    const property = shapes[name];
    if (property?.kind === 'document') {
      return typeof was === 'string' && typeof is === 'string' && sameDocument(was, is);
    }
    if (property?.kind === 'list' && property.unordered === true) {
      return diffInputs(object({ [name]: property }), { [name]: was }, { [name]: is }).size === 0;
    }
    return false;
  };

  const readBack = async (aws: AwsSession, id: string, known: PlainMap): Promise<PlainMap | undefined> => {
    const found = await resource.read(call(aws, known), id, known as State<SdkState>);
    return found === undefined ? undefined : settled(aws, found as PlainMap, known);
  };
  const readMade = async (aws: AwsSession, id: string, known: PlainMap): Promise<PlainMap> => {
    const state = await readBack(aws, id, known);
    if (state === undefined) throw new Error(`${id} cannot be read back: the service does not know it`);
    return state;
  };

  return {
    token: resource.token,
    inputs: shape,

    check(aws, { news, olds, naming }) {
      const failures: Failure[] = [];
      const given = { ...news };
      Reflect.deleteProperty(given, 'tagsAll');
      const property = resource.autoName?.property;
      let named = false;
      if (resource.autoName !== undefined && property !== undefined && (given[property] ?? null) === null) {
        const before = defaultsOf(olds).includes(property) ? olds?.[property] : undefined;
        const name = before ?? autoName(naming, resource.autoName.rule);
        if (name === undefined) {
          failures.push({ property, reason: 'missing: automatic naming is switched off for this resource' });
        } else {
          given[property] = name;
          named = true;
        }
      }
      const inputs = checkInputs(shape, given, failures);
      if (named && property !== undefined) inputs[DEFAULTS] = [...defaultsOf(inputs), property].sort();
      const known = reveal(inputs);
      if (failures.length === 0) {
        failures.push(...(resource.validate?.(known) ?? []));
        if (tagged) inputs['tagsAll'] = withSecretsOf(plannedTags(aws, known), inputs['tags']);
      }
      return { inputs, failures };
    },

    diff(_aws, { state, oldInputs, news, ignoreChanges }) {
      // A state that was never read back, because the creation broke off, is judged by what was asked for.
      const changes = changesOf({ ...onlyUnread(shapes, oldInputs), ...state }, news, ignoreChanges);
      const replaces = [...changes.values()].some((change) => change.replaces);
      const property = resource.autoName?.property;
      const sameName =
        property !== undefined &&
        !defaultsOf(news).includes(property) &&
        news[property] !== undefined &&
        news[property] === state[property];
      return { changes, deleteBeforeReplace: replaces && sameName };
    },

    previewCreate(aws, inputs) {
      const state: PlainMap = Object.fromEntries(resource.outputs.map((name) => [name, unknown]));
      for (const [name, property] of Object.entries(shapes)) {
        const value = inputs[name] ?? property.default;
        if (value !== undefined) state[name] = value;
        else if (property.computed === true && property.kind !== 'refused') state[name] = unknown;
      }
      if (regional) state['region'] = inputs['region'] ?? aws.region;
      if (tagged) state['tagsAll'] = plannedTags(aws, inputs);
      return state;
    },

    async create(aws, inputs) {
      let id: string | undefined;
      const known = withoutDefaults(inputs);
      try {
        const tags = tagged ? (plannedTags(aws, inputs) as Tags) : {};
        await resource.create(call(aws, inputs), known as Inputs<Args>, tags, (made) => {
          id = made;
        });
        if (id === undefined) throw new Error('the resource was created without an id');
        return { id, state: await readMade(aws, id, known) };
      } catch (error) {
        if (id === undefined) throw error;
        throw new PartlyDone({ id, state: await asFarAsDone(readBack(aws, id, known)) }, error);
      }
    },

    async read(aws, { id, state, inputs }) {
      const known = { ...withoutDefaults(inputs), ...state };
      const found = await readBack(aws, id, known);
      if (found === undefined) return undefined;
      return { id, state: found, inputs: inputsOf(compared, found, inputs, aws) };
    },

    previewUpdate(aws, { state, news }) {
      const next: PlainMap = { ...state };
      for (const [name, property] of Object.entries(shapes)) {
        const value = news[name] ?? property.default;
        // What is refused as an input may well be an output.
        if (property.kind === 'refused') continue;
        if (value !== undefined) next[name] = value;
        else if (property.computed !== true) Reflect.deleteProperty(next, name);
      }
      if (regional) next['region'] = news['region'] ?? state['region'] ?? aws.region;
      if (tagged) next['tagsAll'] = plannedTags(aws, news);
      for (const name of resource.recomputed?.(changesOf(state, news)) ?? []) next[name] = unknown;
      return next;
    },

    async update(aws, { id, state, news }) {
      const known = { ...state, ...withoutDefaults(news) };
      for (const [name, property] of Object.entries(shapes)) {
        if (news[name] === undefined && property.computed !== true) Reflect.deleteProperty(known, name);
      }
      const where = call(aws, known);
      try {
        if (resource.update !== undefined) {
          const tags = tagged
            ? tagChanges((state['tagsAll'] ?? {}) as Tags, plannedTags(aws, news) as Tags)
            : tagChanges({}, {});
          await resource.update(
            where,
            id,
            withoutDefaults(news) as Inputs<Args>,
            state as State<SdkState>,
            tags,
          );
        }
        return await readMade(aws, id, known);
      } catch (error) {
        throw new PartlyDone({ id, state: await asFarAsDone(readBack(aws, id, known), state) }, error);
      }
    },

    async delete(aws, { id, state }: Existing) {
      await resource.delete(call(aws, state), id, state as State<SdkState>);
    },
  };
}

/** A function of @pulumi/aws: its arguments, and what it asks of the service. */
export function bridgedFunction<Args, Result>(definition: {
  token: string;
  inputs: ShapesOf<Args>;
  call(aws: AwsSession, args: Args): Promise<Result>;
}): FunctionType<AwsSession> {
  return {
    token: definition.token,
    inputs: object(definition.inputs as Shapes),
    call: async (aws, args) => (await definition.call(aws, args as Args)) as PlainMap,
  };
}

const defaultsOf = (inputs: Record<string, unknown> | undefined): string[] => {
  const defaults = inputs?.[DEFAULTS];
  return Array.isArray(defaults) ? defaults.filter((name) => typeof name === 'string') : [];
};

const withoutDefaults = (inputs: PlainMap): PlainMap =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== DEFAULTS));

const onlyUnread = (shapes: Shapes, inputs: PlainMap): PlainMap =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => shapes[name]?.unread === true));

/** The state for a failed operation: what the service has by now, else what was known before. */
async function asFarAsDone(state: Promise<PlainMap | undefined>, before: PlainMap = {}): Promise<PlainMap> {
  try {
    return (await state) ?? before;
  } catch {
    // The first error is the one to report.
    return before;
  }
}

function withoutUndefined(value: PlainValue | undefined): PlainValue | undefined {
  if (Array.isArray(value)) return value.map((element) => withoutUndefined(element) ?? null);
  if (isPlainMap(value)) {
    const members: PlainMap = {};
    for (const [name, inner] of Object.entries(value)) {
      const given = withoutUndefined(inner);
      if (given !== undefined) members[name] = given;
    }
    return members;
  }
  return value;
}

/**
 * The inputs that would give this state: on import all that are not what the service would choose anyway, on
 * refresh the program's own with the values that the service has now.
 */
function inputsOf(shapes: Shapes, state: PlainMap, inputs: PlainMap, aws: AwsSession): PlainMap {
  const importing = Object.keys(inputs).length === 0;
  const result: PlainMap = importing ? {} : { [DEFAULTS]: defaultsOf(inputs) };
  for (const [name, property] of Object.entries(shapes)) {
    const now = state[name];
    if (property.kind === 'refused' || now === undefined) continue;
    const before = inputs[name];
    if (before !== undefined) {
      // An equal value stays as the program wrote it.
      const json = asJson(before);
      const changed =
        json === undefined ? now !== before : stableJson(json) !== stableJson(asJson(now) ?? null);
      result[name] = changed ? now : before;
    } else if (
      !isAbsent(property, now) &&
      now !== property.default &&
      (importing || property.computed !== true)
    ) {
      if (name === 'region' && now === aws.region) continue;
      result[name] = now;
    }
  }
  return result;
}
