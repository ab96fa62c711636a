// A text that is one of a few: programs that are not type-checked, and other languages, can give any other.

/** Every reason why a value is none of the choices; empty when it is one. */
export function choiceProblems(input: string, value: unknown, choices: readonly string[]): string[] {
  if (choices.some((choice) => choice === value)) return [];
  const written = typeof value === 'string' ? `"${value}"` : String(value);
  return [`${input} ${written} must be ${choices.map((choice) => `"${choice}"`).join(' or ')}.`];
}
