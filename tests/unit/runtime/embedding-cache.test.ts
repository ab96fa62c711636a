import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { archiveCache } from '../../../runtime/embedders/archive-cache';
import { cachedEmbedder } from '../../../runtime/embedders/cached-embedder';
import type { Embedder } from '../../../runtime/embedders/embedder';
import { embedderFor } from '../../../runtime/embedders/embedder-for';
import { EmbeddingError } from '../../../runtime/embedders/embedding-error';
import { cacheKey } from '../../../runtime/embedders/embedding-cache';
import type { CacheEntry, EmbeddingCache } from '../../../runtime/embedders/embedding-cache';
import { folderCache } from '../../../runtime/embedders/folder-cache';
import { memoryCache } from '../../../runtime/embedders/memory-cache';
import { EmbeddingArchive } from '../../../runtime/embedding-archive/embedding-archive';
import { START_WITHIN, startLocalBucket } from './surroundings/local-archive';

/** An embedder that counts: the vector of a text is its length and how many texts came before it. */
function counting(about: Partial<Embedder> = {}): Embedder & { readonly texts: string[] } {
  const texts: string[] = [];
  return {
    modelId: 'a-model',
    dimension: 2,
    texts,
    embed: (given) =>
      Promise.resolve(
        given.map((text) => {
          texts.push(text);
          return text === 'bad'
            ? { error: new EmbeddingError('TEXT_TOO_LONG', 'too long.') }
            : { embedding: { vector: [text.length, texts.length], truncated: false, inputTokens: 5 } };
        }),
      ),
    ...about,
  };
}

function recorder() {
  const warnings: Record<string, unknown>[] = [];
  const warn = (fields: object, event: string) => {
    warnings.push({ event, ...fields });
  };
  return { warnings, log: { debug: warn, info: warn, warn, error: warn } };
}

const vectors = async (
  embedder: Embedder,
  texts: readonly string[],
  purpose: 'document' | 'query' = 'document',
) => (await embedder.embed(texts, purpose)).map(({ embedding }) => embedding?.vector);

describe('an embedder with a cache', () => {
  it('embeds a text once, and says that nothing was billed for the rest', async () => {
    const model = counting();
    const embedder = cachedEmbedder(model, memoryCache());
    const outcomes = await embedder.embed(['a', 'bb', 'a'], 'document');
    assert.deepEqual(model.texts, ['a', 'bb']);
    assert.deepEqual(
      outcomes.map(({ embedding }) => [embedding?.vector, embedding?.inputTokens, embedding?.cached]),
      [
        [[1, 1], 5, undefined],
        [[2, 2], 5, undefined],
        [[1, 1], 0, true],
      ],
    );
    assert.deepEqual(await vectors(embedder, ['bb', 'new', 'a']), [
      [2, 2],
      [3, 3],
      [1, 1],
    ]);
    assert.deepEqual(model.texts, ['a', 'bb', 'new']);
  });

  it('keeps apart what has another model, dimension, purpose or treatment of long texts', async () => {
    const cache = memoryCache();
    const base = counting();
    await cachedEmbedder(base, cache).embed(['a'], 'document');
    await cachedEmbedder(base, cache).embed(['a'], 'query');
    assert.equal(base.texts.length, 2);
    for (const other of [{ modelId: 'another' }, { dimension: 3 }, { variant: 'truncation=end' }]) {
      const model = counting({ ...other });
      await cachedEmbedder(model, cache).embed(['a'], 'document');
      assert.equal(model.texts.length, 1, JSON.stringify(other));
    }
    const subject = { modelId: 'm', dimension: 1, purpose: 'query', variant: '', textHash: 'h' } as const;
    assert.notEqual(cacheKey({ ...subject, modelId: 'm1' }), cacheKey({ ...subject, modelId: 'm' }));
    assert.match(cacheKey(subject), /^[0-9a-f]{64}$/);
  });

  it('keeps no failure', async () => {
    const model = counting();
    const embedder = cachedEmbedder(model, memoryCache());
    for (const call of [1, 2]) {
      const [outcome] = await embedder.embed(['bad', 'bad'], 'document');
      assert.equal(outcome?.error?.code, 'TEXT_TOO_LONG');
      assert.equal(model.texts.length, call);
    }
  });

  it('lets the model refuse what is no string', async () => {
    const embedder = embedderFor('amazon.titan-embed-text-v2:0', 256, {
      invoke: () => assert.fail('must not be called'),
      cache: memoryCache(),
    });
    const outcomes = await embedder.embed([7 as unknown as string, ''], 'document');
    assert.deepEqual(
      outcomes.map(({ error }) => error?.code),
      ['INVALID_TEXT', 'EMPTY_TEXT'],
    );
  });

  it('goes on where the cache itself fails, and says so', async () => {
    const { warnings, log } = recorder();
    const broken: EmbeddingCache = {
      get: () => Promise.reject(new Error('no disk')),
      put: () => Promise.reject(new Error('disk full')),
    };
    assert.deepEqual(await vectors(cachedEmbedder(counting(), broken, log), ['a']), [[1, 1]]);
    assert.deepEqual(
      warnings.map(({ event, reason }) => [event, reason]),
      [
        ['embedding_cache_unusable', 'reading it failed: no disk'],
        ['embedding_cache_unusable', 'keeping it failed: disk full'],
      ],
    );
  });

  it('makes every kind of damaged entry again, and says which', async () => {
    let entry: unknown;
    const cache: EmbeddingCache = {
      get: () => Promise.resolve(entry),
      put: (_, made) => {
        entry = made;
        return Promise.resolve();
      },
    };
    const { warnings, log } = recorder();
    const model = counting();
    const embedder = cachedEmbedder(model, cache, log);
    await embedder.embed(['a'], 'document');
    const good = entry as CacheEntry;
    const damages: [unknown, RegExp][] = [
      [null, /it is null/],
      ['text', /it is string/],
      [{ ...good, textHash: 'x' }, /textHash is another/],
      [{ ...good, vector: [1] }, /does not have 2 numbers/],
      [{ ...good, vector: [1, null] }, /no number/],
      [{ ...good, truncated: undefined }, /whether the text was cut/],
      [{ ...good, vector: [1, 1.0000001] }, /checksum is wrong/],
    ];
    for (const [damaged, reason] of damages) {
      entry = damaged;
      warnings.length = 0;
      const made = model.texts.length;
      const [vector] = await vectors(embedder, ['a']);
      assert.deepEqual(vector, [1, made + 1]);
      assert.match(String(warnings[0]?.['reason']), reason);
      assert.equal(warnings.length, 1);
    }
  });

  it('forgets in memory what was unused for longest', async () => {
    const model = counting();
    const embedder = cachedEmbedder(model, memoryCache({ maxEntries: 2 }));
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await embedder.embed([text], 'document');
    assert.deepEqual(model.texts, ['a', 'b', 'c', 'b']);
    assert.throws(() => memoryCache({ maxEntries: 0 }), /at least 1/);
  });
});

describe('a cache in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'embedding-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));

  it('serves the next process, holds no text and is its owner’s alone', async () => {
    await cachedEmbedder(counting(), folderCache(folder)).embed(['a confidential text'], 'document');
    const model = counting();
    assert.deepEqual(await vectors(cachedEmbedder(model, folderCache(folder)), ['a confidential text']), [
      [19, 1],
    ]);
    assert.deepEqual(model.texts, []);
    const [file] = await files();
    const whole = path.join(folder, file ?? '');
    assert.doesNotMatch(await readFile(whole, 'utf8'), /confidential/);
    assert.equal((await stat(whole)).mode & 0o077, 0);
  });

  it('makes a file again that was cut short', async () => {
    const embedder = () => cachedEmbedder(model, folderCache(folder), log);
    const { warnings, log } = recorder();
    const model = counting();
    await embedder().embed(['a'], 'document');
    const [file] = await files();
    const whole = path.join(folder, file ?? '');
    await writeFile(whole, (await readFile(whole, 'utf8')).slice(0, 60));
    assert.deepEqual(await vectors(embedder(), ['a']), [[1, 2]]);
    assert.match(String(warnings[0]?.['reason']), /is not JSON/);
    assert.deepEqual(await vectors(embedder(), ['a']), [[1, 2]]);
    assert.equal((await files()).length, 1);
  });
});

describe('a cache in S3', () => {
  it('serves the next process, and makes an object again that is damaged', async () => {
    const bucket = await startLocalBucket('acme-test-vector-cache');
    const archive = new EmbeddingArchive({
      ...bucket.connection,
      prefix: 'embedding-cache/',
      compress: true,
    });
    try {
      const { warnings, log } = recorder();
      await cachedEmbedder(counting(), archiveCache(archive)).embed(['a'], 'document');
      const model = counting();
      const embedder = cachedEmbedder(model, archiveCache(archive), log);
      assert.deepEqual(await vectors(embedder, ['a']), [[1, 1]]);
      assert.deepEqual(model.texts, []);
      for await (const { key } of archive.list()) await bucket.put(key, '{"embedding": [1');
      assert.deepEqual(await vectors(embedder, ['a']), [[1, 1]]);
      assert.deepEqual(model.texts, ['a']);
      assert.match(String(warnings[0]?.['reason']), /no archived embedding/);
      await embedder.embed(['a'], 'document');
      assert.deepEqual(model.texts, ['a']);
    } finally {
      await archive.close();
      bucket.client.destroy();
    }
  }).timeout(START_WITHIN);
});
