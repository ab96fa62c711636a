// The one error that every refused input ends in: it lists all problems at once, so that a person
// repairs a configuration in one go instead of finding its faults one by one.

/** Thrown for input that breaks a rule of the contract. `problems` holds one full sentence a fault. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';

  constructor(
    /** What was refused, as a reader knows it: `vector bucket name`, `Pulumi.dev.yaml`, `stack outputs`. */
    readonly subject: string,
    readonly problems: readonly string[],
  ) {
    super(
      problems.length === 1
        ? `${subject}: ${problems[0] ?? ''}`
        : `${subject}: ${problems.length} problems\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/** Throws an `InvalidInputError` when there is any problem; does nothing when there is none. */
export function refuse(subject: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new InvalidInputError(subject, problems);
}
