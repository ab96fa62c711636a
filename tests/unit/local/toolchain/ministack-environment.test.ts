import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { recordedProgress } from '../../../../local/progress';
import {
  choosePython,
  ensureMinistack,
  findMinistack,
  ministackDirectory,
} from '../../../../local/toolchain/ministack-environment';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('The Python for ministack', () => {
  const python = (version: string | undefined, hasVenv = true) => ({
    path: `/bin/${version ?? ''}`,
    version,
    hasVenv,
  });

  it('is the first that is new enough and has venv', () => {
    assert.deepEqual(choosePython([python('3.9.18'), python('3.12.1', false), python('3.11.7')]), {
      chosen: python('3.11.7'),
    });
  });

  for (const [name, found, message] of [
    ['missing', [], /^Python 3\.10 or newer is needed .* no `python3` is on PATH: install it from/],
    ['too old', [python('3.9.18')], /\/bin\/3\.9\.18 is 3\.9\.18: install it/],
    ['without venv', [python('3.12.1', false)], /lacks its venv module: .*apt install python3-venv/],
    ['unanswering', [python(undefined)], /no `python3` is on PATH/],
  ] as const) {
    it(`that is ${name} is one sentence that names it and how to get it`, () => {
      const choice = choosePython(found);
      assert.ok('obstacle' in choice);
      assert.match(choice.obstacle, message);
    });
  }
});

describe('The Python environment of ministack', () => {
  let scratch: ScratchDirectory;
  beforeEach(async () => (scratch = await scratchDirectory()));
  afterEach(async () => scratch.remove());

  // Does what `python3` is asked to do here: say its version, make an environment (with a copy of itself), run pip.
  const fakePython = (pip: string) => `#!/bin/sh
echo "$@" >> "${scratch.directory}/calls"
case "$*" in
  *platform*) echo 3.12.4 ;;
  *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python3" ;;
  *"-m pip"*) ${pip} ;;
esac
`;
  const context = () => ({
    paths: scratch.paths,
    report: recordedProgress(),
    environment: { PATH: `${scratch.directory}/bin:/usr/bin:/bin`, PIP_USER: '1' },
    signal: undefined,
  });

  it('is made once, from pinned checksums, and found again without asking any Python', async () => {
    await scratch.executable('bin/python3', fakePython('test -z "$PIP_USER" || exit 8'));
    const made = await ensureMinistack(context());
    const calls = await readFile(path.join(scratch.directory, 'calls'), 'utf8');
    assert.match(calls, /-m pip install .*--require-hashes --requirement .*ministack-requirements\.txt/);
    await rm(path.join(scratch.directory, 'bin'), { recursive: true });
    assert.deepEqual(await ensureMinistack(context()), made);
    assert.equal(await readFile(path.join(scratch.directory, 'calls'), 'utf8'), calls);
  });

  it('that pip could not fill is not taken for whole, and is made anew', async () => {
    await scratch.executable('bin/python3', fakePython('echo "ERROR: no route to index" >&2; exit 1'));
    const broken = context();
    await assert.rejects(
      ensureMinistack(broken),
      /Installing ministack failed[^]*no route to index[^]*PIP_INDEX_URL/,
    );
    assert.deepEqual(
      broken.report.steps.map(({ outcome }) => outcome),
      ['failed'],
    );
    assert.equal(await findMinistack(context()), undefined);
    await scratch.executable('bin/python3', fakePython('exit 0'));
    assert.equal(existsSync((await ensureMinistack(context())).python), true);
  });

  it('is another one when the pinned packages change', () => {
    assert.notEqual(ministackDirectory('/cache', 'a==1'), ministackDirectory('/cache', 'a==2'));
  });
});
