// Reads a policy document as it stands in a resource: an object or JSON text, whole or with parts that nobody knows
// yet. What is unknown splits the document in two: `certain` allows no more than the real one will, `possible` no
// less. A verdict that holds for both holds; one that only `possible` breaks has to wait until all is known.
//
// Element names are read without regard to case, and everything that could allow is kept: a reader that skips what
// it does not expect is a reader that can be slipped past.
import {
  type Conditions,
  many,
  type PolicyDocument,
  type Principal,
  type PrincipalKind,
  type Statement,
} from './document';

export interface DocumentReading {
  readonly certain: PolicyDocument;
  readonly possible: PolicyDocument;
  /** Where the unknown parts are: `Statement[0].Resource[1]`. Empty when both documents are the same. */
  readonly unknowns: readonly string[];
  /** One sentence for everything that is no policy document. */
  readonly problems: readonly string[];
}

export interface ReadingOptions {
  /** Says which values are placeholders for something unknown. */
  readonly isUnknown?: (value: unknown) => boolean;
  /**
   * What a wholly unknown Resource counts as in `certain`: nothing, or `*` where the question is about actions only.
   * Default `nothing`.
   */
  readonly unknownResourceIs?: 'nothing' | 'everything';
}

export function readDocument(value: unknown, options: ReadingOptions = {}): DocumentReading {
  const reader = new Reader(options);
  return reader.read(value);
}

/** Stands in a reading for a condition, or a value of one, that nobody knows yet. */
const UNKNOWN_CONDITION = 'unknown';

/** Is there something in the conditions of a statement of a reading that nobody knows yet? */
export function hasUnknownCondition({ Condition: conditions = {} }: Statement): boolean {
  return JSON.stringify(knownConditions(conditions)) !== JSON.stringify(conditions);
}

/** The conditions of a reading that are known. */
export function knownConditions(conditions: Conditions): Conditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).filter(
          ([key, values]) => key !== UNKNOWN_CONDITION && !many(values).includes(UNKNOWN_CONDITION),
        ),
      ),
    ]),
  );
}

/** The two readings of a statement; undefined where it is not there. */
interface Bounds {
  readonly certain?: Statement;
  readonly possible?: Statement;
}

const PRINCIPAL_KINDS: readonly PrincipalKind[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

class Reader {
  private readonly unknowns: string[] = [];
  private readonly problems: string[] = [];
  private readonly isUnknown: (value: unknown) => boolean;

  constructor(private readonly options: ReadingOptions) {
    this.isUnknown = options.isUnknown ?? (() => false);
  }

  read(value: unknown): DocumentReading {
    if (this.isUnknown(value)) {
      this.unknowns.push('the whole document');
      return this.reading('2012-10-17', [{ possible: anythingAllowed }]);
    }
    const parsed = typeof value === 'string' ? this.parse(value) : value;
    if (!isObject(parsed)) {
      if (this.problems.length === 0)
        this.problems.push(`a policy document must be an object, not ${show(parsed)}.`);
      return this.reading('2012-10-17', []);
    }
    const elements = this.elements('', parsed, ['Version', 'Id', 'Statement']);
    const version = elements.Version === '2012-10-17' ? '2012-10-17' : '2008-10-17';
    const statements = elements.Statement;
    if (this.isUnknown(statements)) {
      this.unknowns.push('Statement');
      return this.reading(version, [{ possible: anythingAllowed }]);
    }
    if (statements === undefined) this.problems.push('the document has no Statement.');
    const list = Array.isArray(statements)
      ? (statements as unknown[])
      : statements === undefined
        ? []
        : [statements];
    return this.reading(
      version,
      list.map((statement, at) => this.statement(`Statement[${at}]`, statement)),
    );
  }

  private reading(version: PolicyDocument['Version'], bounds: readonly Bounds[]): DocumentReading {
    const document = (which: keyof Bounds): PolicyDocument => ({
      Version: version,
      Statement: bounds.flatMap((bound) => bound[which] ?? []),
    });
    return {
      certain: document('certain'),
      possible: document('possible'),
      unknowns: this.unknowns,
      problems: this.problems,
    };
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      this.problems.push(`the policy document is no JSON: ${(error as Error).message}.`);
      return undefined;
    }
  }

  private statement(path: string, value: unknown): Bounds {
    if (this.isUnknown(value)) {
      this.unknowns.push(path);
      return { possible: anythingAllowed };
    }
    if (!isObject(value)) {
      this.problems.push(`${path} must be an object, not ${show(value)}.`);
      return {};
    }
    const elements = this.elements(path, value, STATEMENT_ELEMENTS);
    const effect = this.effect(path, elements.Effect);
    const actions = this.texts(`${path}.Action`, elements.Action);
    const notActions = this.texts(`${path}.NotAction`, elements.NotAction);
    const resources = this.texts(`${path}.Resource`, elements.Resource);
    const notResources = this.texts(`${path}.NotResource`, elements.NotResource);
    const principal = this.principal(`${path}.Principal`, elements.Principal);
    const notPrincipal = this.principal(`${path}.NotPrincipal`, elements.NotPrincipal);
    const condition = this.conditions(`${path}.Condition`, elements.Condition);
    if (actions === undefined && notActions === undefined) {
      this.problems.push(`${path} has neither Action nor NotAction.`);
    }
    const sid = typeof elements.Sid === 'string' && elements.Sid !== '' ? { Sid: elements.Sid } : {};

    const build = (allows: boolean, widest: boolean, Effect: Statement['Effect']): Statement | undefined => {
      // The wider a Deny, the less is allowed: its unknown parts count the other way round.
      const widen = allows === widest;
      const wildcardWhere = (list: Texts | undefined, whenUnknown: readonly string[]) =>
        list === undefined
          ? undefined
          : list.unknown
            ? widen
              ? ['*']
              : [...list.known, ...whenUnknown]
            : list.known;
      const lessen = (list: Texts | undefined) =>
        list === undefined ? undefined : list.unknown && !widen ? undefined : list.known;
      if (!widen && (notActions?.unknown === true || notResources?.unknown === true)) return undefined;
      const Resource = wildcardWhere(
        resources,
        allows && this.options.unknownResourceIs === 'everything' ? ['*'] : [],
      );
      const Action = wildcardWhere(actions, []);
      const NotAction = lessen(notActions);
      const NotResource = lessen(notResources);
      const Principal = principal === undefined ? undefined : widen ? principal.widest : principal.narrowest;
      const NotPrincipal =
        notPrincipal === undefined ? undefined : widen ? notPrincipal.narrowest : notPrincipal.widest;
      return {
        ...sid,
        Effect,
        ...(Principal === undefined ? {} : { Principal }),
        ...(NotPrincipal === undefined ? {} : { NotPrincipal }),
        ...(Action === undefined ? {} : { Action }),
        ...(NotAction === undefined ? {} : { NotAction }),
        ...(Resource === undefined ? {} : { Resource }),
        ...(NotResource === undefined ? {} : { NotResource }),
        ...(condition === undefined ? {} : { Condition: condition }),
      };
    };
    const certain = effect === 'unknown' ? undefined : build(effect === 'Allow', false, effect);
    const possible = effect === 'Deny' ? build(false, true, 'Deny') : build(true, true, 'Allow');
    return { ...(certain === undefined ? {} : { certain }), ...(possible === undefined ? {} : { possible }) };
  }

  private effect(path: string, value: unknown): Statement['Effect'] | 'unknown' {
    if (this.isUnknown(value)) {
      this.unknowns.push(`${path}.Effect`);
      return 'unknown';
    }
    if (value === 'Allow' || value === 'Deny') return value;
    this.problems.push(`${path}.Effect must be "Allow" or "Deny", not ${show(value)}.`);
    // Only an exact "Deny" is relied on to take something away.
    return 'Allow';
  }

  private texts(path: string, value: unknown): Texts | undefined {
    if (value === undefined || value === null) return undefined;
    if (this.isUnknown(value)) {
      this.unknowns.push(path);
      return { known: [], unknown: true };
    }
    const known: string[] = [];
    let unknown = false;
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    list.forEach((item, at) => {
      if (this.isUnknown(item)) {
        unknown = true;
        this.unknowns.push(`${path}[${at}]`);
      } else if (typeof item === 'string') {
        known.push(item);
      } else {
        this.problems.push(`${path} must be text or a list of texts, not ${show(item)}.`);
      }
    });
    return { known, unknown };
  }

  private principal(
    path: string,
    value: unknown,
  ): { readonly narrowest: Principal; readonly widest: Principal } | undefined {
    if (value === undefined || value === null) return undefined;
    if (this.isUnknown(value)) {
      this.unknowns.push(path);
      return { narrowest: {}, widest: '*' };
    }
    if (typeof value === 'string') {
      if (value !== '*') this.problems.push(`${path} must be "*" or an object, not ${show(value)}.`);
      return { narrowest: '*', widest: '*' };
    }
    if (!isObject(value)) {
      this.problems.push(`${path} must be "*" or an object, not ${show(value)}.`);
      return { narrowest: {}, widest: '*' };
    }
    const kinds = this.elements(path, value, PRINCIPAL_KINDS);
    const known: Partial<Record<PrincipalKind, readonly string[]>> = {};
    let unknown = false;
    for (const kind of PRINCIPAL_KINDS) {
      const texts = this.texts(`${path}.${kind}`, kinds[kind]);
      if (texts === undefined) continue;
      known[kind] = texts.known;
      unknown ||= texts.unknown;
    }
    return { narrowest: known, widest: unknown ? '*' : known };
  }

  /** Unknown values stay visible as text: a condition counts as being there, not as what it says. */
  private conditions(path: string, value: unknown): Conditions | undefined {
    if (value === undefined || value === null) return undefined;
    if (this.isUnknown(value)) {
      this.unknowns.push(path);
      return { [UNKNOWN_CONDITION]: { [UNKNOWN_CONDITION]: UNKNOWN_CONDITION } };
    }
    if (!isObject(value)) {
      this.problems.push(`${path} must be an object, not ${show(value)}.`);
      return undefined;
    }
    const conditions: Record<string, Record<string, (string | number | boolean)[]>> = {};
    for (const [operator, keys] of Object.entries(value)) {
      if (!isObject(keys)) {
        if (this.isUnknown(keys)) this.unknowns.push(`${path}.${operator}`);
        else this.problems.push(`${path}.${operator} must be an object, not ${show(keys)}.`);
        conditions[operator] = { [UNKNOWN_CONDITION]: [UNKNOWN_CONDITION] };
        continue;
      }
      const read: Record<string, (string | number | boolean)[]> = (conditions[operator] = {});
      for (const [key, values] of Object.entries(keys)) {
        const list = Array.isArray(values) ? (values as unknown[]) : [values];
        read[key] = list.map((item) => {
          if (typeof item === 'string' && !this.isUnknown(item)) return item;
          if (typeof item === 'number' || typeof item === 'boolean') return item;
          if (this.isUnknown(item)) this.unknowns.push(`${path}.${operator}.${key}`);
          else this.problems.push(`${path}.${operator}.${key} must be text, not ${show(item)}.`);
          return UNKNOWN_CONDITION;
        });
      }
    }
    return conditions;
  }

  /** The elements of an object under their proper names, however they are spelled; any other is a problem. */
  private elements<Name extends string>(
    path: string,
    value: object,
    names: readonly Name[],
  ): Partial<Record<Name, unknown>> {
    const found: Partial<Record<Name, unknown>> = {};
    for (const [key, element] of Object.entries(value)) {
      const name = names.find((one) => one.toLowerCase() === key.toLowerCase());
      if (name === undefined) {
        this.problems.push(`${path === '' ? '' : `${path}.`}${key} is no element of a policy document.`);
      } else if (found[name] !== undefined) {
        this.problems.push(`${path === '' ? '' : `${path}.`}${name} is given twice.`);
      } else if (element !== undefined) {
        found[name] = element as unknown;
      }
    }
    return found;
  }
}

interface Texts {
  readonly known: readonly string[];
  readonly unknown: boolean;
}

const STATEMENT_ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const;

/** What an unknown statement may turn out to be. */
const anythingAllowed: Statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
