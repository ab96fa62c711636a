// How much memory searches may keep what they read in, as people write it: 2GB, 512MiB or a number of bytes.
import { OptionError } from './option-error';

const BYTES = new Map(
  Object.entries({ '': 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 }),
);

/**
 * The bytes of a memory budget; undefined for the default.
 * @throws OptionError for what is no size
 */
export function readMemoryBudget(size: string | number | undefined): number | undefined {
  if (size === undefined) return undefined;
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(size)) ?? [];
  const bytes = Number(digits) * (BYTES.get(unit.toUpperCase()) ?? NaN);
  if (digits === '' || !Number.isFinite(bytes)) {
    throw new OptionError(`memory "${size}" is no size: give bytes, or KB, MB, GB, KiB, MiB or GiB (2GB).`);
  }
  return Math.floor(bytes);
}
