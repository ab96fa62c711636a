import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { metadataProblems } from '../../../contract/vectors/metadata';
import { documentMetadata, readDocument, textKeyOf } from '../../../runtime/embedding-service/document';
import type { Document } from '../../../runtime/embedding-service/document';
import { EmbeddingService } from '../../../runtime/embedding-service/embedding-service';
import { StoreError } from '../../../runtime/embedding-service/store-report';
import type { Embedder } from '../../../runtime/embedders/embedder';
import { embedderFor } from '../../../runtime/embedders/embedder-for';
import { EmbeddingError } from '../../../runtime/embedders/embedding-error';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { CREDENTIALS, shapeOf, startLocalIndex } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

describe('a document in an index', () => {
  const { nonFilterableMetadataKeys: longKeys } = EPISODES_SHAPE;

  it('keeps its text in a key that no filter needs', () => {
    assert.equal(textKeyOf(EPISODES_SHAPE), 'successful_prompt');
    assert.equal(textKeyOf({ nonFilterableMetadataKeys: ['why', 'text'] }), 'text');
    assert.equal(textKeyOf({ nonFilterableMetadataKeys: [] }), 'text');
  });

  it('always fits, whatever its text, and says when it was cut', () => {
    const given = fc.record({
      text: fc.oneof(
        fc.string({ unit: 'grapheme', size: 'large' }),
        fc.integer({ min: 40_700, max: 41_100 }).map((length) => 'é'.repeat(length / 2)),
        fc.integer({ min: 13_000, max: 14_000 }).map((length) => '漢'.repeat(length)),
      ),
      metadata: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 20 }).filter((key) => key !== '__proto__'),
        fc.oneof(fc.string({ maxLength: 60 }), fc.boolean(), fc.nat()),
        { maxKeys: 8, noNullPrototype: true },
      ),
      keys: fc.constantFrom(longKeys, []),
    });
    fc.assert(
      fc.property(given, ({ text, metadata, keys }) => {
        const textKey = textKeyOf({ nonFilterableMetadataKeys: keys });
        fc.pre(!(textKey in metadata) && !('text_truncated' in metadata));
        const stored = documentMetadata({ id: 'x', text, metadata }, textKey, keys);
        assert.deepEqual(stored.problems, []);
        assert.deepEqual(metadataProblems(stored.metadata, keys), []);
        const read = readDocument(stored.metadata, textKey);
        assert.deepEqual(read.metadata, metadata);
        assert.equal(read.textTruncated, stored.textTruncated);
        if (stored.textTruncated) assert.ok(text.startsWith(read.text!) && read.text!.length < text.length);
        else assert.equal(read.text, text);
      }),
    );
  });

  it('loses no more of its text than it must', () => {
    const { metadata } = documentMetadata(
      { id: 'x', text: 'a'.repeat(50_000) },
      'successful_prompt',
      longKeys,
    );
    // 40,960 − object 4 − (8 + "successful_prompt") − (8 + "text_truncated")
    assert.equal((metadata['successful_prompt'] as string).length, 40_960 - 4 - (8 + 17) - (8 + 14));
  });

  it('may not use the keys that its text needs', () => {
    const { problems } = documentMetadata(
      { id: 'x', text: 't', metadata: { successful_prompt: 'mine', text_truncated: false } },
      'successful_prompt',
      longKeys,
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['successful_prompt', 'text_truncated'],
    );
  });
});

describe('an embedding service over S3 Vectors Local', () => {
  let local: LocalIndex;
  let store: VectorStore;
  let service: EmbeddingService;
  const lines: string[] = [];
  const write = (fields: object, event: string) => lines.push(JSON.stringify({ event, ...fields }));
  const log = { debug: write, info: write, warn: write, error: write };

  before(async () => {
    local = await startLocalIndex();
    await local.create('episodes', EPISODES_SHAPE);
    store = new VectorStore({ ...local.connection('episodes'), log });
    const embedder = embedderFor('amazon.nova-2-multimodal-embeddings-v1:0', 3072, {
      endpoint: local.url,
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
    service = new EmbeddingService({ store, embedder, log });
  });
  after(async () => {
    store.close();
    await local.close();
  });
  beforeEach(() => {
    lines.length = 0;
  });

  const events = () => lines.map((line) => (JSON.parse(line) as { event: string }).event);

  it('stores documents and finds them by meaning, with their own metadata', async () => {
    const report = await service.store([
      { id: 'cats', text: 'The cat sleeps on the warm windowsill', metadata: { topic: 'animals' } },
      { id: 'revenue', text: 'Quarterly revenue grew by eight percent', metadata: { topic: 'money' } },
      { id: 'dogs', text: 'A dog barks at the gate', metadata: { topic: 'animals' } },
    ]);
    assert.deepEqual([report.stored, report.failed], [3, 0]);
    assert.deepEqual(events(), [
      'embedding_generated',
      'vector_stored',
      'embedding_stored',
      'embedding_stored',
      'embedding_stored',
      'embedding_stored',
    ]);

    const [first, second] = await service.search('where does the cat sleep', { topK: 2 });
    assert.deepEqual(
      { id: first?.id, text: first?.text, metadata: first?.metadata },
      { id: 'cats', text: 'The cat sleeps on the warm windowsill', metadata: { topic: 'animals' } },
    );
    assert.ok(first!.similarity! > second!.similarity!);
    const money = await service.search('where does the cat sleep', { filter: { topic: 'money' } });
    assert.deepEqual(
      money.map(({ id }) => id),
      ['revenue'],
    );
  });

  it('stores what can be stored and gives a reason for everything else', async () => {
    const documents = [
      { id: 'fine', text: 'a fine text' },
      { id: '', text: 'no id' },
      { id: 'empty', text: '  ' },
      { id: 'fine', text: 'the same id' },
      { id: 'nested', text: 'nested metadata', metadata: { a: { b: 1 } } },
      { id: 'no-text' },
      null,
      { id: 'long', text: 'ééééééééé '.repeat(2_500) },
      { id: 'last', text: 'the last one' },
    ] as unknown as Document[];
    const report = await service.store(documents);
    assert.deepEqual(
      report.documents.map((outcome) => (outcome.stored ? outcome.textTruncated : outcome.code)),
      [
        false,
        'INVALID_DOCUMENT',
        'EMPTY_TEXT',
        'DUPLICATE_ID',
        'INVALID_DOCUMENT',
        'INVALID_DOCUMENT',
        'INVALID_DOCUMENT',
        true,
        false,
      ],
    );
    assert.deepEqual([report.stored, report.failed], [3, 6]);
    const { documents: found, missing } = await service.get(['long', 'empty', 'fine']);
    assert.deepEqual(missing, ['empty']);
    assert.deepEqual(
      found.map(({ id, textTruncated, metadata }) => [id, textTruncated, metadata]),
      [
        ['long', true, {}],
        ['fine', false, {}],
      ],
    );
  });

  it('logs neither texts nor vectors nor credentials', async () => {
    await service.store([{ id: 'secret', text: 'a confidential sentence', metadata: { owner: 'somebody' } }]);
    await service.search('a confidential question');
    await service.get(['secret', 'unknown']);
    const all = lines.join('\n');
    assert.doesNotMatch(all, /confidential|somebody|0\.\d{6,}.*0\.\d{6,}.*0\.\d{6,}/);
    assert.ok(!all.includes(CREDENTIALS.secretAccessKey));
    assert.ok(events().includes('vector_not_found'));
  });

  it('refuses a model that does not fit the index, before it embeds anything', async () => {
    const embedder = embedderFor('amazon.titan-embed-text-v2:0', 1024, {
      invoke: () => Promise.reject(new Error('must not be called')),
    });
    const misfit = new EmbeddingService({ store, embedder });
    await assert.rejects(misfit.store([{ id: 'a', text: 'b' }]), /1024 dimensions.*holds 3072/);
    await assert.rejects(misfit.search('b'), /1024 dimensions.*holds 3072/);
  });
});

describe('an embedding service whose embedder fails', () => {
  let local: LocalIndex;
  let store: VectorStore;
  before(async () => {
    local = await startLocalIndex();
    await local.create('small', shapeOf(2));
    store = new VectorStore(local.connection('small'));
  });
  after(async () => {
    store.close();
    await local.close();
  });

  function* texts(count: number): Generator<Document> {
    for (let at = 0; at < count; at += 1) yield { id: `document-${at}`, text: `text ${at}` };
  }

  it('ends when every text would fail, with an outcome for each document read', async () => {
    let calls = 0;
    const embedder: Embedder = {
      modelId: 'a model',
      dimension: 2,
      embed: (given) => {
        calls += 1;
        return Promise.resolve(
          given.map(() =>
            calls === 1
              ? { embedding: { vector: [1, 1], truncated: false, inputTokens: 2 } }
              : { error: new EmbeddingError('ACCESS_DENIED', 'no access to the model.') },
          ),
        );
      },
    };
    const service = new EmbeddingService({ store, embedder });
    await assert.rejects(service.store(texts(10_000)), (error: unknown) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, 'ACCESS_DENIED');
      assert.match(error.message, /no access to the model/);
      const { report } = error;
      assert.deepEqual([report.stored, report.failed, report.documents.length], [64, 64, 128]);
      assert.equal(report.inputTokens, 128);
      return true;
    });
    assert.equal((await local.keys('small')).length, 64);
  });

  it('gives every document of an aborted store an outcome', async () => {
    const abort = new AbortController();
    let calls = 0;
    const embedder: Embedder = {
      modelId: 'a model',
      dimension: 2,
      embed: (given) => {
        calls += 1;
        if (calls === 2) abort.abort();
        abort.signal.throwIfAborted();
        return Promise.resolve(
          given.map(() => ({ embedding: { vector: [1, 1], truncated: false, inputTokens: undefined } })),
        );
      },
    };
    const service = new EmbeddingService({ store, embedder });
    await assert.rejects(service.store(texts(1_000), { signal: abort.signal }), (error: unknown) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, 'ABORTED');
      assert.equal(error.report.documents.length, 128);
      assert.equal(error.report.stored + error.report.failed, 128);
      return true;
    });
  });

  it('throws the reason when a query has no vector', async () => {
    const embedder: Embedder = {
      modelId: 'a model',
      dimension: 2,
      embed: () => Promise.resolve([{ error: new EmbeddingError('TEXT_TOO_LONG', 'too long.') }]),
    };
    await assert.rejects(
      new EmbeddingService({ store, embedder }).search('long'),
      (error: unknown) => error instanceof EmbeddingError && error.code === 'TEXT_TOO_LONG',
    );
  });
});
