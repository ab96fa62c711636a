import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import {
  claimDataDirectory,
  DataDirectoryError,
  FORMAT_VERSION,
} from '../../../local/s3vectors/storage/data-directory';
import { temporaryDirectory } from './temporary-directory';

describe('a data directory', () => {
  it('is made when it is missing, and marked with its format', () => {
    const directory = path.join(temporaryDirectory(), 'a', 'b');
    const claimed = claimDataDirectory(directory);
    assert.deepEqual(JSON.parse(readFileSync(path.join(directory, 'format.json'), 'utf8')), {
      format: 's3-vectors-local',
      version: FORMAT_VERSION,
    });
    claimed.release();
    assert.equal(existsSync(path.join(directory, 'owner.json')), false);
  });

  it('is refused to a second owner, whose message names the first', () => {
    const directory = temporaryDirectory();
    const claimed = claimDataDirectory(directory);
    assert.throws(
      () => claimDataDirectory(directory),
      (error: unknown) =>
        error instanceof DataDirectoryError && error.message.includes(`process ${process.pid}`),
    );
    claimed.release();
    claimDataDirectory(directory).release();
  });

  it('is taken over from a process that is dead', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    writeFileSync(path.join(directory, 'owner.json'), JSON.stringify({ pid: child.pid }));
    claimDataDirectory(directory).release();
  });

  it('is taken over when the process id of the dead owner was given to another process', function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere the system does not tell when a process started
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, 'owner.json'), JSON.stringify({ pid: process.pid, started: '1' }));
    claimDataDirectory(directory).release();
  });

  it('is taken over from a lock that cannot be read', () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, 'owner.json'), '');
    claimDataDirectory(directory).release();
  });

  it('of a newer format is refused and left alone', () => {
    const directory = temporaryDirectory();
    const format = JSON.stringify({ format: 's3-vectors-local', version: FORMAT_VERSION + 1 });
    writeFileSync(path.join(directory, 'format.json'), format);
    assert.throws(
      () => claimDataDirectory(directory),
      new RegExp(`format ${FORMAT_VERSION + 1}; this one knows ${FORMAT_VERSION}`),
    );
    assert.equal(readFileSync(path.join(directory, 'format.json'), 'utf8'), format);
    assert.equal(existsSync(path.join(directory, 'owner.json')), false);
  });

  it('with a format file of something else is refused', () => {
    const directory = temporaryDirectory();
    for (const text of ['', '{}', '{"format":"other","version":1}']) {
      writeFileSync(path.join(directory, 'format.json'), text);
      assert.throws(() => claimDataDirectory(directory), /not the format file of S3 Vectors Local/);
    }
  });

  it('loses the locks that processes left behind which ended while they took it', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const strays = [`owner.json.${child.pid}`, `owner.json.${child.pid}.stale`];
    for (const name of [...strays, `owner.json.${process.ppid}`]) {
      writeFileSync(path.join(directory, name), '');
    }
    claimDataDirectory(directory).release();
    assert.deepEqual(readdirSync(directory).sort(), ['format.json', `owner.json.${process.ppid}`]);
  });
});
