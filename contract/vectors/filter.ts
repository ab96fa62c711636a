// The metadata filter of a query: parsed and checked here, evaluated by filter-predicate.
// S3 Vectors answers every mistake with the two words "Invalid filter"; the problems of this parser say which
// operator at which place and what to write instead. Grammar: user guide, s3-vectors-metadata-filtering and
// s3-vectors-index-mode; the strictness (one condition an object, operand types) was measured:
// docs/evidence/filter-validation.md of FarukAda/aws-langchain-s3-vector-ts.
import { MAX_FILTER_CONSTRAINTS, MAX_FILTER_DEPTH } from '../limits';
import { MAX_PROBLEMS, MORE_PROBLEMS, type Problem } from './problem';
import { isWellFormed, LONE_SURROGATE, quoted, shortened } from './text';

/** How an index evaluates filters; ENHANCED is what every bucket made since 2026-09-30 has. */
export type IndexMode = 'CLASSIC' | 'ENHANCED';

export type FilterValue = string | number | boolean;
export type EqualityOperator = '$eq' | '$ne';
export type RangeOperator = '$gt' | '$gte' | '$lt' | '$lte';
export type MembershipOperator = '$in' | '$nin';

/** A checked filter. Several operators on one key, `{n: {$gte: 1, $lte: 5}}`, become an `and`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | {
      readonly kind: 'equality';
      readonly operator: EqualityOperator;
      readonly key: string;
      readonly value: FilterValue;
    }
  | { readonly kind: 'range'; readonly operator: RangeOperator; readonly key: string; readonly value: number }
  | {
      readonly kind: 'membership';
      readonly operator: MembershipOperator;
      readonly key: string;
      readonly values: readonly FilterValue[];
    }
  | { readonly kind: 'exists'; readonly key: string; readonly exists: boolean }
  | { readonly kind: 'prefix'; readonly key: string; readonly prefix: string };

export interface FilterOptions {
  /** The index's non-filterable metadata keys, which no filter may name. */
  readonly nonFilterableKeys: readonly string[];
  /** ENHANCED allows `$startsWith` and at most 100 constraints; CLASSIC has neither. */
  readonly mode: IndexMode;
}

export type ParsedFilter =
  | { readonly filter: Filter; readonly problems: readonly [] }
  | { readonly filter?: undefined; readonly problems: readonly Problem[] };

/**
 * Parses a filter as a program or a request body holds it. Never throws; problems are listed with their paths
 * (`$and[1].year.$gte`), 20 at most and that there are more. What is behind the last one, or behind the constraint that
 * is one too many, is not looked at: a filter may be twenty megabytes long. "No filter" is `undefined` at the caller:
 * `{}` is refused, as the service does.
 */
export function parseFilter(input: unknown, options: FilterOptions): ParsedFilter {
  const parsing: Parsing = { ...options, problems: [], constraints: 0 };
  const filter = parseCondition(input, '', 0, parsing);
  const { problems, constraints } = parsing;
  if (options.mode === 'ENHANCED' && constraints > MAX_FILTER_CONSTRAINTS) {
    problems.push(
      invalid(
        '',
        `has ${constraints} constraints or more (each value of $in and $nin counts); at most ${MAX_FILTER_CONSTRAINTS} are allowed`,
      ),
    );
  }
  if (filter !== undefined && problems.length === 0) return { filter, problems: [] };
  return {
    problems: problems.length > MAX_PROBLEMS ? [...problems.slice(0, MAX_PROBLEMS), MORE_PROBLEMS] : problems,
  };
}

/** Constraints of a filter as S3 Vectors counts them: every value one, `$and` and `$or` themselves none. */
export function countConstraints(filter: Filter): number {
  if (filter.kind === 'and' || filter.kind === 'or') {
    return filter.filters.reduce((count, part) => count + countConstraints(part), 0);
  }
  return filter.kind === 'membership' ? filter.values.length : 1;
}

interface Parsing extends FilterOptions {
  readonly problems: Problem[];
  /** Constraints so far, wrong ones too. */
  constraints: number;
}

/** True when the filter will be refused whatever follows, and enough is known to say why. */
function isLost({ mode, problems, constraints }: Parsing): boolean {
  return problems.length > MAX_PROBLEMS || (mode === 'ENHANCED' && constraints > MAX_FILTER_CONSTRAINTS);
}

const OPERATORS = [
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
  '$exists',
  '$startsWith',
] as const;
type Operator = (typeof OPERATORS)[number];
const MEMBERSHIP: readonly Operator[] = ['$in', '$nin'];
const LOGICAL = ['$and', '$or'];
const ALL_OPERATORS = [...OPERATORS, ...LOGICAL].join(', ');

/** One condition: an object with exactly one member. Problems are pushed; undefined means there were some. */
function parseCondition(input: unknown, path: string, depth: number, parsing: Parsing): Filter | undefined {
  const refuse = (message: string): Filter | undefined => {
    parsing.problems.push(invalid(path, message));
    return undefined;
  };
  if (depth > MAX_FILTER_DEPTH) return refuse(`is nested more than ${MAX_FILTER_DEPTH} levels deep`);
  if (!isPlainObject(input)) {
    return refuse(
      `is ${describe(input)}; a filter is an object with one condition, such as { genre: "drama" }`,
    );
  }
  const members = Object.entries(input);
  const [first, second] = members;
  if (first === undefined) return refuse('is empty; leave the filter out to search without one');
  if (second !== undefined) {
    return refuse(
      `has ${members.length} conditions (${listed(members.slice(0, SHOWN + 1).map(([name]) => quoted(name)))}) where one is allowed; ` +
        `combine them: { $and: [{ ${shortened(first[0])}: … }, { ${shortened(second[0])}: … }] }`,
    );
  }
  const [name, value] = first;
  if (name === '$and' || name === '$or') return parseLogical(name, value, at(path, name), depth, parsing);
  if (name.startsWith('$')) {
    return refuse(
      isOperator(name)
        ? `has ${name} where a metadata key belongs; write { key: { ${name}: … } }`
        : `has the unknown operator ${shortened(name)}; known are ${ALL_OPERATORS}`,
    );
  }
  if (!isWellFormed(name)) return refuse(`names a metadata key that ${LONE_SURROGATE}`);
  if (parsing.nonFilterableKeys.includes(name)) {
    parsing.problems.push({
      path: at(path, name),
      message:
        'is a non-filterable metadata key of this index: it is stored and returned, and no filter can use it',
      serviceMessage: 'Invalid use of non-filterable metadata in filter',
    });
    return undefined;
  }
  return parseKey(name, value, at(path, name), parsing);
}

function parseLogical(
  operator: '$and' | '$or',
  value: unknown,
  path: string,
  depth: number,
  parsing: Parsing,
): Filter | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    parsing.problems.push(
      invalid(path, `is ${describe(value)}; ${operator} takes a list of at least one filter`),
    );
    return undefined;
  }
  const filters = parseEach(value as readonly unknown[], parsing, (part, index) =>
    parseCondition(part, `${path}[${index}]`, depth + 1, parsing),
  );
  return filters && { kind: operator === '$and' ? 'and' : 'or', filters };
}

/** The filters of all parts; undefined when one of them is wrong, or when the filter is lost before the last. */
function parseEach<Part>(
  parts: readonly Part[],
  parsing: Parsing,
  parse: (part: Part, index: number) => Filter | undefined,
): readonly Filter[] | undefined {
  const filters: Filter[] = [];
  for (const [index, part] of parts.entries()) {
    if (isLost(parsing)) return undefined;
    const filter = parse(part, index);
    if (filter !== undefined) filters.push(filter);
  }
  return filters.length === parts.length ? filters : undefined;
}

/** What stands behind a metadata key: a value, which means `$eq`, or an object of operators. */
function parseKey(key: string, value: unknown, path: string, parsing: Parsing): Filter | undefined {
  if (!isPlainObject(value)) return parseOperator('$eq', value, key, path, parsing);
  const members = Object.entries(value);
  if (members.length === 0) {
    parsing.problems.push(
      invalid(path, 'is an empty object; give a value, or an operator such as { $eq: … }'),
    );
    return undefined;
  }
  const filters = parseEach(members, parsing, ([name, operand]) => {
    if (isOperator(name)) return parseOperator(name, operand, key, at(path, name), parsing);
    parsing.problems.push(
      invalid(
        at(path, name),
        LOGICAL.includes(name)
          ? `stands inside a key's condition; ${name} combines whole conditions: { ${name}: [{ ${shortened(key)}: … }, …] }`
          : `is no operator; known are ${OPERATORS.join(', ')}`,
      ),
    );
    return undefined;
  });
  return filters?.length === 1 ? filters[0] : filters && { kind: 'and', filters };
}

function parseOperator(
  operator: Operator,
  operand: unknown,
  key: string,
  path: string,
  parsing: Parsing,
): Filter | undefined {
  const refuse = (message: string): Filter | undefined => {
    parsing.problems.push(invalid(path, message));
    return undefined;
  };
  const constraints = MEMBERSHIP.includes(operator) && Array.isArray(operand) ? operand.length : 1;
  parsing.constraints += constraints;
  if (constraints > 1 && isLost(parsing)) return undefined;
  switch (operator) {
    case '$eq':
    case '$ne': {
      const reason = valueReason(operand);
      return reason === undefined
        ? { kind: 'equality', operator, key, value: operand as FilterValue }
        : refuse(`${reason}; ${operator} takes a string, number or boolean`);
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return typeof operand === 'number' && Number.isFinite(operand)
        ? { kind: 'range', operator, key, value: operand }
        : refuse(`is ${describe(operand)}; ${operator} takes a finite number`);
    case '$in':
    case '$nin': {
      if (!Array.isArray(operand) || operand.length === 0) {
        return refuse(
          `is ${describe(operand)}; ${operator} takes a list of at least one string, number or boolean`,
        );
      }
      const wrong: string[] = [];
      for (let index = 0; index < operand.length && wrong.length <= SHOWN; index += 1) {
        const reason = valueReason(operand[index]);
        if (reason !== undefined) wrong.push(`[${index}] ${reason}`);
      }
      return wrong.length === 0
        ? { kind: 'membership', operator, key, values: operand as FilterValue[] }
        : refuse(
            `has values that are not allowed: ${listed(wrong, '; ')}; ${operator} takes strings, numbers and booleans`,
          );
    }
    case '$exists':
      return typeof operand === 'boolean'
        ? { kind: 'exists', key, exists: operand }
        : refuse(`is ${describe(operand)}; $exists takes true or false`);
    case '$startsWith':
      if (parsing.mode === 'CLASSIC') return refuse('$startsWith needs an index or a query in ENHANCED mode');
      return typeof operand === 'string' && isWellFormed(operand)
        ? { kind: 'prefix', key, prefix: operand }
        : refuse(`is ${describe(operand)}; $startsWith takes a string`);
  }
}

/** Why a value cannot stand in a filter, or undefined when it can. */
function valueReason(value: unknown): string | undefined {
  if (typeof value === 'string') return isWellFormed(value) ? undefined : LONE_SURROGATE;
  if (typeof value === 'boolean') return undefined;
  return typeof value === 'number' && Number.isFinite(value) ? undefined : `is ${describe(value)}`;
}

function invalid(path: string, message: string): Problem {
  return { path, message, serviceMessage: 'Invalid filter' };
}

function at(path: string, name: string): string {
  return path === '' ? shortened(name) : `${path}.${shortened(name)}`;
}

/** Things of one kind that a message shows at most. */
const SHOWN = 10;

function listed(things: readonly string[], separator = ', '): string {
  return `${things.slice(0, SHOWN).join(separator)}${things.length > SHOWN ? `${separator}…` : ''}`;
}

function isOperator(name: string): name is Operator {
  return (OPERATORS as readonly string[]).includes(name);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof Date) return 'a Date, which the AWS SDKs send as a number nobody wrote';
  if (typeof value === 'string') return `the string ${quoted(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : typeof value;
}
