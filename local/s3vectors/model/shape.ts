// Shapes of request bodies with the constraints of the API model, and the reader that applies them. A value of the
// wrong type is a SerializationException; a broken constraint is collected, so that one ValidationException lists
// all of them, in the words of the service's own framework (Smithy; confirmed by tests that run against AWS:
// getmoto/moto, tests/test_s3vectors).
import { shortened } from '../../../contract/vectors/text';
import { ServiceError, unreadable, type FieldProblem } from '../service-error';

/** Reads a value of type T, collecting broken constraints. */
export interface Shape<T> {
  read(value: unknown, path: string, violations: FieldProblem[]): T;
}

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type Structure<Required extends Members, Optional extends Members> = {
  readonly [Name in keyof Required]: Read<Required[Name]>;
} & { readonly [Name in keyof Optional]?: Read<Optional[Name]> };

/** Broken constraints that one answer tells of; behind them a list or a map is not read further. */
const MAX_VIOLATIONS = 2_000;

/** Reads a whole request. @throws ServiceError with the broken constraints, 2,000 at most, or for a wrong type. */
export function readInput<T>(shape: Shape<T>, value: unknown): T {
  const violations: FieldProblem[] = [];
  const input = shape.read(value, '', violations);
  if (violations.length > 0) {
    const count = violations.length;
    throw new ServiceError(
      'ValidationException',
      `${count} validation error${count === 1 ? '' : 's'} detected. ${violations.map(({ message }) => message).join('; ')}`,
      violations,
    );
  }
  return input;
}

/** Bounds, both inclusive, of a number or a length. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

interface StringConstraints extends Bounds {
  /** Matched against the whole string. */
  readonly pattern?: RegExp;
  /** How the service writes the pattern in its message, where that differs from the expression here. */
  readonly patternText?: string;
}

export function string(constraints: StringConstraints = {}): Shape<string> {
  return {
    read(value, path, violations) {
      if (typeof value !== 'string') throw wrongType(value, path, 'a string');
      const { pattern } = constraints;
      if (isOutside(value.length, constraints)) {
        violations.push(lengthViolation(path, value.length, constraints));
      } else if (pattern?.test(value) === false) {
        violations.push(
          violation(
            path,
            `Member must satisfy regular expression pattern: ${constraints.patternText ?? pattern.source.replaceAll('\\/', '/')}`,
          ),
        );
      }
      return value;
    },
  };
}

export function oneOf<const Value extends string>(values: readonly Value[]): Shape<Value> {
  return {
    read(value, path, violations) {
      if (typeof value !== 'string') throw wrongType(value, path, 'a string');
      if (!(values as readonly string[]).includes(value)) {
        violations.push(violation(path, `Member must satisfy enum value set: [${values.join(', ')}]`));
      }
      return value as Value;
    },
  };
}

export function integer(bounds: Bounds = {}): Shape<number> {
  return {
    read(value, path, violations) {
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(value, path, 'an integer');
      if (isOutside(value, bounds)) violations.push(violation(path, `Member must be ${within(bounds)}`));
      return value;
    },
  };
}

export const boolean: Shape<boolean> = {
  read(value, path) {
    if (typeof value !== 'boolean') throw wrongType(value, path, 'a boolean');
    return value;
  },
};

/** Any JSON value: metadata and filters, whose rules are the contract's. */
export const document: Shape<unknown> = { read: (value) => value };

/**
 * The numbers of a vector, converted to float32 as the service does before it looks at them. NaN and the
 * infinities arrive as strings, since JSON has no numbers for them. A Float32Array was read from the body's bytes.
 */
export const float32List: Shape<Float32Array> = {
  read(value, path) {
    if (value instanceof Float32Array) return value;
    if (!Array.isArray(value)) throw wrongType(value, path, 'a list of numbers');
    const list = value as unknown[];
    const numbers = new Float32Array(list.length);
    for (let at = 0; at < list.length; at += 1) {
      const element = list[at];
      if (typeof element === 'number') {
        numbers[at] = element;
      } else if (element === 'NaN' || element === 'Infinity' || element === '-Infinity') {
        numbers[at] = Number(element);
      } else {
        throw wrongType(element, `${path}/${at}`, 'a number');
      }
    }
    return numbers;
  },
};

export function list<T>(member: Shape<T>, bounds: Bounds = {}): Shape<readonly T[]> {
  return {
    read(value, path, violations) {
      if (!Array.isArray(value)) throw wrongType(value, path, 'a list');
      if (isOutside(value.length, bounds)) {
        violations.push(lengthViolation(path, value.length, bounds));
        return [];
      }
      const read: T[] = [];
      for (let at = 0; at < value.length && violations.length < MAX_VIOLATIONS; at += 1) {
        read.push(member.read(value[at], `${path}/${at}`, violations));
      }
      return read;
    },
  };
}

/** A map of strings; a key's violation names the map, a value's names the key (measured for tags). */
export function stringMap(key: Shape<string>, value: Shape<string>): Shape<Readonly<Record<string, string>>> {
  return {
    read(input, path, violations) {
      if (!isObject(input)) throw wrongType(input, path, 'an object');
      const entries: [string, string][] = [];
      for (const name of Object.keys(input)) {
        if (violations.length >= MAX_VIOLATIONS) break;
        entries.push([
          key.read(name, path, violations),
          value.read(input[name], `${path}/${shortened(name)}`, violations),
        ]);
      }
      return Object.fromEntries(entries);
    },
  };
}

/** A structure; members that the model does not know are ignored, and null is the same as absent. */
export function structure<const Required extends Members, const Optional extends Members>(
  required: Required,
  optional: Optional,
): Shape<Structure<Required, Optional>> {
  return {
    read(value, path, violations) {
      if (!isObject(value)) throw wrongType(value, path, 'an object');
      const result: Record<string, unknown> = {};
      for (const [name, shape] of Object.entries(required)) {
        const member = value[name];
        if (member === undefined || member === null) {
          violations.push(violation(`${path}/${name}`, 'Member must not be null'));
        } else {
          result[name] = shape.read(member, `${path}/${name}`, violations);
        }
      }
      for (const [name, shape] of Object.entries(optional)) {
        const member = value[name];
        if (member !== undefined && member !== null) {
          result[name] = shape.read(member, `${path}/${name}`, violations);
        }
      }
      return result as Structure<Required, Optional>;
    },
  };
}

function isOutside(value: number, { min, max }: Bounds): boolean {
  return (min !== undefined && value < min) || (max !== undefined && value > max);
}

function lengthViolation(path: string, length: number, bounds: Bounds): FieldProblem {
  const constraint = `Member must have length ${within(bounds)}`;
  return {
    path,
    message: `Value with length ${length} at '${path}' failed to satisfy constraint: ${constraint}`,
  };
}

function violation(path: string, constraint: string): FieldProblem {
  return { path, message: `Value at '${path}' failed to satisfy constraint: ${constraint}` };
}

function within({ min, max }: Bounds): string {
  if (max === undefined) return `greater than or equal to ${String(min)}`;
  if (min === undefined) return `less than or equal to ${max}`;
  return `between ${min} and ${max}, inclusive`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(value: unknown, path: string, wanted: string): ServiceError {
  const actual = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return unreadable(`${path === '' ? 'the body' : path} is ${actual}, not ${wanted}`);
}
