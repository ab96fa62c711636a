import assert from 'node:assert/strict';
import { answersTable } from '../../../local/start/answers-table';

const answer = {
  similarity: 0.51234,
  document: 'node_modules/@some-scope/some-quite-long-package-name/README.md',
  text: 'Usage › Retries\n\nRetry with **backoff**.\n\n```js\nretry(() => call())\n```\n'.repeat(40),
};

describe('the table of answers', () => {
  it('shows rank, similarity, document and snippet within 80 columns', () => {
    const table = answersTable([answer, { ...answer, similarity: -0.1 }]);
    const lines = table.split('\n');
    assert.ok(
      lines.every((line) => line.length <= 80),
      table,
    );
    assert.match(table, /│\s+1 │\s+0\.512 │ …\S+ /);
    assert.match(table, /│\s+2 │\s+-0\.100 │/);
    assert.match(table, /Usage › Retries Retry/);
  });

  it('uses a wider terminal', () => {
    const widest = Math.max(
      ...answersTable([answer], 120)
        .split('\n')
        .map((line) => line.length),
    );
    assert.ok(widest > 100 && widest <= 120, String(widest));
  });

  it('cuts a long text with an ellipsis and at most four lines', () => {
    const rows = answersTable([answer]).split('\n');
    assert.ok(rows.length <= 3 + 4 + 1, rows.join('\n'));
    assert.match(rows.join('\n'), /…/);
  });
});
