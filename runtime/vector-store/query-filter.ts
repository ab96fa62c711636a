// Filters as people write them, made into filters that S3 Vectors takes, and checked before they are sent.
import { refuse } from '../../contract/invalid-input';
import { parseFilter } from '../../contract/vectors/filter';
import type { Filter, FilterOptions } from '../../contract/vectors/filter';
import { compileFilter } from '../../contract/vectors/filter-predicate';
import type { Metadata } from '../../contract/vectors/metadata';

/** A filter in the service's JSON form: `{ genre: 'drama' }`, `{ year: { $gte: 1990 } }`, `{ $and: […] }`, … */
export type QueryFilter = Readonly<Record<string, unknown>>;

/**
 * The filter to send. An object of several conditions, which the service refuses, means all of them:
 * `{ a: 1, b: 2 }` becomes `{ $and: [{ a: 1 }, { b: 2 }] }`.
 * @throws InvalidInputError listing everything that the service would refuse with "Invalid filter"
 */
export function filterForQuery(filter: QueryFilter, options: FilterOptions): QueryFilter {
  return checked(filter, options).canonical;
}

/**
 * The same filter as a function, for what the service cannot filter itself.
 * @throws InvalidInputError as `filterForQuery`
 */
export function predicateOf(filter: QueryFilter, options: FilterOptions): (metadata: Metadata) => boolean {
  return compileFilter(checked(filter, options).parsed);
}

function checked(
  filter: QueryFilter,
  options: FilterOptions,
): { readonly canonical: QueryFilter; readonly parsed: Filter } {
  const canonical = conjoined(filter) as QueryFilter;
  const { filter: parsed, problems } = parseFilter(canonical, options);
  refuse(
    'filter',
    problems.map(({ path, message }) => `${path === '' ? 'it' : `"${path}"`} ${message}.`),
  );
  return { canonical, parsed: parsed as Filter };
}

function conjoined(condition: unknown): unknown {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return condition;
  const parts = Object.entries(condition).map(([name, operand]: [string, unknown]) => ({
    [name]: (name === '$and' || name === '$or') && Array.isArray(operand) ? operand.map(conjoined) : operand,
  }));
  const [only, second] = parts;
  return second === undefined ? (only ?? condition) : { $and: parts };
}
