import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { findExecutables } from '../../../../local/toolchain/search-path';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('Executables on PATH', () => {
  let scratch: ScratchDirectory;
  before(async () => (scratch = await scratchDirectory()));
  after(async () => scratch.remove());

  it('are found in the order of PATH, without relative directories and plain files', async () => {
    const first = await scratch.executable('one/pulumi', '#!/bin/sh\n');
    const second = await scratch.executable('two/pulumi', '#!/bin/sh\n');
    await scratch.write('three/pulumi', 'not executable');
    const searchPath = ['.', ...['one', 'three', 'none', 'two'].map((d) => path.join(scratch.directory, d))];
    assert.deepEqual(findExecutables('pulumi', searchPath.join(':')), [first, second]);
    assert.deepEqual(findExecutables('pulumi', undefined), []);
  });

  it('do not include what npm put there, not even behind a symbolic link', async () => {
    const downloader = await scratch.executable('node_modules/pulumi/run.js', '#!/bin/sh\n');
    await scratch.executable('node_modules/.bin/pulumi', '#!/bin/sh\n');
    await scratch.write('linked/keep', '');
    await symlink(downloader, path.join(scratch.directory, 'linked/pulumi'));
    const searchPath = ['node_modules/.bin', 'linked'].map((d) => path.join(scratch.directory, d)).join(':');
    assert.deepEqual(findExecutables('pulumi', searchPath), []);
  });
});
