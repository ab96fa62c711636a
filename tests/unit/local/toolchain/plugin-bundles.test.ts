import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensurePluginBundles } from '../../../../local/toolchain/plugin-bundles';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

const run = promisify(execFile);

describe('Bundles of plug-ins', () => {
  let scratch: ScratchDirectory;
  let root: string;
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const bundle = async () => {
    const bundles = await ensurePluginBundles(root, { aws: path.join(root, 'local/aws/main.ts') });
    return { file: bundles.aws, printed: (await run(process.execPath, [bundles.aws])).stdout };
  };
  beforeEach(async () => {
    scratch = await scratchDirectory();
    root = scratch.directory;
    write('package-lock.json', '{}');
    write('tsconfig.json', '{}');
    write('node_modules/packaged/index.js', "module.exports = 'from a package';");
    write('contract/word.ts', "export const word: string = 'one';");
    write(
      'local/aws/main.ts',
      "import packaged from 'packaged'; import { word } from '../../contract/word'; console.log(word, packaged);",
    );
  });
  afterEach(async () => scratch.remove());

  it('run without a compiler, and find their packages where they are installed', async () => {
    assert.equal((await bundle()).printed, 'one from a package\n');
  });

  it('are built once, and again when a source has changed', async () => {
    const first = await bundle();
    assert.equal((await bundle()).file, first.file);
    write('contract/word.ts', "export const word: string = 'another';");
    const second = await bundle();
    assert.notEqual(second.file, first.file);
    assert.equal(second.printed, 'another from a package\n');
  });

  it('stay for whoever uses older ones, until nobody has for a week', async () => {
    const first = await bundle();
    write('contract/word.ts', "export const word: string = 'two';");
    await bundle();
    assert.equal((await run(process.execPath, [first.file])).stdout, 'one from a package\n');
    const old = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    utimesSync(path.dirname(first.file), old, old);
    write('contract/word.ts', "export const word: string = 'three';");
    const third = await bundle();
    const kept = await readdir(path.dirname(path.dirname(third.file)));
    assert.equal(kept.length, 2);
    assert.ok(!kept.includes(path.basename(path.dirname(first.file))));
  });

  it('that cannot be compiled say where the fault is', async () => {
    write('local/aws/main.ts', 'const = 1;');
    await assert.rejects(bundle(), /main\.ts:1:6/);
  });
});
