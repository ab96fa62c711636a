// What an option of the service can be refused with, at the command line and in a program alike.

/** Thrown for options that cannot be; the message names the option, its value and, of a list, every problem. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}
