import assert from 'node:assert/strict';
import path from 'node:path';
import { gigabytes, measureSpace, missingSpace } from '../../../../local/toolchain/disk-space';

describe('Disk space', () => {
  it('adds up what goes to the same file system', () => {
    const found = [
      { directory: '/a', bytes: 6, device: 1, freeBytes: 10 },
      { directory: '/b', bytes: 5, device: 1, freeBytes: 10 },
      { directory: '/c', bytes: 10, device: 2, freeBytes: 10 },
    ];
    assert.deepEqual(missingSpace(found), [{ directories: ['/a', '/b'], needed: 11, free: 10 }]);
    assert.deepEqual(missingSpace(found.slice(1)), []);
  });

  it('is measured at the nearest directory that exists', async () => {
    const [here, below] = await measureSpace([
      { directory: __dirname, bytes: 1 },
      { directory: path.join(__dirname, 'not', 'there', 'yet'), bytes: 1 },
    ]);
    assert.equal(below?.device, here?.device);
    assert.ok((below?.freeBytes ?? 0) > 0);
  });

  it('is told in gigabytes', () => assert.equal(gigabytes(3.25e9), '3.3 GB'));
});
