// A checked filter, compiled once into a predicate over metadata, so that a scan pays nothing for parsing.
//
// What the user guide leaves open is decided as in MongoDB, whose operators these are: `$ne` and `$nin` are the
// exact opposites of `$eq` and `$in`, and so match a vector that lacks the key; on a list, every positive operator
// asks for any element. Types never convert: "1" is not 1 (measured: filter-validation.md, T3-12, of
// FarukAda/aws-langchain-s3-vector-ts).
import type { Filter, FilterValue, RangeOperator } from './filter';
import type { Metadata, MetadataValue } from './metadata';

/** Compiles a filter that `parseFilter` returned. The predicate reads metadata and keeps nothing. */
export function compileFilter(filter: Filter): (metadata: Metadata) => boolean {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.filters.map(compileFilter);
      return (metadata) => parts.every((part) => part(metadata));
    }
    case 'or': {
      const parts = filter.filters.map(compileFilter);
      return (metadata) => parts.some((part) => part(metadata));
    }
    case 'equality': {
      const { value } = filter;
      const equal = overKey(filter.key, (candidate) => candidate === value);
      return filter.operator === '$eq' ? equal : (metadata) => !equal(metadata);
    }
    case 'range':
      return overKey(filter.key, inRange(filter.operator, filter.value));
    case 'membership': {
      const values = new Set<FilterValue>(filter.values.map(withoutNegativeZero));
      const member = overKey(filter.key, (candidate) => values.has(withoutNegativeZero(candidate)));
      return filter.operator === '$in' ? member : (metadata) => !member(metadata);
    }
    case 'exists': {
      const { key, exists } = filter;
      return (metadata) => Object.hasOwn(metadata, key) === exists;
    }
    case 'prefix': {
      const { prefix } = filter;
      return overKey(
        filter.key,
        (candidate) => typeof candidate === 'string' && candidate.startsWith(prefix),
      );
    }
  }
}

/** Whether the key's value, or any element of it, satisfies the test; false when the key is absent. */
function overKey(key: string, test: (candidate: FilterValue) => boolean): (metadata: Metadata) => boolean {
  return (metadata) => {
    if (!Object.hasOwn(metadata, key)) return false;
    const value = metadata[key];
    return isList(value) ? value.some(test) : value !== undefined && test(value);
  };
}

function inRange(operator: RangeOperator, bound: number): (candidate: FilterValue) => boolean {
  switch (operator) {
    case '$gt':
      return (candidate) => typeof candidate === 'number' && candidate > bound;
    case '$gte':
      return (candidate) => typeof candidate === 'number' && candidate >= bound;
    case '$lt':
      return (candidate) => typeof candidate === 'number' && candidate < bound;
    case '$lte':
      return (candidate) => typeof candidate === 'number' && candidate <= bound;
  }
}

function withoutNegativeZero(value: FilterValue): FilterValue {
  return value === 0 ? 0 : value;
}

function isList(value: MetadataValue | undefined): value is readonly (string | number)[] {
  return Array.isArray(value);
}
