// The clock of the service: dates of creation, life of page tokens, quotas. It follows the system's clock, runs from a
// time that was given, or stands still there, and can be put forward, so that a test need not wait for a token to expire.
import { OptionError } from '../option-error';

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** True for a clock that stands still until it is put forward. */
  readonly fixed: boolean;
  /** Puts the clock forward; there is no way back, which would let expired tokens live again. */
  advance(milliseconds: number): void;
}

/** Later than this, no date can be written (ECMA-262, time values). */
const LAST_TIME = 8.64e15;

/** @param setting `system`, `fixed:<ISO date>` (stands still) or `from:<ISO date>` (runs from there) */
export function makeClock(setting: string, system: () => number): Clock {
  const { mode, start } = readSetting(setting);
  const began = system();
  let ahead = 0;
  const now = (): number => {
    if (mode === 'fixed') return start + ahead;
    return (mode === 'from' ? start + system() - began : system()) + ahead;
  };
  return {
    now,
    fixed: mode === 'fixed',
    advance: (milliseconds) => {
      if (!(milliseconds >= 0 && now() + milliseconds <= LAST_TIME)) {
        throw new RangeError(`the clock cannot be put forward by ${milliseconds} ms`);
      }
      ahead += milliseconds;
    },
  };
}

function readSetting(setting: string): {
  readonly mode: 'system' | 'fixed' | 'from';
  readonly start: number;
} {
  if (setting === 'system') return { mode: 'system', start: 0 };
  const [, mode, date] = /^(fixed|from):(.+)$/.exec(setting) ?? [];
  const start = Date.parse(date ?? '');
  if ((mode === 'fixed' || mode === 'from') && !Number.isNaN(start) && start >= 0) return { mode, start };
  throw new OptionError(
    `--clock "${setting}" is no clock: give system, fixed:2026-01-01T00:00:00Z or from:2026-01-01T00:00:00Z.`,
  );
}
