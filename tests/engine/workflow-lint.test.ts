// The workflows for users, read by GitHub's rules: expressions, contexts, inputs of reusable workflows, event names.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../local/toolchain/run-command';
import { ensureActionlint } from './support/actionlint';
import { ENGINE_TIMEOUT, ROOT } from './support/local-run';

const WORKFLOWS = path.join(ROOT, '.github', 'workflows');

describe('the workflows under actionlint', function () {
  this.timeout(ENGINE_TIMEOUT);
  let actionlint: string;
  before(async () => {
    actionlint = await ensureActionlint();
  });

  /** With other programs off that it would call if it found them: a verdict must not hang on the machine. */
  const lint = (files: readonly string[]) =>
    runCommand(actionlint, ['-no-color', '-oneline', '-shellcheck=', '-pyflakes=', ...files], {
      cwd: ROOT,
      environment: process.env,
    });

  it('have no fault', async () => {
    const files = readdirSync(WORKFLOWS).map((name) => path.join(WORKFLOWS, name));
    assert.ok(files.length >= 3);
    const { code, stdout, lastLines } = await lint(files);
    assert.equal(stdout, '');
    assert.equal(code, 0, lastLines.join('\n'));
  });

  it('would not get away with an input that no job knows', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 's3v-workflow-'));
    try {
      const file = path.join(directory, 'broken.yml');
      writeFileSync(
        file,
        'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ inputs.nothing }}\n',
      );
      const { code, stdout } = await lint([file]);
      assert.equal(code, 1);
      assert.match(stdout, /property "nothing" is not defined/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
