import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { snapshotOfDirectory, snapshotOfService } from '../../local/s3vectors/snapshots/take';
import { DataDirectoryError } from '../../local/s3vectors/storage/data-directory';
import { restoreSnapshot, SnapshotError } from '../../local/s3vectors/storage/snapshot';
import { temporaryDirectory } from '../unit/s3vectors/temporary-directory';
import { practising } from './practising-service';

describe('snapshots of a service', () => {
  it('hold what was stored when they were taken, and are restored as often as one likes', async () => {
    const snapshot = path.join(temporaryDirectory(), 'snapshot');
    await practising({}, async ({ server, put }) => {
      await put('a', 'b');
      const report = await snapshotOfService(server.url, snapshot);
      assert.deepEqual([report.directory, report.vectorBuckets, report.indexes], [snapshot, 1, 1]);
      await put('later');
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const dataDir = path.join(temporaryDirectory(), 'data');
      await restoreSnapshot(snapshot, dataDir);
      await practising({ dataDir }, async ({ stored, put }) => {
        assert.deepEqual(await stored('a', 'b', 'later'), ['a', 'b']);
        await put(`only-in-${attempt}`, 'a');
        assert.deepEqual(await stored('only-in-0', 'only-in-1'), [`only-in-${attempt}`]);
      });
      // And from the directory itself, when no service uses it.
      const second = path.join(temporaryDirectory(), 'second');
      assert.equal((await snapshotOfDirectory(dataDir, second)).vectorBuckets, 1);
    }
  });

  it('are refused with the reason, and the service goes on', async () => {
    await practising({}, async ({ server, local, put, stored }) => {
      const health = (await local('health')).body as { dataDir: string };
      const used = temporaryDirectory();
      writeFileSync(path.join(used, 'mine'), 'x');
      await assert.rejects(snapshotOfService(server.url, used), /is not empty/);
      await assert.rejects(snapshotOfService(server.url, path.join(health.dataDir, 'x')), /within the data/);
      await assert.rejects(snapshotOfDirectory(health.dataDir, '/nowhere/x'), (error: unknown) => {
        assert.ok(error instanceof DataDirectoryError);
        assert.match(error.message, /in use by process \d+.*--endpoint/);
        return true;
      });
      const file = path.join(used, 'mine', 'below');
      await assert.rejects(snapshotOfService(server.url, file), SnapshotError);
      for (const body of [{ directory: 'relative' }, {}, { directory: '/x', more: 1 }]) {
        assert.equal((await local('snapshot', body)).status, 400, JSON.stringify(body));
      }
      await put('a');
      assert.deepEqual(await stored('a'), ['a']);
    });
  });

  it('need a service that answers, or a directory that holds data', async () => {
    const missing = path.join(temporaryDirectory(), 'missing');
    await assert.rejects(snapshotOfDirectory(missing, `${missing}-copy`), /no data directory/);
    assert.ok(!existsSync(missing));
    await assert.rejects(snapshotOfService('http://127.0.0.1:1', missing), /nothing answers at/);
  });
});
