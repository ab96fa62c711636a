import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  chooseProviders,
  installLaunchers,
  launcherScript,
  shellQuote,
} from '../../../../local/toolchain/plugin-launchers';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

const run = promisify(execFile);

describe('Launchers of plug-ins', () => {
  let scratch: ScratchDirectory;
  beforeEach(async () => (scratch = await scratchDirectory()));
  afterEach(async () => scratch.remove());

  const launcher = (version: string, script = '#!/bin/sh\n') => ({
    kind: 'resource',
    name: 'aws',
    version,
    script,
  });
  const plugins = async () => (await readdir(path.join(scratch.directory, 'plugins'))).sort();

  it('run from any directory, whatever is in their path', async () => {
    const main = await scratch.write(
      `it's "odd" $HOME/main.js`,
      'console.log(JSON.stringify(process.argv.slice(2)));',
    );
    const file = await scratch.executable('launch', launcherScript({ node: process.execPath, main }));
    const { stdout } = await run(file, ['127.0.0.1:1', 'a b', ''], { cwd: '/' });
    assert.deepEqual(JSON.parse(stdout), ['127.0.0.1:1', 'a b', '']);
  });

  it('quote every text so that a shell gives it back', async () => {
    for (const text of ['', `a'b`, '$(id)', 'x\ny', '`', '"']) {
      assert.equal((await run('/bin/sh', ['-c', `printf %s ${shellQuote(text)}`])).stdout, text);
    }
  });

  it('stand where the engine looks for installed plug-ins of exactly that version', async () => {
    await installLaunchers(scratch.directory, [launcher('7.48.0', '#!/bin/sh\necho 1\n')]);
    assert.deepEqual(await plugins(), ['resource-aws-v7.48.0']);
    const file = path.join(scratch.directory, 'plugins/resource-aws-v7.48.0/pulumi-resource-aws');
    assert.equal((await run(file)).stdout, '1\n');
    await installLaunchers(scratch.directory, [launcher('7.48.0', '#!/bin/sh\necho 2\n')]);
    assert.equal((await run(file)).stdout, '2\n');
  });

  it('go when they are no longer wanted, and plug-ins of others stay', async () => {
    await scratch.write('plugins/resource-random-v4.0.0/pulumi-resource-random', 'real');
    await installLaunchers(scratch.directory, [launcher('7.47.0')]);
    await installLaunchers(scratch.directory, [launcher('7.48.0')]);
    assert.deepEqual(await plugins(), ['resource-aws-v7.48.0', 'resource-random-v4.0.0']);
    await installLaunchers(scratch.directory, []);
    assert.deepEqual(await plugins(), ['resource-random-v4.0.0']);
  });

  it('replace a real plug-in of the same version', async () => {
    await scratch.write('plugins/resource-aws-v7.48.0/pulumi-resource-aws', 'real');
    await installLaunchers(scratch.directory, [launcher('7.48.0')]);
    const file = path.join(scratch.directory, 'plugins/resource-aws-v7.48.0/pulumi-resource-aws');
    assert.equal(await readFile(file, 'utf8'), '#!/bin/sh\n');
  });

  it('can be installed by two starts at once', async () => {
    await Promise.all(
      Array.from({ length: 6 }, async () => installLaunchers(scratch.directory, [launcher('7.48.0')])),
    );
    assert.deepEqual(await plugins(), ['resource-aws-v7.48.0']);
    assert.deepEqual(await readdir(scratch.directory), ['plugins']);
  });
});

describe('The choice of providers', () => {
  it('is the stand-ins unless the real ones are asked for, and says so', () => {
    assert.equal(chooseProviders(undefined).providers, 'stand-in');
    assert.equal(chooseProviders('0').providers, 'stand-in');
    const real = chooseProviders('1');
    assert.equal(real.providers, 'real');
    assert.match(real.reason, /S3V_REAL_PROVIDERS/);
  });
});
