// What an option of the service can be refused with, at the command line and in a program alike.

/** Thrown for options that cannot be; the message names the option, its value and, of a list, every problem. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** Reads several options, each by its own reader, so that one error tells of all that are wrong. */
export class OptionReading {
  private readonly problems: string[] = [];

  /** Takes a problem that was found otherwise. */
  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** What a reader gives; undefined when it refuses. */
  read<T>(reader: () => T): T | undefined {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      this.problems.push(error.message);
      return undefined;
    }
  }

  /** @throws OptionError naming everything that readers have refused, a line each */
  finish(): void {
    if (this.problems.length > 0) throw new OptionError(this.problems.join('\n'));
  }
}
