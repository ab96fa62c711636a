import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { readMemoryBudget } from '../../../local/s3vectors/memory-budget';
import { OptionError, startS3VectorsLocal } from '../../../local/s3vectors/server';
import { DataDirectoryError } from '../../../local/s3vectors/storage/data-directory';
import { temporaryDirectory } from './temporary-directory';

const options = { port: 0, region: 'us-east-1', accountId: '123456789012' };

describe('starting S3 Vectors Local', () => {
  it('is refused on an address that other machines can reach', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com']) {
      await assert.rejects(
        startS3VectorsLocal({ ...options, dataDir: temporaryDirectory(), host }),
        OptionError,
      );
    }
  });

  it('is refused with an impossible Region or account', async () => {
    const dataDir = temporaryDirectory();
    await assert.rejects(startS3VectorsLocal({ ...options, dataDir, region: 'nowhere' }), /region "nowhere"/);
    await assert.rejects(startS3VectorsLocal({ ...options, dataDir, accountId: '42' }), /account id "42"/);
  });

  it('is refused with every problem of every option at once, and makes nothing', async () => {
    const dataDir = path.join(temporaryDirectory(), 'data');
    const wrong = {
      ...{ port: 0, dataDir, host: '0.0.0.0', region: 'nowhere', accountId: '42', memory: 'much' },
      ...{
        iam: 'enforce' as const,
        faults: '429=2',
        latency: 'fast',
        clock: 'noon',
        enforceQuotas: 'reads=0',
      },
    };
    await assert.rejects(startS3VectorsLocal(wrong), (error) => {
      assert.ok(error instanceof OptionError);
      const parts = [
        'host',
        'region',
        'account id',
        'memory',
        '--iam',
        '--faults',
        '--latency',
        'clock',
        'quotas',
      ];
      for (const part of parts) assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      return true;
    });
    assert.equal(existsSync(dataDir), false);
  });

  it('takes a memory budget in bytes or with a unit, and refuses what is no size', async () => {
    assert.equal(readMemoryBudget(undefined), undefined);
    for (const [size, bytes] of [
      ['0', 0],
      [123, 123],
      ['1.5 GB', 1.5e9],
      ['512MiB', 512 * 2 ** 20],
      ['2gib', 2 ** 31],
      ['7KB', 7000],
    ] as const)
      assert.equal(readMemoryBudget(size), bytes);
    for (const memory of ['', 'much', '-1', '2 TB', '1e999', 'Infinity', NaN, -5]) {
      await assert.rejects(
        startS3VectorsLocal({ ...options, dataDir: temporaryDirectory(), memory }),
        (error) => error instanceof OptionError && error.message.includes(`memory "${memory}" is no size`),
      );
    }
  });

  it('is refused in a data directory that is in use, and the first goes on', async () => {
    const dataDir = temporaryDirectory();
    const first = await startS3VectorsLocal({ ...options, dataDir });
    await assert.rejects(startS3VectorsLocal({ ...options, dataDir }), DataDirectoryError);
    assert.equal((await fetch(`${first.url}/_local/health`)).status, 200);
    await first.close();
  });

  it('gives the data directory up when the port cannot be had', async () => {
    const first = await startS3VectorsLocal({ ...options, dataDir: temporaryDirectory() });
    const dataDir = temporaryDirectory();
    await assert.rejects(startS3VectorsLocal({ ...options, port: first.port, dataDir }), {
      code: 'EADDRINUSE',
    });
    await first.close();
    await (await startS3VectorsLocal({ ...options, dataDir })).close();
  });

  it('serves IPv6 loopback where it is asked to', async function () {
    let server;
    try {
      server = await startS3VectorsLocal({ ...options, dataDir: temporaryDirectory(), host: '::1' });
    } catch (error) {
      if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? ''))
        this.skip();
      throw error;
    }
    assert.equal((await fetch(`${server.url}/_local/health`)).status, 200);
    await server.close();
  });

  it('finishes the requests under way when it is closed, and takes no more', async () => {
    const server = await startS3VectorsLocal({ ...options, dataDir: temporaryDirectory() });
    const underWay = fetch(`${server.url}/CreateVectorBucket`, {
      method: 'POST',
      body: '{"vectorBucketName":"under-way"}',
    });
    const answer = await underWay;
    await server.close();
    assert.equal(answer.status, 200);
    await assert.rejects(fetch(`${server.url}/_local/health`));
  });
});
