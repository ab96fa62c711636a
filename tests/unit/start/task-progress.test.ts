import assert from 'node:assert/strict';
import { taskDetail, taskProgress } from '../../../local/start/task-progress';

function recorded() {
  const lines: string[] = [];
  const task = {
    get output(): string | undefined {
      return lines.at(-1);
    },
    set output(text: string | undefined) {
      lines.push(text ?? '');
    },
  };
  return { task, lines };
}

describe('progress of a task', () => {
  it('shows every change on a terminal', () => {
    const { task, lines } = recorded();
    const step = taskProgress(task, taskDetail(task, true)).step('Pulumi CLI');
    step.detail('10 modules');
    step.done('3.259.0');
    assert.deepEqual(lines, ['Pulumi CLI', 'Pulumi CLI: 10 modules', 'Pulumi CLI: 3.259.0']);
  });

  it('writes a line every five seconds where lines stay', () => {
    const { task, lines } = recorded();
    let time = 0;
    const detail = taskDetail(task, false, () => time);
    for (time = 0; time <= 11_000; time += 100) detail(String(time));
    assert.deepEqual(lines, ['5000', '10000']);
  });
});
