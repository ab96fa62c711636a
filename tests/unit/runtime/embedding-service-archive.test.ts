import assert from 'node:assert/strict';
import { EmbeddingArchive } from '../../../runtime/embedding-archive/embedding-archive';
import type { Embedder } from '../../../runtime/embedders/embedder';
import { EmbeddingError } from '../../../runtime/embedders/embedding-error';
import type { Document } from '../../../runtime/embedding-service/document';
import { EmbeddingService } from '../../../runtime/embedding-service/embedding-service';
import { StoreError } from '../../../runtime/embedding-service/store-report';
import { START_WITHIN, startLocalBucket } from './surroundings/local-archive';
import type { LocalBucket } from './surroundings/local-archive';

const WORDS = ['cat', 'dog', 'money', 'rain'];
/** A vector of which words a text holds. */
const embedder: Embedder = {
  modelId: 'words',
  dimension: WORDS.length,
  embed: (texts) =>
    Promise.resolve(
      texts.map((text) =>
        text === ''
          ? { error: new EmbeddingError('EMPTY_TEXT', 'empty.') }
          : {
              embedding: {
                vector: WORDS.map((word) => (text.includes(word) ? 1 : 0.01)),
                truncated: false,
                inputTokens: 3,
              },
            },
      ),
    ),
};

describe('an embedding service over an embedding archive', () => {
  let bucket: LocalBucket;
  let archive: EmbeddingArchive;
  let service: EmbeddingService;
  const lines: { event: string; fields: Record<string, unknown> }[] = [];
  const write = (fields: object, event: string) => lines.push({ event, fields: { ...fields } });
  const log = { debug: write, info: write, warn: write, error: write };

  before(async function () {
    this.timeout(START_WITHIN);
    bucket = await startLocalBucket('acme-test-vector-documents');
    archive = new EmbeddingArchive({ ...bucket.connection, compress: true });
    service = new EmbeddingService({ store: archive, embedder, log });
  });
  after(async () => {
    await archive.close();
    bucket.client.destroy();
  });

  it('stores documents whole and finds them by meaning', async () => {
    const long = 'a dog in the rain '.repeat(5_000);
    const report = await service.store([
      { id: 'cats', text: 'the cat sleeps', metadata: { topic: 'animals' } },
      { id: 'dogs', text: long, metadata: { topic: 'animals' } },
      { id: 'revenue', text: 'money came in', metadata: { topic: 'money' } },
    ]);
    assert.deepEqual([report.stored, report.failed, report.inputTokens], [3, 0, 9]);
    const [first] = await service.search('dog in the rain', { topK: 1 });
    assert.deepEqual(
      [first?.id, first?.text, first?.textTruncated, first?.metadata],
      ['dogs', long, false, { topic: 'animals' }],
    );
    const [only] = await service.search('dog', { filter: { topic: 'money' } });
    assert.equal(only?.id, 'revenue');
    const { documents, missing } = await service.get(['revenue', 'nobody', 'cats']);
    assert.deepEqual(
      documents.map(({ id }) => id),
      ['revenue', 'cats'],
    );
    assert.deepEqual(missing, ['nobody']);
    assert.equal((await archive.retrieve('cats'))?.model, 'words');
  });

  it('gives a reason for everything that it does not store', async () => {
    const report = await service.store([
      { id: 'fine', text: 'rain' },
      { id: 'fine', text: 'again' },
      { id: 'a/../b', text: 'rain' },
      { id: 'nested', text: 'rain', metadata: { a: { b: 1 } } },
      { id: 'empty', text: '' },
    ] as unknown as Document[]);
    assert.deepEqual(
      report.documents.map((outcome) => (outcome.stored ? 'stored' : outcome.code)),
      ['stored', 'DUPLICATE_ID', 'INVALID_DOCUMENT', 'INVALID_DOCUMENT', 'EMPTY_TEXT'],
    );
  });

  it('tells of objects that a search could not compare', async () => {
    await bucket.put('embeddings/torn.json', '{');
    lines.length = 0;
    await service.search('cat');
    assert.deepEqual(
      lines.filter(({ event }) => event === 'vector_retrieve_failed').map(({ fields }) => fields['objects']),
      [[{ key: 'embeddings/torn.json', reason: 'it is not JSON.' }]],
    );
  });

  it('embeds a text without storing it', async () => {
    assert.deepEqual((await service.generate('cat')).vector, [1, 0.01, 0.01, 0.01]);
    await assert.rejects(service.generate(''), { code: 'EMPTY_TEXT' });
  });

  it('ends where every document would fail, with an outcome for each that was read', async () => {
    const missing = new EmbeddingArchive({
      ...bucket.connection,
      bucketName: 'acme-test-vector-nobody',
      retry: { maxAttempts: 1 },
    });
    const documents = Array.from({ length: 500 }, (_, at) => ({ id: `d${at}`, text: 'cat' }));
    await assert.rejects(
      new EmbeddingService({ store: missing, embedder }).store(documents),
      (error: unknown) => {
        assert.ok(error instanceof StoreError);
        assert.equal(error.code, 'BUCKET_NOT_FOUND');
        const { stored, failed, documents: outcomes } = error.report;
        assert.equal(stored, 0);
        assert.equal(failed, outcomes.length);
        assert.ok(failed < 500);
        return true;
      },
    );
    await missing.close();
  });

  it('gives every document of a source that fails an outcome', async () => {
    function* source(): Generator<Document> {
      for (let at = 0; at < 70; at += 1) yield { id: `s${at}`, text: 'cat' };
      throw new Error('the file ended');
    }
    await assert.rejects(service.store(source()), (error: unknown) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, 'SOURCE_FAILED');
      assert.equal(error.report.documents.length, 70);
      assert.equal(error.report.stored, 64);
      return true;
    });
  });
});
