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

  it('is cut by a 429, once for writes that were under way together, and regained evenly', () => {
    let now = 0;
    const rate = new WriteRate(INDEX_WRITE_QUOTA, () => now);
    now = 1_000;
    rate.slowDown(900);
    const share = (): number => rate.share;
    assert.equal(share(), 0.7);
    now = 1_001;
    rate.slowDown(950);
    assert.ok(share() < 0.701, 'the second had begun before the pace was cut');
    now = 2_000;
    assert.ok(Math.abs(share() - 0.73) < 1e-9);
    rate.slowDown(1_500);
    assert.ok(Math.abs(share() - 0.511) < 1e-9);
    for (let more = 0; more < 100; more += 1) {
      now += 1;
      rate.slowDown(now);
    }
    assert.ok(share() >= 0.02 && share() < 0.03);
    now += 60_000;
    assert.equal(share(), 1);
  });

  it('spaces what waits at the pace of its own moment', () => {
    const rate = new WriteRate({ vectorsPerSecond: 1_000, requestsPerSecond: 1_000 }, () => 0);
    rate.slowDown(0);
    rate.reserve(700);
    assert.equal(Math.round(rate.reserve(1)), 1_000);
  });

  it('is shared fairly and near the quota by writers that know nothing of each other', () => {
    // A service with the bucket of the real quota, and four writers that each believe they are alone.
    let now = 0;
    let tokens = 2_500;
    let refilled = 0;
    let refused = 0;
    const written = [0, 0, 0, 0];
    const writers = written.map(() => new WriteRate(INDEX_WRITE_QUOTA, () => now));
    const next = [0, 13, 29, 41];
    while (now < 120_000) {
      const writer = next.indexOf(Math.min(...next));
      now = next[writer]!;
      tokens = Math.min(2_500, tokens + 2.5 * (now - refilled));
      refilled = now;
      if (tokens >= 500) {
        tokens -= 500;
        written[writer]! += 500;
      } else {
        refused += 1;
        writers[writer]!.slowDown(now);
      }
      writers[writer]!.reserve(500, now);
      next[writer] = now + Math.max(1, writers[writer]!.reserve(0, now));
    }
    const total = written.reduce((sum, one) => sum + one, 0);
    assert.ok(total > 0.85 * 2_500 * 120, `${total} vectors in two minutes`);
    assert.ok(Math.min(...written) > 0.5 * Math.max(...written), `shared as ${written.join(', ')}`);
    assert.ok(refused < total / 500 / 3, `${refused} refused`);
  });

  it('lets writes begin in the order in which they came', async () => {
    const rate = new WriteRate({ vectorsPerSecond: 100_000, requestsPerSecond: 1_000 });
    const order: number[] = [];
    await Promise.all(
      [500, 1, 300, 1].map((vectors, at) =>
        rate.paced(vectors, undefined, () => Promise.resolve(order.push(at))),
      ),
    );
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it('tells services of one name at several endpoints apart', () => {
    const index = { region: 'us-east-1', vectorBucketName: 'acme-dev-vector-a', indexName: 'one' };
    assert.notEqual(sharedWriteRate(index), sharedWriteRate({ ...index, endpoint: 'http://127.0.0.1:1' }));
  });
});
