import assert from 'node:assert/strict';
import path from 'node:path';
import {
  installedDependencies,
  missingDependencies,
  providerPackages,
} from '../../../../local/language-host/program-packages';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('What a program depends on', () => {
  let scratch: ScratchDirectory;
  before(async () => {
    scratch = await scratchDirectory();
    const manifest = async (place: string, content: unknown) =>
      scratch.write(path.join(place, 'package.json'), JSON.stringify(content));
    await manifest('.', {
      dependencies: { '@pulumi/aws': '^7', components: '*' },
      devDependencies: { absent: '^2' },
    });
    await manifest('node_modules/@pulumi/pulumi', { name: '@pulumi/pulumi', version: '3.248.0' });
    await manifest('node_modules/@pulumi/aws', {
      name: '@pulumi/aws',
      version: '7.48.0',
      dependencies: { '@pulumi/pulumi': '*' },
      pulumi: { resource: true, name: 'aws' },
    });
    await manifest('node_modules/components', {
      name: 'components',
      version: '1.0.0',
      peerDependencies: { '@pulumi/pulumi': '*' },
      dependencies: { '@pulumi/aws': '^6', '@me/own': '*' },
    });
    await manifest('node_modules/components/node_modules/@pulumi/aws', {
      name: '@pulumi/aws',
      version: '6.1.0',
      pulumi: { resource: true, name: 'aws', version: '6.1.0' },
    });
    await manifest('node_modules/@me/own', {
      name: '@me/own',
      version: '0.2.0',
      pulumi: { resource: true, server: 'https://example.invalid' },
    });
    await scratch.write('stacks/deep/index.ts', '');
  });
  after(async () => scratch.remove());

  it('names its provider plug-ins, also those of packages below, each version once', () => {
    assert.deepEqual(
      [...providerPackages(path.join(scratch.directory, 'stacks/deep'))].sort((a, b) =>
        `${a.name}${a.version}` < `${b.name}${b.version}` ? -1 : 1,
      ),
      [
        { name: 'aws', version: 'v6.1.0', server: '' },
        { name: 'aws', version: 'v7.48.0', server: '' },
        { name: 'me/own', version: 'v0.2.0', server: 'https://example.invalid' },
      ],
    );
  });

  it('lists direct dependencies with installed versions, and what is not installed with its range', () => {
    assert.deepEqual(installedDependencies(scratch.directory, false), [
      { name: '@pulumi/aws', version: '7.48.0' },
      { name: 'components', version: '1.0.0' },
      { name: 'absent', version: '^2' },
    ]);
    assert.ok(
      installedDependencies(scratch.directory, true).some(
        ({ name, version }) => name === '@pulumi/pulumi' && version === '3.248.0',
      ),
    );
  });

  it('misses what its package.json names and Node does not find, and nothing in this very project', () => {
    assert.deepEqual(missingDependencies(path.join(scratch.directory, 'stacks', 'deep')), ['absent']);
    const project = path.resolve(__dirname, '../../../..');
    for (const place of ['.', 'components', 'policy-pack', 'stacks/service']) {
      assert.deepEqual(missingDependencies(path.join(project, place)), [], place);
    }
  });

  it('finds the providers of this very project', () => {
    const root = path.resolve(__dirname, '../../../..');
    assert.deepEqual(
      providerPackages(root).map(({ name }) => name),
      ['aws', 'aws-native'],
    );
  });

  it('names the file that cannot be read', async () => {
    const file = await scratch.write('spoilt/package.json', '{');
    assert.throws(() => providerPackages(path.dirname(file)), new RegExp(`${file} cannot be read`));
  });
});
