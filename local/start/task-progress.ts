// Shows the steps of the tool chain and the local cloud under one task of a task list. A terminal shows every change
// on one line; where lines stay (a pipe, a CI log), only one now and then is written.
import type { Progress } from '../progress';

/** The part of a listr2 task that is written to. */
export interface TaskOutput {
  output: string | undefined;
}

/** Between two lines of a running step where lines stay, in ms. */
const LINES_STAY_EVERY_MS = 5000;

/** Writes what a task is doing; `isTerminal` tells whether a line replaces the one before. */
export function taskDetail(
  task: TaskOutput,
  isTerminal = process.stdout.isTTY,
  now: () => number = () => performance.now(),
): (text: string) => void {
  let last = now();
  return (text) => {
    if (!isTerminal && now() - last < LINES_STAY_EVERY_MS) return;
    last = now();
    task.output = text;
  };
}

/** A `Progress` whose running step is the task's output. */
export function taskProgress(task: TaskOutput, detail = taskDetail(task)): Progress {
  return {
    step(title) {
      detail(title);
      return {
        detail: (text) => detail(`${title}: ${text}`),
        done: (text) => detail(text === undefined ? title : `${title}: ${text}`),
        // The error itself is thrown too, and shown whole.
        fail: () => undefined,
      };
    },
  };
}
