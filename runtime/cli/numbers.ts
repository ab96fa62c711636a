// Numbers on a command line.
import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers within a range, both ends included; thousands may be grouped by `,` or `_`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll(/[,_]/g, ''));
    if (/^(\d+|\d{1,3}([,_]\d{3})+)$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `It must be a whole number from ${least}.`
        : `It must be a whole number from ${least} to ${most}.`,
    );
  };
}

/** A parser of amounts, 0 or more. */
export function amount(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number, 0 or more.');
}
