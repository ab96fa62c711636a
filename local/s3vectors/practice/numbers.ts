// Numbers as settings hold them: texts on the command line, numbers in a program.
import { z } from 'zod';

/** A number from `min` to `max`, both inclusive. */
export function numberFrom(min: number, max: number, what: string) {
  return z.union([z.number(), z.string()]).transform((given, context) => {
    const value = typeof given === 'number' || given === '' ? given : Number(given);
    if (typeof value === 'number' && value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(given)} is no ${what}` });
    return z.NEVER;
  });
}

/** A share of all requests, from 0 to 1. */
export const share = () => numberFrom(0, 1, 'share from 0 to 1');

/** The start of a sequence of random numbers: a whole number from 0 to 2^32 - 1. */
export const seed = () =>
  numberFrom(0, 2 ** 32 - 1, 'whole number from 0 to 4294967295').refine(Number.isInteger, {
    message: 'no whole number',
  });
