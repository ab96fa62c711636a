import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { MAX_VECTORS_PER_PUT, MAX_WRITTEN_VECTORS_PER_SECOND } from '../../../../contract/limits';
import { OptionError } from '../../../../local/s3vectors/option-error';
import { useOf } from '../../../../local/s3vectors/practice/quota-use';
import { Quotas, readQuotas, type QuotaOptions } from '../../../../local/s3vectors/practice/quotas';
import { ServiceError } from '../../../../local/s3vectors/service-error';

function quotasAt(options: QuotaOptions = {}) {
  const clock = { now: 0 };
  const quotas = new Quotas(options, () => clock.now);
  const admits = (index: string | undefined, kind: 'write' | 'read' | 'other', vectors = 0): boolean => {
    try {
      quotas.take({ ...(index === undefined ? {} : { index }), kind, vectors });
      return true;
    } catch (error) {
      assert.ok(error instanceof ServiceError);
      assert.deepEqual([error.name, error.status], ['TooManyRequestsException', 429]);
      return false;
    }
  };
  return { clock, quotas, admits };
}

describe('quotas', () => {
  it('let 2,500 vectors a second into an index, in batches as large as the service takes', () => {
    const { clock, admits } = quotasAt();
    const batches = MAX_WRITTEN_VECTORS_PER_SECOND / MAX_VECTORS_PER_PUT;
    for (let batch = 0; batch < batches; batch += 1) assert.ok(admits('b/i', 'write', MAX_VECTORS_PER_PUT));
    assert.ok(!admits('b/i', 'write', 1));
    clock.now += 200; // 500 vectors
    assert.ok(admits('b/i', 'write', MAX_VECTORS_PER_PUT));
    assert.ok(!admits('b/i', 'write', MAX_VECTORS_PER_PUT));
  });

  it('count requests and vectors apart, writes and reads apart, and every index for itself', () => {
    const { admits } = quotasAt({ writes: 2, vectors: 100, reads: 1 });
    assert.ok(admits('b/i', 'write', 1));
    assert.ok(admits('b/i', 'write', 1));
    assert.ok(!admits('b/i', 'write', 1), 'two write requests were all');
    assert.ok(admits('b/i', 'read'));
    assert.ok(!admits('b/i', 'read'));
    assert.ok(admits('b/other', 'write', 100));
    assert.ok(!admits('b/other', 'write', 1), 'a hundred vectors were all');
    assert.ok(admits(undefined, 'other'));
  });

  it('take nothing of any quota for a request that is refused', () => {
    const { clock, admits } = quotasAt({ writes: 2, vectors: 10 });
    assert.ok(admits('b/i', 'write', 10));
    for (let attempt = 0; attempt < 50; attempt += 1) assert.ok(!admits('b/i', 'write', 1));
    clock.now += 100; // one vector, and the second request is still there
    assert.ok(admits('b/i', 'write', 1));
  });

  it('let a request pass that is larger than a second of the quota, when nothing else was asked for', () => {
    const { clock, admits } = quotasAt({ vectors: 100 });
    assert.ok(admits('b/i', 'write', 500));
    clock.now += 4_900; // what was owed is paid off after four seconds, and the bucket full after five
    assert.ok(!admits('b/i', 'write', 500));
    clock.now += 100;
    assert.ok(admits('b/i', 'write', 500));
  });

  it('have one for the account only where it is asked for', () => {
    const { admits } = quotasAt({ account: 2 });
    assert.ok(admits('b/i', 'read'));
    assert.ok(admits(undefined, 'other'));
    assert.ok(!admits('b/other', 'read'));
  });

  it('never admit more than a burst and what the time has brought, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.record({ wait: fc.nat(2_000), vectors: fc.integer({ min: 1, max: 500 }) }), {
          maxLength: 200,
        }),
        (rate, requests) => {
          const { clock, admits } = quotasAt({ vectors: rate, writes: 1e6 });
          let admitted = 0;
          for (const { wait, vectors } of requests) {
            clock.now += wait;
            if (admits('b/i', 'write', vectors)) admitted += vectors;
            // The last request may be larger than what a bucket holds.
            assert.ok(admitted <= rate + (rate * clock.now) / 1000 + Math.max(0, 500 - rate) + 1e-6);
          }
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('neither give nor take when the clock is set back', () => {
    const { clock, admits } = quotasAt({ reads: 1 });
    clock.now = 10_000;
    assert.ok(admits('b/i', 'read'));
    clock.now = 0;
    assert.ok(!admits('b/i', 'read'));
    clock.now = 1_000;
    assert.ok(admits('b/i', 'read'));
  });

  it('remember a bounded number of indexes, and of those the ones that are not full', () => {
    const { clock, quotas, admits } = quotasAt({ reads: 1 });
    for (let index = 0; index < 10_000; index += 1) {
      clock.now += 2_000;
      assert.ok(admits(`b/i${index}`, 'read'));
    }
    const { buckets } = quotas as unknown as { readonly buckets: ReadonlyMap<string, unknown> };
    assert.ok(buckets.size <= 3_000, String(buckets.size));
    assert.ok(!admits('b/i9999', 'read'));
    assert.equal(quotas.refusals, 1);
  });

  it('know an index by its names and by its ARN as the same one', () => {
    const arn = 'arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket-a/index/index-a';
    const names = { vectorBucketName: 'bucket-a', indexName: 'index-a' };
    for (const operation of ['QueryVectors', 'GetVectors', 'ListVectors'] as const) {
      assert.deepEqual(useOf(operation, { indexArn: arn }), useOf(operation, names));
    }
    assert.deepEqual(useOf('PutVectors', { ...names, vectors: [1, 2, 3] }), {
      index: 'bucket-a/index-a',
      kind: 'write',
      vectors: 3,
    });
    assert.deepEqual(useOf('DeleteVectors', { indexArn: arn, keys: ['a'] }), {
      index: 'bucket-a/index-a',
      kind: 'write',
      vectors: 1,
    });
    assert.equal(useOf('CreateIndex', names).index, undefined);
  });

  it('are read from text, and refused with every problem', () => {
    assert.deepEqual(readQuotas('writes=5, vectors=0.5'), { writes: 5, vectors: 0.5 });
    assert.deepEqual(readQuotas(true), {});
    assert.throws(
      () => readQuotas('writes=0,vectors=many,buckets=3,reads'),
      (error: unknown) => {
        assert.ok(error instanceof OptionError);
        for (const part of ['"reads" is no name=value', 'writes', 'vectors: "many"', 'buckets']) {
          assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        }
        return true;
      },
    );
  });
});
