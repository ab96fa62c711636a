import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INDEX_WRITE_QUOTA, sharedWriteRate, WriteRate } from '../../../runtime/vector-store/write-rate';

describe('the write rate of an index', () => {
  it('keeps every second under both quotas, whatever the requests', () => {
    const requests = fc.array(
      fc.record({ vectors: fc.integer({ min: 1, max: 500 }), pauseMs: fc.integer({ min: 0, max: 400 }) }),
      { minLength: 2, maxLength: 200 },
    );
    fc.assert(
      fc.property(requests, (given) => {
        let now = 0;
        const rate = new WriteRate(INDEX_WRITE_QUOTA, () => now);
        const begun = given.map(({ vectors, pauseMs }) => {
          now += pauseMs;
          return { at: now + rate.reserve(vectors), vectors };
        });
        for (const first of begun) {
          const second = begun.filter(({ at }) => at >= first.at && at < first.at + 1000);
          // What the last request holds is spread over the time after it.
          const before = second.slice(0, -1).reduce((sum, { vectors }) => sum + vectors, 0);
          assert.ok(before <= 2_500, `${before} vectors`);
          assert.ok(second.length <= 1_000);
        }
      }),
    );
  });

  it('lets the first request begin at once and the next when its time has passed', () => {
    const rate = new WriteRate({ vectorsPerSecond: 2_500, requestsPerSecond: 1_000 }, () => 0);
    assert.equal(rate.reserve(500), 0);
    assert.equal(rate.reserve(1), 200);
    assert.equal(rate.reserve(1), 201);
  });

  it('saves up no burst while nothing is written', () => {
    let now = 0;
    const rate = new WriteRate({ vectorsPerSecond: 100, requestsPerSecond: 100 }, () => now);
    rate.reserve(1);
    now = 60_000;
    assert.deepEqual([rate.reserve(1), rate.reserve(1)], [0, 10]);
  });

  it('is one for all stores of an index in this process, and another for another index', () => {
    const index = { region: 'us-east-1', vectorBucketName: 'acme-dev-vector-a', indexName: 'one' };
    assert.equal(sharedWriteRate(index), sharedWriteRate({ ...index }));
    assert.notEqual(sharedWriteRate(index), sharedWriteRate({ ...index, indexName: 'two' }));
  });

  it('stops waiting when the signal aborts', async () => {
    const rate = new WriteRate({ vectorsPerSecond: 0.001, requestsPerSecond: 1 });
    rate.reserve(1);
    const abort = new AbortController();
    const waiting = rate.take(1, abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });
});
