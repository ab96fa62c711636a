// Shows the steps of the tool chain and the local cloud as lines under one task of a task list.
import type { Progress } from '../progress';

/** The part of a listr2 task that is written to. */
export interface TaskOutput {
  output: string | undefined;
}

/** A `Progress` whose running step is the task's output line; what is done stays in `finished` for the caller. */
export function taskProgress(task: TaskOutput): Progress & { readonly finished: readonly string[] } {
  const finished: string[] = [];
  return {
    finished,
    step(title) {
      task.output = title;
      return {
        detail: (text) => void (task.output = `${title}: ${text}`),
        done: (text) => {
          const line = text === undefined ? title : `${title}: ${text}`;
          finished.push(line);
          task.output = line;
        },
        fail: (text) => void (task.output = `${title}: ${text}`),
      };
    },
  };
}
