import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallTimeoutError, limitOf } from '../../../runtime/retry/call-limit';
import { callSignal } from '../../../runtime/retry/call-signal';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { ModelEmbedder } from '../../../runtime/embedders/model-embedder';
import { TITAN_V2 } from '../../../runtime/embedders/titan-models';
import { START_WITHIN, startLocalBucket } from './surroundings/local-archive';
import { EmbeddingArchive } from '../../../runtime/embedding-archive/embedding-archive';
import { shapeOf, startLocalIndex } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('the signal of a call', () => {
  it("ends with the caller's, for the same reason", () => {
    const callers = new AbortController();
    const { signal } = callSignal(callers.signal);
    assert.equal(signal.aborted, false);
    const reason = new Error('no longer wanted');
    callers.abort(reason);
    assert.equal(signal.reason, reason);
  });

  it("has ended where the caller's had before", () => {
    const { signal } = callSignal(AbortSignal.abort('over'));
    assert.equal(signal.reason, 'over');
  });

  it("ends by itself without ending the caller's", () => {
    const callers = new AbortController();
    const call = callSignal(callers.signal);
    call.abort();
    assert.equal((call.signal.reason as Error).name, 'AbortError');
    assert.equal(callers.signal.aborted, false);
    call.end();
  });

  it("lets go of the caller's when the call is over, and does not follow it any more", () => {
    const callers = new AbortController();
    const call = callSignal(callers.signal);
    assert.equal(listeners(callers.signal), 1);
    call.end();
    assert.equal(listeners(callers.signal), 0);
    callers.abort();
    assert.equal(call.signal.aborted, false);
  });

  it('ends when its time is over, with what says so, and lets go of the caller', async () => {
    const callers = new AbortController();
    const limit = limitOf({ signal: callers.signal, timeoutMs: 1 });
    await sleep(20);
    assert.ok(limit.signal?.reason instanceof CallTimeoutError);
    limit.end();
    assert.equal(listeners(callers.signal), 0);
  });
});

describe('one signal for many calls at once', () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  let index: LocalIndex;
  let store: VectorStore;
  let archive: EmbeddingArchive;

  before(async function () {
    this.timeout(START_WITHIN);
    process.on('warning', warned);
    index = await startLocalIndex();
    await index.create('listened', shapeOf(2));
    store = new VectorStore(index.connection('listened'));
    const bucket = await startLocalBucket('acme-listened-vector-embeddings');
    archive = new EmbeddingArchive(bucket.connection);
  });
  beforeEach(() => void warnings.splice(0));
  after(async () => {
    process.off('warning', warned);
    await archive.close();
    await index.close();
  });

  /** Warnings come after the turn in which their cause is. */
  const leaksSaid = async () => {
    await sleep(5);
    return warnings
      .filter(({ name }) => name === 'MaxListenersExceededWarning')
      .map(({ message }) => message);
  };
  const many = <T>(call: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 30 }, (_, at) => call(at)));

  it('warns of no leak and leaves none, through the vector store', async () => {
    const { signal } = new AbortController();
    await many((at) => store.put([{ key: `key-${at}`, data: [1, at] }], { signal }));
    await many((at) => store.get([`key-${at}`], { signal, timeoutMs: 60_000 }));
    await many(() => store.query([1, 1], { topK: 3, signal }));
    for await (const { key } of store.list({ segments: 16, signal })) assert.match(key, /^key-/);
    assert.deepEqual(await leaksSaid(), []);
    assert.equal(listeners(signal), 0);
  });

  it('warns of no leak and leaves none, through the archive', async () => {
    const { signal } = new AbortController();
    await many((at) => archive.store(`id-${at}`, { embedding: [1, at] }, { signal }));
    await many((at) => archive.retrieve(`id-${at}`, { signal }));
    assert.equal((await archive.search([1, 1], { signal })).searched, 30);
    assert.deepEqual(await leaksSaid(), []);
    assert.equal(listeners(signal), 0);
  });

  it('warns of no leak, through an embedder with as many calls at once', async () => {
    const { signal } = new AbortController();
    const invoke = async (_model: string, _body: unknown, given: AbortSignal | undefined) => {
      await sleep(10, undefined, { signal: given });
      return { embedding: Array.from({ length: 256 }, () => 1), inputTextTokenCount: 1 };
    };
    const embedder = new ModelEmbedder({
      modelId: 'amazon.titan-embed-text-v2:0',
      model: TITAN_V2,
      dimension: 256,
      concurrency: 30,
      invoke,
    });
    const outcomes = await embedder.embed(
      Array.from({ length: 60 }, (_, at) => `text ${at}`),
      'document',
      { signal },
    );
    assert.equal(outcomes.filter((outcome) => 'embedding' in outcome).length, 60);
    assert.deepEqual(await leaksSaid(), []);
    assert.equal(listeners(signal), 0);
  });
});
