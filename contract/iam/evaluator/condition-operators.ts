// The condition operators of IAM: how one policy value compares with one request value.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
import { isInRange, isRange } from './ip-range';
import { matches, type Pattern, wildcard } from './pattern';
import { type Context, resolvedPattern, resolvedText } from './variables';

/** Compares one written value, which must make sense, with one value of the request. */
type Comparison = (written: string, actual: string, context: Context) => boolean;

export interface Operator {
  readonly compare: Comparison;
  /** Does a written value make sense to it? Asked whether or not the request has the key. */
  readonly reads: (written: string) => boolean;
  /** A negated operator holds when no written value compares, and when the key is missing. */
  readonly negated: boolean;
}

const text =
  (compare: (written: string, actual: string) => boolean): Comparison =>
  (written, actual, context) => {
    const resolved = resolvedText(written, context);
    return resolved !== undefined && compare(resolved, actual);
  };

const like: Comparison = (written, actual, context) => {
  const pattern = resolvedPattern(written, context);
  return pattern !== undefined && matches(pattern, actual);
};

/** ARNs compare segment by segment, so that a `*` does not reach over a colon; the sixth segment is the rest. */
const arnLike: Comparison = (written, actual, context) => {
  const pattern = resolvedPattern(written, context);
  if (pattern === undefined) return false;
  const patterns = splitPattern(pattern, 6);
  const segments = splitText(actual, 6);
  return (
    patterns.length === segments.length && patterns.every((part, at) => matches(part, segments[at] ?? ''))
  );
};

const numeric =
  (compare: (actual: number, written: number) => boolean): Comparison =>
  (written, actual) => {
    const [right, left] = [asNumber(written), asNumber(actual)];
    return right !== undefined && left !== undefined && compare(left, right);
  };

const date =
  (compare: (actual: number, written: number) => boolean): Comparison =>
  (written, actual) => {
    const [right, left] = [asTime(written), asTime(actual)];
    return right !== undefined && left !== undefined && compare(left, right);
  };

const bool: Comparison = (written, actual) => actual.toLowerCase() === written.toLowerCase();

const stringEquals = text((written, actual) => written === actual);
const stringEqualsIgnoreCase = text((written, actual) => written.toLowerCase() === actual.toLowerCase());

const plain: Readonly<Record<string, Comparison>> = {
  StringEquals: stringEquals,
  StringEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: bool,
  BinaryEquals: (written, actual) => written === actual,
  IpAddress: (written, actual) => isInRange(actual, written),
};

const negated: Readonly<Record<string, Comparison>> = {
  StringNotEquals: stringEquals,
  StringNotEqualsIgnoreCase: stringEqualsIgnoreCase,
  StringNotLike: like,
  ArnNotEquals: arnLike,
  ArnNotLike: arnLike,
  NumericNotEquals: numeric((a, b) => a === b),
  DateNotEquals: date((a, b) => a === b),
  NotIpAddress: (written, actual) => isInRange(actual, written),
};

/** What the values of an operator's kind must be; texts and ARNs may be anything. */
const READERS: readonly (readonly [RegExp, (written: string) => boolean])[] = [
  [/^Numeric/, (written) => asNumber(written) !== undefined],
  [/^Date/, (written) => asTime(written) !== undefined],
  [/^Bool$/, (written) => /^(?:true|false)$/i.test(written)],
  [
    /^BinaryEquals$/,
    (written) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written),
  ],
  [/IpAddress$/, isRange],
];

const OPERATORS = new Map<string, Operator>(
  [plain, negated].flatMap((comparisons) =>
    Object.entries(comparisons).map(([name, compare]) => {
      const [, reads = () => true] = READERS.find(([kind]) => kind.test(name)) ?? [];
      return [name.toLowerCase(), { compare, reads, negated: comparisons === negated }] as const;
    }),
  ),
);

/** The operator of this name, without qualifier and `IfExists`; undefined for one that IAM does not have. */
export function operatorNamed(name: string): Operator | undefined {
  return OPERATORS.get(name.toLowerCase());
}

function splitText(value: string, parts: number): string[] {
  const all = value.split(':');
  return all.length <= parts ? all : [...all.slice(0, parts - 1), all.slice(parts - 1).join(':')];
}

function splitPattern(pattern: Pattern, parts: number): Pattern[] {
  const split: Pattern[] = [];
  let from = 0;
  pattern.forEach((piece, at) => {
    if (piece.kind === 'literal' && piece.char === ':' && split.length < parts - 1) {
      split.push(pattern.slice(from, at));
      from = at + 1;
    }
  });
  const rest = pattern.slice(from);
  // `*` alone stands for every ARN.
  if (split.length === 0 && rest.every((piece) => piece.kind === 'many')) {
    return Array.from({ length: parts }, () => wildcard('*'));
  }
  return [...split, rest];
}

/** An integer or a decimal number; neither `0x10` nor `Infinity`. */
function asNumber(value: string): number | undefined {
  return /^[+-]?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** The W3C profile of ISO 8601, from the month on; a year alone reads as seconds. */
const W3C_DATE = /^(\d{4}-\d{2}(?:-\d{2})?)(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A W3C date or seconds since 1970, in milliseconds. */
function asTime(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const day = W3C_DATE.exec(value)?.[1];
  const time = day === undefined || !isDay(day) ? NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** 30 February is none, and Date.parse takes it for 2 March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
