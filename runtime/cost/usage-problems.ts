// Checks of a usage: amounts that are no amounts would only make nonsense of money.

/** What is wrong with an amount: it must be a finite number from `min` (default 0) to `max`. */
export function amount(
  name: string,
  value: unknown,
  { min = 0, max = Infinity, whole = false }: { min?: number; max?: number; whole?: boolean } = {},
): string[] {
  const fine =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  if (fine) return [];
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max.toLocaleString('en-US')}`;
  return [`${name} is ${String(value)}; it must be a ${whole ? 'whole ' : ''}number ${range}.`];
}
