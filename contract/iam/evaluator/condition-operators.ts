// The condition operators of IAM: how one policy value compares with one request value.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
import { isInRange } from './ip-range';
import { matches, type Pattern, wildcard } from './pattern';
import { type Context, resolvedPattern, resolvedText } from './variables';

/** Compares one written value with one value of the request; undefined when the written value makes no sense. */
type Comparison = (written: string, actual: string, context: Context) => boolean | undefined;

export interface Operator {
  readonly compare: Comparison;
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
    if (right === undefined) return undefined;
    return left !== undefined && compare(left, right);
  };

const date =
  (compare: (actual: number, written: number) => boolean): Comparison =>
  (written, actual) => {
    const [right, left] = [asTime(written), asTime(actual)];
    if (right === undefined) return undefined;
    return left !== undefined && compare(left, right);
  };

const bool: Comparison = (written, actual) => {
  const wanted = written.toLowerCase();
  return wanted === 'true' || wanted === 'false' ? actual.toLowerCase() === wanted : undefined;
};

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

const OPERATORS = new Map<string, Operator>([
  ...Object.entries(plain).map(
    ([name, compare]) => [name.toLowerCase(), { compare, negated: false }] as const,
  ),
  ...Object.entries(negated).map(
    ([name, compare]) => [name.toLowerCase(), { compare, negated: true }] as const,
  ),
]);

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

function asNumber(value: string): number | undefined {
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? undefined : number;
}

/** ISO 8601 or seconds since 1970, in milliseconds. */
function asTime(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
