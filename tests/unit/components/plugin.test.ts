// The components as a Pulumi plugin: a package of their own, so that no program of this repository is taken for it.
import assert from 'node:assert/strict';
import componentsManifest from '../../../components/package.json';
import rootManifest from '../../../package.json';

describe('the component plugin', () => {
  it('runs with the very versions that this repository is tested with', () => {
    const wanted: Readonly<Record<string, string>> = rootManifest.dependencies;
    for (const [name, version] of Object.entries(componentsManifest.dependencies)) {
      assert.equal(version, wanted[name], name);
    }
    assert.equal(componentsManifest.name, rootManifest.name);
    assert.equal(componentsManifest.version, rootManifest.version);
  });

  it('leaves the root without a main, which Pulumi would run for every program below that names no entry', () => {
    assert.equal('main' in rootManifest, false);
  });
});
