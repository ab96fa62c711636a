// What a person has to provide before a local run can go on: one sentence that names it and how to get it.

/** Thrown when the machine lacks something that only its owner can install, free or allow. */
export class PrerequisiteError extends Error {
  override readonly name = 'PrerequisiteError';

  /**
   * @param what the prerequisite by its own name, such as `Go` or `Python 3.10`
   * @param message one sentence: what is missing, which value was found, how to get it
   */
  constructor(
    readonly what: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
