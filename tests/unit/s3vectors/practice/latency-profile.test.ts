import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OptionError } from '../../../../local/s3vectors/option-error';
import { readLatency } from '../../../../local/s3vectors/practice/latency-profile';

describe('a latency profile', () => {
  it('is a constant for everything, or for a kind of operation', () => {
    assert.equal(readLatency(80)('CreateIndex'), 80);
    assert.equal(readLatency('80')('QueryVectors'), 80);
    const profile = readLatency('put=200,control=5,all=20');
    assert.deepEqual(
      ['PutVectors', 'QueryVectors', 'CreateIndex', 'TagResource'].map(profile),
      [200, 20, 5, 5],
    );
    assert.equal(readLatency({ put: 7 })('GetVectors'), 0);
  });

  it('has the median and the 99th percentile that were given', () => {
    const profile = readLatency('query=60/300');
    const times = Array.from({ length: 20_000 }, () => profile('QueryVectors')).sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(share * times.length)]!;
    assert.ok(Math.abs(at(0.5) - 60) < 3, String(at(0.5)));
    assert.ok(Math.abs(at(0.99) - 300) < 30, String(at(0.99)));
    assert.ok(times[0]! > 0);
  });

  it('is the same for the same seed', () => {
    const times = (seed: number) => {
      const profile = readLatency({ all: '10/50', seed });
      return Array.from({ length: 20 }, () => profile('PutVectors'));
    };
    assert.deepEqual(times(3), times(3));
    assert.notDeepEqual(times(3), times(4));
  });

  it('is refused with every problem at once', () => {
    assert.throws(
      () => readLatency('put=300/60,get=fast,query=1/2/3,list=-1,search=5,delete=0/9'),
      (error: unknown) => {
        assert.ok(error instanceof OptionError);
        for (const part of [
          'put: "300/60"',
          'get: "fast"',
          'query: "1/2/3"',
          'list: "-1"',
          'search',
          'delete: "0/9"',
        ]) {
          assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        }
        return true;
      },
    );
    assert.throws(() => readLatency(''.padEnd(3, '/')), OptionError);
  });
});
