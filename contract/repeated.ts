// Things that were named more than once where each counts once.

/** Each value that stands in a list again, once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}
