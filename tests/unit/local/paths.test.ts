import assert from 'node:assert/strict';
import path from 'node:path';
import { localPaths } from '../../../local/paths';

describe('Paths of a local run', () => {
  it('lie in .local of the package unless S3V_LOCAL_DIR says otherwise', () => {
    const root = path.resolve(__dirname, '../../..');
    assert.equal(localPaths({ environment: {} }).local, path.join(root, '.local'));
    const paths = localPaths({ environment: { S3V_LOCAL_DIR: '/elsewhere' } });
    assert.deepEqual([paths.local, paths.pulumiHome], ['/elsewhere', '/elsewhere/pulumi-home']);
    assert.equal(paths.root, root);
  });

  it('keep the cache where S3V_CACHE_DIR says, and an empty value says nothing', () => {
    assert.equal(localPaths({ environment: { S3V_CACHE_DIR: '/cache' } }).cache, '/cache');
    assert.match(localPaths({ environment: { S3V_CACHE_DIR: '' } }).cache, /pulumi-s3-vectors$/);
  });

  it('are absolute even for relative overrides', () => {
    const paths = localPaths({ root: '.', environment: { S3V_LOCAL_DIR: 'x', S3V_CACHE_DIR: 'y' } });
    for (const value of Object.values(paths)) assert.ok(path.isAbsolute(value as string), value as string);
  });
});
