// A checked filter, compiled once into a predicate over packed rows. It gives the verdicts of
// contract/vectors/filter-predicate, where they are explained; a property test holds the two together.
import type { Filter, FilterValue, RangeOperator } from '../../../contract/vectors/filter';
import { afterText, afterValue, findField, lengthAt, startsWithAt, TAG } from './metadata-row';

/** Whether the row at a position of some bytes satisfies the filter. The view is over the same bytes. */
export type RowPredicate = (bytes: Uint8Array, view: DataView, row: number) => boolean;

/** Whether a value at a position satisfies one condition; never asked about lists. */
type ValueTest = (bytes: Uint8Array, view: DataView, at: number) => boolean;

export function compileRowPredicate(filter: Filter): RowPredicate {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.filters.map(compileRowPredicate);
      return (bytes, view, row) => {
        for (const part of parts) if (!part(bytes, view, row)) return false;
        return true;
      };
    }
    case 'or': {
      const parts = filter.filters.map(compileRowPredicate);
      return (bytes, view, row) => {
        for (const part of parts) if (part(bytes, view, row)) return true;
        return false;
      };
    }
    case 'equality': {
      const equal = overField(filter.key, equals(filter.value));
      return filter.operator === '$eq' ? equal : not(equal);
    }
    case 'range':
      return overField(filter.key, inRange(filter.operator, filter.value));
    case 'membership': {
      const tests = filter.values.map(equals);
      const member = overField(filter.key, (bytes, view, at) => {
        for (const test of tests) if (test(bytes, view, at)) return true;
        return false;
      });
      return filter.operator === '$in' ? member : not(member);
    }
    case 'exists': {
      const name = Buffer.from(filter.key);
      const { exists } = filter;
      return (bytes, _view, row) => findField(bytes, row, name) > 0 === exists;
    }
    case 'prefix': {
      const prefix = Buffer.from(filter.prefix);
      return overField(
        filter.key,
        (bytes, _view, at) =>
          bytes[at] === TAG.string &&
          lengthAt(bytes, at + 1) >= prefix.length &&
          startsWithAt(bytes, at + 3, prefix),
      );
    }
  }
}

function not(predicate: RowPredicate): RowPredicate {
  return (bytes, view, row) => !predicate(bytes, view, row);
}

/** Whether the field's value, or any element of it, satisfies the test; false when the field is absent. */
function overField(key: string, test: ValueTest): RowPredicate {
  const name = Buffer.from(key);
  return (bytes, view, row) => {
    const value = findField(bytes, row, name);
    if (value === 0) return false;
    if (bytes[value] !== TAG.list) return test(bytes, view, value);
    const end = afterText(bytes, value + 1);
    for (let at = value + 3; at < end; at = afterValue(bytes, at)) if (test(bytes, view, at)) return true;
    return false;
  };
}

function equals(value: FilterValue): ValueTest {
  if (typeof value === 'number') {
    return (bytes, view, at) => bytes[at] === TAG.number && view.getFloat64(at + 1, true) === value;
  }
  if (typeof value === 'boolean') {
    const tag = value ? TAG.true : TAG.false;
    return (bytes, _view, at) => bytes[at] === tag;
  }
  const text = Buffer.from(value);
  return (bytes, _view, at) =>
    bytes[at] === TAG.string && lengthAt(bytes, at + 1) === text.length && startsWithAt(bytes, at + 3, text);
}

function inRange(operator: RangeOperator, bound: number): ValueTest {
  const number: (test: (value: number) => boolean) => ValueTest = (test) => (bytes, view, at) =>
    bytes[at] === TAG.number && test(view.getFloat64(at + 1, true));
  switch (operator) {
    case '$gt':
      return number((value) => value > bound);
    case '$gte':
      return number((value) => value >= bound);
    case '$lt':
      return number((value) => value < bound);
    case '$lte':
      return number((value) => value <= bound);
  }
}
