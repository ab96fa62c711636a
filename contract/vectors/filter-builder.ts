// Filters written as calls, so that the compiler knows keys and types of values. What they make is the same plain
// object that one may write by hand, and it is checked like one when it is used.
import type { Metadata, MetadataValue } from './metadata';

/** A filter in the service's JSON form; it never changes. */
export type BuiltFilter = Readonly<Record<string, unknown>>;

/** What a key is compared with: its value, or an element where it holds a list. */
type Comparable<Value> = Value extends readonly (infer Element)[] ? Element : Exclude<Value, undefined>;

/** The conditions of one metadata key. Where a vector's value is a list, any of its elements will do. */
export interface KeyConditions<Value> {
  eq(value: Value): BuiltFilter;
  /** The opposite of `eq`: it matches a vector without the key, too. */
  ne(value: Value): BuiltFilter;
  in(values: readonly Value[]): BuiltFilter;
  /** The opposite of `in`: it matches a vector without the key, too. */
  nin(values: readonly Value[]): BuiltFilter;
  gt(bound: Extract<Value, number>): BuiltFilter;
  gte(bound: Extract<Value, number>): BuiltFilter;
  lt(bound: Extract<Value, number>): BuiltFilter;
  lte(bound: Extract<Value, number>): BuiltFilter;
  /** Not on an index in CLASSIC mode. */
  startsWith(prefix: Extract<Value, string>): BuiltFilter;
  /** Whether the vector has the key, or with `false` has it not. */
  exists(exists?: boolean): BuiltFilter;
}

/** Begins a condition on a key of the metadata. */
export type Where<Shape> = <Key extends keyof Shape & string>(
  key: Key,
) => KeyConditions<Comparable<Shape[Key]>>;

/**
 * Conditions for metadata of a known type: `const where = filterOf<{ genre: string; year: number }>()`, and then
 * `where('year').gte(1990)`. Keys that are not of the type, and values of another type than the key's, do not compile.
 */
export function filterOf<
  Shape extends { readonly [Key in keyof Shape]: MetadataValue | undefined },
>(): Where<Shape> {
  return (key) => {
    const condition = (operator: string, operand: unknown): BuiltFilter =>
      Object.freeze({ [key]: Object.freeze({ [operator]: operand }) });
    const list = (values: readonly unknown[]) => Object.freeze([...values]);
    return {
      eq: (value) => condition('$eq', value),
      ne: (value) => condition('$ne', value),
      in: (values) => condition('$in', list(values)),
      nin: (values) => condition('$nin', list(values)),
      gt: (bound) => condition('$gt', bound),
      gte: (bound) => condition('$gte', bound),
      lt: (bound) => condition('$lt', bound),
      lte: (bound) => condition('$lte', bound),
      startsWith: (prefix) => condition('$startsWith', prefix),
      exists: (exists = true) => condition('$exists', exists),
    };
  };
}

/** Conditions for metadata of any type: `where('genre').eq('drama')`. */
export const where: Where<Metadata> = filterOf<Metadata>();

/** All of the filters. */
export function and(first: BuiltFilter, ...others: readonly BuiltFilter[]): BuiltFilter {
  return Object.freeze({ $and: Object.freeze([first, ...others]) });
}

/** At least one of the filters. */
export function or(first: BuiltFilter, ...others: readonly BuiltFilter[]): BuiltFilter {
  return Object.freeze({ $or: Object.freeze([first, ...others]) });
}
