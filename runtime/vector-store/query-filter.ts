// Filters as people write them, made into filters that S3 Vectors takes, and checked before they are sent.
import { refuse } from '../../contract/invalid-input';
import { parseFilter } from '../../contract/vectors/filter';
import type { FilterOptions } from '../../contract/vectors/filter';

/** A filter in the service's JSON form: `{ genre: 'drama' }`, `{ year: { $gte: 1990 } }`, `{ $and: […] }`, … */
export type QueryFilter = Readonly<Record<string, unknown>>;

/**
 * The filter to send. An object of several conditions, which the service refuses, means all of them:
 * `{ a: 1, b: 2 }` becomes `{ $and: [{ a: 1 }, { b: 2 }] }`.
 * @throws InvalidInputError listing everything that the service would refuse with "Invalid filter"
 */
export function filterForQuery(filter: QueryFilter, options: FilterOptions): QueryFilter {
  const canonical = conjoined(filter) as QueryFilter;
  const { problems } = parseFilter(canonical, options);
  refuse(
    'filter',
    problems.map(({ path, message }) => `${path === '' ? 'it' : `"${path}"`} ${message}.`),
  );
  return canonical;
}

function conjoined(condition: unknown): unknown {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return condition;
  const parts = Object.entries(condition).map(([name, operand]: [string, unknown]) => ({
    [name]: (name === '$and' || name === '$or') && Array.isArray(operand) ? operand.map(conjoined) : operand,
  }));
  const [only, second] = parts;
  return second === undefined ? (only ?? condition) : { $and: parts };
}
