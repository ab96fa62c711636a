import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { CallRate, estimatedTokens } from '../../../runtime/embedders/call-rate';
import { embedderFor } from '../../../runtime/embedders/embedder-for';

describe('the rate of a model', () => {
  it('never lets more calls or tokens begin in a minute than the quota has', () => {
    const calls = fc.array(fc.record({ pause: fc.nat(3_000), tokens: fc.nat(400) }), { maxLength: 80 });
    fc.assert(
      fc.property(calls, (given) => {
        let now = 0;
        const rate = new CallRate({ requestsPerMinute: 30, tokensPerMinute: 2_000 }, () => now);
        const begun = given.map(({ pause, tokens }) => {
          now += pause;
          return { at: now + rate.reserve(tokens), tokens };
        });
        for (const [first, { at }] of begun.entries()) {
          // The last call of a minute may use tokens that are paid for after it.
          const minute = begun.slice(first).filter((call) => call.at < at + 60_000 - 1e-6);
          assert.ok(minute.length <= 30);
          const tokens = minute.slice(0, -1).reduce((sum, call) => sum + call.tokens, 0);
          assert.ok(tokens <= 2_000);
        }
      }),
      { seed: 1 },
    );
  });

  it('learns from what the model counted', () => {
    const rate = new CallRate({ tokensPerMinute: 60 }, () => 0);
    assert.equal(rate.reserve(10), 0);
    rate.counted(10, 4);
    assert.equal(rate.reserve(1), 4_000);
  });

  it('is asked before every call of an embedder, repeated ones included', async () => {
    const taken: number[] = [];
    const counted: number[][] = [];
    class Recorded extends CallRate {
      override take(tokens: number): Promise<void> {
        taken.push(tokens);
        return Promise.resolve();
      }
      override counted(estimated: number, actual: number): void {
        counted.push([estimated, actual]);
      }
    }
    let calls = 0;
    const embedder = embedderFor('amazon.titan-embed-text-v2:0', 256, {
      rate: new Recorded({}),
      concurrency: 1,
      retry: { throttledDelayMs: 1 },
      invoke: () => {
        calls += 1;
        assert.equal(taken.length, calls);
        return calls === 1
          ? Promise.reject(
              Object.assign(new Error('slow'), {
                name: 'ThrottlingException',
                $metadata: { httpStatusCode: 429 },
              }),
            )
          : Promise.resolve({ embedding: Array<number>(256).fill(1), inputTextTokenCount: 7 });
      },
    });
    const outcomes = await embedder.embed(['abc', 'defghi'], 'document');
    assert.ok(outcomes.every(({ embedding }) => embedding !== undefined));
    assert.deepEqual(taken, [1, 1, 2]);
    assert.deepEqual(counted, [
      [1, 7],
      [2, 7],
    ]);
  });

  it('ends waiting at the caller’s signal and refuses a quota of nothing', async () => {
    const rate = new CallRate({ requestsPerMinute: 0.001 });
    await rate.take(1);
    const abort = new AbortController();
    const waiting = rate.take(1, abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    assert.throws(() => new CallRate({ requestsPerMinute: 0, tokensPerMinute: Number.NaN }), /2 problems/);
  });

  it('counts more tokens for other languages than for English', () => {
    assert.equal(estimatedTokens(['abcdef', '漢字']), 4);
  });
});

describe('the clients of AWS', () => {
  it('are loaded only when they are used', () => {
    const program = `
      const { embedderFor } = require('./runtime/embedders/embedder-for');
      const { EmbeddingArchive } = require('./runtime/embedding-archive/embedding-archive');
      require('./runtime/embedding-service/embedding-service');
      embedderFor('amazon.titan-embed-text-v2:0');
      new EmbeddingArchive({ bucketName: 'a-bucket' });
      const loaded = Object.keys(require.cache).filter((file) => /client-(bedrock-runtime|s3)[/\\\\]/.test(file));
      console.log(JSON.stringify(loaded));
    `;
    const root = path.join(__dirname, '..', '..', '..');
    const printed = execFileSync(process.execPath, ['--import', 'tsx', '-e', program], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(printed), []);
  });
});
