// How far a long command is, on standard error: a bar that moves where a person looks, else a line now and then, so
// that a log of CI shows life without filling.
import { ERASED_LINE } from './terminal';
import type { Terminal } from './terminal';

export interface ProgressState {
  readonly done: number;
  /** Absent where nobody knows. */
  readonly total?: number | undefined;
  /** Seconds since the beginning. */
  readonly seconds: number;
  /** Further counts worth seeing, in order: `failed 3`. */
  readonly notes?: readonly string[];
}

export interface ProgressLine {
  show(state: ProgressState): void;
  /** Removes the bar; the last state is not repeated. */
  end(): void;
}

const BAR_WIDTH = 20;
/** Milliseconds between two drawings of a bar, and between two lines of a log. */
const EVERY = { moving: 100, standing: 10_000 } as const;

/** @param unit what is counted, in the plural: `vectors` */
export function progressLine(
  terminal: Pick<Terminal, 'moving' | 'note' | 'width'>,
  unit: string,
  stream: NodeJS.WritableStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressLine {
  let shownAt = terminal.moving ? Number.NEGATIVE_INFINITY : now();
  let drawn = false;
  return {
    show(state) {
      const every = terminal.moving ? EVERY.moving : EVERY.standing;
      if (now() - shownAt < every) return;
      shownAt = now();
      const text = progressText(state, unit, terminal.moving);
      if (!terminal.moving) {
        terminal.note(text);
        return;
      }
      stream.write(`${ERASED_LINE}${text.slice(0, terminal.width - 1)}`);
      drawn = true;
    },
    end() {
      if (drawn) stream.write(ERASED_LINE);
      drawn = false;
    },
  };
}

/** `███████░░░  42 %  4,200 of 10,000 vectors  2,450/s  3 s left  failed 1` */
export function progressText(state: ProgressState, unit: string, withBar: boolean): string {
  const { done, total, seconds, notes = [] } = state;
  const rate = seconds > 0 ? done / seconds : 0;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  const left = total === undefined || rate === 0 ? undefined : Math.max(0, total - done) / rate;
  return [
    ...(share === undefined || !withBar ? [] : [bar(share)]),
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    total === undefined ? `${grouped(done)} ${unit}` : `${grouped(done)} of ${grouped(total)} ${unit}`,
    `${grouped(Math.round(rate))}/s`,
    ...(left === undefined ? [] : [`${durationText(left)} left`]),
    ...notes,
  ].join('  ');
}

/** `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1,234,567`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}
