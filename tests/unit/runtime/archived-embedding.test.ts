import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { InvalidInputError } from '../../../contract/invalid-input';
import { ArchiveError } from '../../../runtime/embedding-archive/archive-error';
import { archiveKey, idOfKey, idProblems } from '../../../runtime/embedding-archive/archive-key';
import {
  readArchivedEmbedding,
  writeArchivedEmbedding,
} from '../../../runtime/embedding-archive/archived-embedding';
import { NearestMatches } from '../../../runtime/embedding-archive/nearest-matches';
import { newerOf, paired } from '../../../runtime/embedding-archive/object-pairs';

const bytes = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');

/** The reason for which an object is refused. */
function reason(value: unknown): string {
  try {
    readArchivedEmbedding(value instanceof Uint8Array ? value : bytes(value), 'embeddings/x.json');
  } catch (error) {
    assert.ok(error instanceof ArchiveError);
    assert.equal(error.code, 'UNREADABLE_OBJECT');
    assert.equal(error.key, 'embeddings/x.json');
    assert.ok(error.message.includes('embeddings/x.json'));
    return error.reason ?? '';
  }
  return 'accepted';
}

describe('an archived embedding', () => {
  it('is read in every shape that services of this layout write', () => {
    const read = (value: unknown) => readArchivedEmbedding(bytes(value), 'embeddings/a/b.json');
    const nothing = { text: undefined, metadata: undefined, model: undefined, statedId: undefined };
    assert.deepEqual(read({ embedding: [1, 2] }), {
      id: 'a/b',
      embedding: [1, 2],
      ...nothing,
      unknownFields: [],
    });
    assert.deepEqual(read({ id: 'a/b', embedding: [1, 2] }).id, 'a/b');
    const whole = {
      id: 'a/b',
      text: 't',
      embedding: [0.1],
      metadata: { a: { b: null } },
      dimension: 1,
      model: 'm',
    };
    assert.deepEqual(read(whole), {
      id: 'a/b',
      text: 't',
      embedding: [0.1],
      metadata: { a: { b: null } },
      model: 'm',
      statedId: undefined,
      unknownFields: [],
    });
  });

  it('names what it does not know and an id that contradicts its key, and loses neither', () => {
    const read = readArchivedEmbedding(
      bytes({ id: 'other', embedding: [1], tags: [], created_at: 1 }),
      'embeddings/x.json',
    );
    assert.deepEqual([read.id, read.statedId, read.unknownFields], ['x', 'other', ['created_at', 'tags']]);
  });

  it('takes its id from the file where the key has no prefix of an archive', () => {
    const id = (value: object, key: string, prefix?: string) =>
      readArchivedEmbedding(bytes(value), key, prefix).id;
    assert.equal(id({ embedding: [1] }, '/data/export/one.json.gz'), 'one');
    assert.equal(id({ embedding: [1], id: 'a/one' }, '/data/export/one.json'), 'a/one');
    assert.equal(id({ embedding: [1] }, '/data/export/a/one.json', '/data/export/'), 'a/one');
  });

  it('is refused with the reason where it is anything else', () => {
    assert.equal(reason(''), 'it is empty.');
    assert.equal(reason('{"embedding": [1, 2'), 'it is not JSON.');
    assert.match(reason('{"text": "secret", "embedding": [1, NaN]}'), /^it is not JSON: it holds NaN/);
    assert.equal(reason('[1, 2]'), 'it holds a list, not an object with "embedding".');
    assert.equal(reason({ vector: [1] }), 'it has no "embedding".');
    assert.equal(reason({ embedding: [] }), '"embedding" is empty.');
    assert.equal(reason({ embedding: [1, '2'] }), '"embedding"[1] is a string, not a finite number.');
    assert.equal(reason('{"embedding": [1e999]}'), '"embedding"[0] is Infinity, not a finite number.');
    assert.match(reason({ embedding: [1], dimension: 2 }), /"dimension" says 2 and "embedding" has 1/);
    assert.match(
      reason({ embedding: 'x', text: 1, metadata: [], model: 2, id: 3 }),
      /"embedding" is a string.*"text" is a number.*"metadata" is a list.*"model" is a number.*"id" is a number/,
    );
    assert.match(reason(Buffer.of(0x7b, 0xff, 0xfe)), /no UTF-8/);
    const compressed = gzipSync(bytes({ embedding: [1] }));
    assert.match(reason(compressed.subarray(0, compressed.length - 9)), /gzip data is damaged/);
  });

  it('never quotes its text in an error', () => {
    assert.doesNotMatch(reason('{"text": "a confidential sentence", "embedding": [1,, 2]}'), /confidential/);
  });

  it('comes back as it was written, compressed or not', () => {
    const anything = fc.record(
      {
        embedding: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
          minLength: 1,
          maxLength: 20,
        }),
        text: fc.string({ unit: 'grapheme' }),
        metadata: fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          fc.oneof(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.nat(), fc.constant(null)),
          { noNullPrototype: true },
        ),
        model: fc.string(),
      },
      { requiredKeys: ['embedding'] },
    );
    fc.assert(
      fc.property(anything, fc.boolean(), (value, compress) => {
        const read = readArchivedEmbedding(writeArchivedEmbedding('x', value, compress), 'embeddings/x.json');
        // JSON knows no −0.
        assert.deepEqual(
          read.embedding,
          value.embedding.map((number) => number + 0),
        );
        assert.deepEqual(
          { text: read.text, metadata: read.metadata, model: read.model },
          { text: value.text, metadata: value.metadata, model: value.model },
        );
      }),
      { seed: 1 },
    );
  });

  it('keeps every bit of a Float32Array in fewer bytes', () => {
    const embedding = Float32Array.from({ length: 1000 }, (_, at) => Math.sin(at + 1));
    const written = writeArchivedEmbedding('x', { embedding }, false);
    const read = readArchivedEmbedding(written, 'embeddings/x.json');
    assert.deepEqual(Float32Array.from(read.embedding), embedding);
    assert.ok(
      written.length < 0.65 * writeArchivedEmbedding('x', { embedding: Array.from(embedding) }, false).length,
    );
  });

  it('is refused before it is written where it could not be read back, all reasons at once', () => {
    assert.throws(
      () =>
        writeArchivedEmbedding(
          'x',
          { embedding: [1, Number.NaN], text: 'torn \ud83d', metadata: { at: new Date(), n: [Infinity] } },
          false,
        ),
      (error: unknown) => {
        assert.ok(error instanceof InvalidInputError);
        assert.match(error.message, /\[1\] is NaN/);
        assert.match(error.message, /surrogate/);
        assert.match(error.message, /"metadata\.at"/);
        assert.match(error.message, /"metadata\.n\[0\]"/);
        return true;
      },
    );
  });
});

describe('a key of the archive', () => {
  it('stands for exactly one id', () => {
    const ids = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('a.json', 'a.json.gz', '.json', 'a/b', 'é'),
    );
    fc.assert(
      fc.property(ids, fc.boolean(), (id, compressed) => {
        assert.equal(idOfKey('p/', archiveKey('p/', id, compressed)), id);
      }),
      { seed: 1 },
    );
    for (const key of ['p/', 'p/.json', 'p/a.txt', 'q/a.json', 'p/a.json.bak'])
      assert.equal(idOfKey('p/', key), undefined);
  });

  it('is refused for an id that S3 or HTTP would not carry', () => {
    assert.deepEqual(idProblems('a/b c+ü.json', 'p/'), []);
    assert.match(idProblems('', 'p/').join(), /empty/);
    assert.match(idProblems(7, 'p/').join(), /number/);
    assert.match(idProblems('a/../b', 'p/').join(), /path segment/);
    assert.match(idProblems('a\nb', 'p/').join(), /control character/);
    assert.match(idProblems('é'.repeat(510), 'p/').join(), /1030 UTF-8 bytes/);
    assert.match(idProblems('\ud83d', 'p/').join(), /surrogate/);
  });
});

describe('a listing of both forms', () => {
  const at = (second: number) => new Date(second * 1000);

  it('pairs every id with its newer form, in any mixture of names', async () => {
    const name = fc.stringMatching(/^[a-b.\-é]{1,3}$/);
    const ids = fc.oneof(
      name,
      name.map((id) => `${id}.json`),
      name.map((id) => `${id}.json.gz`),
      name.map((id) => `${id}.json-${id}`),
    );
    const forms = fc.record({ plain: fc.option(fc.nat(3)), gz: fc.option(fc.nat(3)) });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(ids, forms), fc.boolean(), async (stored, compress) => {
        const objects = Object.entries(stored)
          .flatMap(([id, { plain, gz }]) => [
            ...(plain === null
              ? []
              : [{ key: archiveKey('e/', id, false), size: 1, lastModified: at(plain) }]),
            ...(gz === null ? [] : [{ key: archiveKey('e/', id, true), size: 1, lastModified: at(gz) }]),
          ])
          .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
        async function* listed() {
          await Promise.resolve();
          yield* objects;
        }
        const entries = new Map<string, string>();
        for await (const { id, key } of paired(listed(), { prefix: 'e/', compress })) {
          assert.ok(!entries.has(id), `${id} came twice`);
          entries.set(id, key);
        }
        const expected = Object.entries(stored).flatMap(([id, { plain, gz }]) => {
          if (plain === null && gz === null) return [];
          const compressed = plain === null || (gz !== null && (gz === plain ? compress : gz > plain));
          return [[id, archiveKey('e/', id, compressed)] as const];
        });
        assert.deepEqual([...entries].sort(), expected.sort());
      }),
      { seed: 1 },
    );
  });

  it('prefers in the same second what the archive writes', () => {
    const plain = { key: 'a.json', lastModified: at(1) };
    const compressed = { key: 'a.json.gz', lastModified: at(1) };
    assert.equal(newerOf(plain, compressed, true), compressed);
    assert.equal(newerOf(plain, compressed, false), plain);
    assert.equal(newerOf({ ...plain, lastModified: at(2) }, compressed, true).key, 'a.json');
  });
});

describe('the nearest of a stream', () => {
  it('are those of a full sort, whatever their order', () => {
    const matches = fc.uniqueArray(fc.record({ id: fc.string({ maxLength: 3 }), distance: fc.nat(5) }), {
      selector: ({ id }) => id,
      maxLength: 60,
    });
    fc.assert(
      fc.property(matches, fc.integer({ min: 1, max: 20 }), (all, count) => {
        const nearest = new NearestMatches<(typeof all)[number]>(count);
        for (const match of all) nearest.add(match);
        const sorted = [...all].sort((a, b) => a.distance - b.distance || (a.id > b.id ? 1 : -1));
        assert.deepEqual(nearest.sorted(), sorted.slice(0, count));
      }),
      { seed: 1 },
    );
  });
});
