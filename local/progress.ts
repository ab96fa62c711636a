// How long work says what it is doing. Steps may overlap, each has its own handle; who shows them (lines, a
// task list, nothing, a test's record) is the caller's choice.
import type { Writable } from 'node:stream';

/** One step under way. After `done` or `fail` nothing more may be reported on it. */
export interface ProgressStep {
  /** Replaces the step's running text: a count, a file, elapsed time. May be called many times a second. */
  detail(text: string): void;
  /** The step succeeded; `text` says with what result. */
  done(text?: string): void;
  /** The step failed; `text` says why. The error itself is thrown as well. */
  fail(text: string): void;
}

export interface Progress {
  /** Begins a step; `title` is an infinitive-free phrase such as `Pulumi CLI`. */
  step(title: string): ProgressStep;
}

/** Reports nothing. */
export const silentProgress: Progress = {
  step: () => ({ detail: () => undefined, done: () => undefined, fail: () => undefined }),
};

export interface LineProgressOptions {
  /** Shortest time between two detail lines of one step in ms; default 5000, so that a log stays readable. */
  readonly detailEveryMs?: number;
  /** Milliseconds since any fixed instant; default `performance.now`. */
  readonly now?: () => number;
}

/** Plain lines, one a change of state: for pipes, CI logs and terminals alike. */
export function lineProgress(to: Writable, options: LineProgressOptions = {}): Progress {
  const now = options.now ?? (() => performance.now());
  const every = options.detailEveryMs ?? 5000;
  return {
    step(title) {
      const begun = now();
      let lastDetail = begun;
      const elapsed = () => `${((now() - begun) / 1000).toFixed(1)} s`;
      return {
        detail(text) {
          if (now() - lastDetail < every) return;
          lastDetail = now();
          to.write(`  ${title}: ${text} (${elapsed()})\n`);
        },
        done: (text) => void to.write(`✔ ${title}${text === undefined ? '' : `: ${text}`} (${elapsed()})\n`),
        // The reason is thrown as well and printed once, by whoever catches it.
        fail: () => void to.write(`✖ ${title} (${elapsed()})\n`),
      };
    },
  };
}

export interface RecordedStep {
  readonly title: string;
  readonly details: readonly string[];
  readonly outcome: 'running' | 'done' | 'failed';
  readonly text: string | undefined;
}

/** Remembers every step, for tests and for callers that show them elsewhere. */
export function recordedProgress(): Progress & { readonly steps: readonly RecordedStep[] } {
  const steps: {
    title: string;
    details: string[];
    outcome: RecordedStep['outcome'];
    text: string | undefined;
  }[] = [];
  return {
    steps,
    step(title) {
      const step: (typeof steps)[number] = { title, details: [], outcome: 'running', text: undefined };
      steps.push(step);
      return {
        detail: (text) => void step.details.push(text),
        done: (text) => void ((step.outcome = 'done'), (step.text = text)),
        fail: (text) => void ((step.outcome = 'failed'), (step.text = text)),
      };
    },
  };
}
