import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { cosineDistance } from '../../../contract/vectors/distance';
import { writeArchivedEmbedding } from '../../../runtime/embedding-archive/archived-embedding';
import { ArchiveError } from '../../../runtime/embedding-archive/archive-error';
import { EmbeddingArchive } from '../../../runtime/embedding-archive/embedding-archive';
import type { EmbeddingArchiveOptions } from '../../../runtime/embedding-archive/embedding-archive';
import { closedEndpoint } from './surroundings/closed-endpoint';
import { S3_CREDENTIALS, START_WITHIN, startLocalBucket } from './surroundings/local-archive';
import type { LocalBucket } from './surroundings/local-archive';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('an embedding archive', () => {
  let bucket: LocalBucket;
  let number = 0;
  const lines: { event: string; fields: Record<string, unknown> }[] = [];
  const write = (fields: object, event: string) => lines.push({ event, fields: { ...fields } });
  const log = { debug: write, info: write, warn: write, error: write };
  const open: EmbeddingArchive[] = [];

  /** An archive below a prefix of its own. */
  const archive = (options: Partial<EmbeddingArchiveOptions> = {}) => {
    number += 1;
    const made = new EmbeddingArchive({
      ...bucket.connection,
      prefix: `case-${number}/`,
      log,
      ...options,
    });
    open.push(made);
    return made;
  };
  const events = () => lines.map(({ event }) => event);

  before(async function () {
    this.timeout(START_WITHIN);
    bucket = await startLocalBucket('acme-test-vector-archive');
  });
  after(async () => {
    for (const each of open) await each.close();
    bucket.client.destroy();
  });
  beforeEach(() => {
    lines.length = 0;
  });

  it('gives back what it stored', async () => {
    const embeddings = archive();
    const value = { embedding: [0.1, -2.5e-8, 3], text: 'é', metadata: { a: [1] }, model: 'm' };
    const { key, bytes } = await embeddings.store('users/7 ü+.json', value);
    assert.equal(key, `${embeddings.prefix}users/7 ü+.json.json`);
    assert.deepEqual(await embeddings.retrieve('users/7 ü+.json'), {
      id: 'users/7 ü+.json',
      ...value,
      statedId: undefined,
      unknownFields: [],
    });
    const listed = await all(embeddings.list());
    assert.deepEqual(
      listed.map(({ id, key, size }) => ({ id, key, size })),
      [{ id: 'users/7 ü+.json', key, size: bytes }],
    );
    assert.deepEqual(lines[0], {
      event: 'vector_stored',
      fields: {
        bucketName: bucket.bucketName,
        id: 'users/7 ü+.json',
        dimension: 3,
        bytes,
        compressed: false,
      },
    });
    assert.equal(lines[1]?.event, 'vector_retrieved');
  });

  it('says undefined for an id that it does not hold, and logs it', async () => {
    assert.equal(await archive().retrieve('nobody'), undefined);
    assert.deepEqual(events(), ['vector_not_found']);
  });

  it('writes gzip when told to and reads both forms either way', async () => {
    const compressing = archive({ compress: true });
    const plain = archive({ prefix: compressing.prefix });
    const { key } = await compressing.store('a', { embedding: Array<number>(500).fill(0.5) });
    assert.ok(key.endsWith('/a.json.gz'));
    await bucket.put(`${plain.prefix}b.json`, JSON.stringify({ embedding: [1] }));
    for (const reader of [compressing, plain]) {
      assert.equal((await reader.retrieve('a'))?.embedding.length, 500);
      assert.deepEqual((await reader.retrieve('b'))?.embedding, [1]);
    }
    const size = (await all(plain.list()))[0]?.size ?? Infinity;
    assert.ok(size < 200, `${size} bytes are not compressed`);
  });

  it('leaves one form when it stores in the other, and no delete marker where there was none', async () => {
    const plain = archive();
    const compressing = archive({ prefix: plain.prefix, compress: true });
    await plain.store('a', { embedding: [1] });
    await compressing.store('a', { embedding: [2] });
    assert.deepEqual((await plain.retrieve('a'))?.embedding, [2]);
    await plain.store('a', { embedding: [3] });
    assert.deepEqual((await compressing.retrieve('a'))?.embedding, [3]);
    assert.equal((await all(plain.list())).length, 1);
    await plain.store('b', { embedding: [1] });
    assert.equal(await plain.delete('b'), true);
    assert.equal(await plain.delete('b'), false);
    const { DeleteMarkers = [] } = await bucket.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket.bucketName, Prefix: `${plain.prefix}b` }),
    );
    assert.deepEqual(
      DeleteMarkers.map(({ Key }) => Key),
      [`${plain.prefix}b.json`],
    );
  });

  it('reads the newer form where others left both', async () => {
    const embeddings = archive();
    await bucket.put(`${embeddings.prefix}a.json.gz`, gzipSync(JSON.stringify({ embedding: [1] })));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await bucket.put(`${embeddings.prefix}a.json`, JSON.stringify({ embedding: [2] }));
    assert.deepEqual((await embeddings.retrieve('a'))?.embedding, [2]);
    const compressing = archive({ prefix: embeddings.prefix, compress: true });
    assert.deepEqual((await compressing.retrieve('a'))?.embedding, [2]);
    assert.deepEqual(
      (await all(compressing.list())).map(({ key }) => key),
      [`${embeddings.prefix}a.json`],
    );
  });

  it('lists beyond a thousand objects, by prefix, since a time and after an id, and names what is none', async () => {
    const embeddings = archive();
    const body = JSON.stringify({ embedding: [1, 2] });
    const ids = Array.from({ length: 1_205 }, (_, at) => `${at % 2 === 0 ? 'even' : 'odd'}/${at}`);
    for (let begin = 0; begin < ids.length; begin += 50) {
      await Promise.all(
        ids.slice(begin, begin + 50).map((id) => bucket.put(`${embeddings.prefix}${id}.json`, body)),
      );
    }
    await bucket.put(`${embeddings.prefix}notes.txt`, 'x');
    const sorted = [...ids].sort();
    const others: string[] = [];
    const idsOf = async (options?: Parameters<typeof embeddings.list>[0]) =>
      (await all(embeddings.list(options))).map(({ id }) => id);
    assert.deepEqual(await idsOf({ onOther: (key) => others.push(key) }), sorted);
    assert.deepEqual(others, [`${embeddings.prefix}notes.txt`]);
    assert.equal((await idsOf({ prefix: 'odd/' })).length, 602);
    assert.deepEqual(await idsOf({ after: sorted[1_100] as string }), sorted.slice(1_101));
    assert.deepEqual(await idsOf({ since: new Date(Date.now() + 60_000) }), []);
    assert.equal((await idsOf({ since: new Date(Date.now() - 3_600_000) })).length, 1_205);
    await assert.rejects(idsOf({ signal: AbortSignal.abort() }), { code: 'ABORTED' });
  }).timeout(60_000);

  it('makes and stores what is missing, once for all who ask at the same time', async () => {
    const embeddings = archive();
    let made = 0;
    const create = async (id: string) => {
      made += 1;
      await Promise.resolve();
      return { embedding: [made], text: id, model: 'm' };
    };
    const answers = await Promise.all([1, 2, 3].map(() => embeddings.retrieveOrCreate('a', create)));
    assert.deepEqual(
      answers.map(({ embedding }) => embedding),
      [[1], [1], [1]],
    );
    assert.deepEqual((await embeddings.retrieveOrCreate('a', create)).text, 'a');
    assert.equal(made, 1);
    assert.equal(events().filter((event) => event === 'embedding_generated').length, 1);
    assert.equal(events().filter((event) => event === 'vector_stored').length, 1);
    await assert.rejects(
      embeddings.retrieveOrCreate('b', () => Promise.reject(new Error('no model today'))),
      /no model today/,
    );
    assert.equal(await embeddings.retrieve('b'), undefined);
  });

  it('makes once what was made after somebody else had looked for it', async () => {
    const embeddings = archive();
    let made = 0;
    const create = (id: string) => ({ embedding: [(made += 1)], text: id, model: 'm' });
    const retrieve = embeddings.retrieve.bind(embeddings);
    let goOn = (): void => undefined;
    const meanwhile = new Promise<void>((resolve) => (goOn = resolve));
    let looked = (): void => undefined;
    const hasLooked = new Promise<void>((resolve) => (looked = resolve));
    embeddings.retrieve = async (...args) => {
      const found = await retrieve(...args);
      looked();
      await meanwhile;
      return found;
    };
    const slow = embeddings.retrieveOrCreate('a', create);
    await hasLooked;
    embeddings.retrieve = retrieve;
    assert.deepEqual((await embeddings.retrieveOrCreate('a', create)).embedding, [1]);
    goOn();
    assert.deepEqual((await slow).embedding, [1]);
    assert.equal(made, 1);
  });

  it('does not replace an object that it cannot read', async () => {
    const embeddings = archive();
    await bucket.put(`${embeddings.prefix}a.json`, '{"vector": [1]}');
    const create = () => assert.fail('must not be made');
    await assert.rejects(embeddings.retrieveOrCreate('a', create), (error: unknown) => {
      assert.ok(error instanceof ArchiveError);
      assert.deepEqual(
        [error.code, error.key, error.reason],
        ['UNREADABLE_OBJECT', `${embeddings.prefix}a.json`, 'it has no "embedding".'],
      );
      return true;
    });
    assert.deepEqual(events(), ['vector_retrieve_failed']);
  });

  it('searches exactly, and says which objects it could not compare', async () => {
    const embeddings = archive();
    const stored = Array.from({ length: 60 }, (_, at) => ({
      id: `v${String(at).padStart(2, '0')}`,
      embedding: [Math.cos(at), Math.sin(at * 3), Math.cos(at * 7)],
      metadata: { parity: at % 2 === 0 ? 'even' : 'odd' },
    }));
    await Promise.all(stored.map(({ id, ...value }) => embeddings.store(id, { ...value, model: 'm' })));
    await bucket.put(`${embeddings.prefix}short.json`, JSON.stringify({ embedding: [1, 2] }));
    await bucket.put(`${embeddings.prefix}zero.json`, JSON.stringify({ embedding: [0, 0, 0] }));
    await bucket.put(`${embeddings.prefix}torn.json`, '{"embedding": [1, ');
    await bucket.put(
      `${embeddings.prefix}foreign.json`,
      JSON.stringify({ embedding: [1, 2, 3], model: 'another' }),
    );
    const query = [0.2, 0.9, -0.4];
    const expected = (keep: (at: number) => boolean) =>
      stored
        .filter((_, at) => keep(at))
        .map(({ id, embedding }) => ({ id, distance: cosineDistance(query, embedding) }))
        .sort((a, b) => a.distance - b.distance);
    const result = await embeddings.search(query, { topK: 7, model: 'm', concurrency: 3 });
    assert.deepEqual(
      result.matches.map(({ id, distance }) => ({ id, distance })),
      expected(() => true).slice(0, 7),
    );
    assert.equal(result.matches[0]?.similarity, 1 - (result.matches[0]?.distance ?? 0));
    assert.equal(result.searched, 60);
    assert.equal(result.failedCount, 4);
    assert.deepEqual(
      new Map(result.failed.map(({ key, reason }) => [key.slice(embeddings.prefix.length), reason])),
      new Map([
        ['short.json', 'it has 2 numbers and the query 3.'],
        ['zero.json', 'it is all zeros, which has no direction.'],
        ['torn.json', 'it is not JSON.'],
        ['foreign.json', 'it was made by another, whose vectors cannot be compared with those of m.'],
      ]),
    );
    const odd = await embeddings.search(query, { topK: 100, filter: { parity: 'odd' }, prefix: 'v' });
    assert.deepEqual(
      odd.matches.map(({ id }) => id),
      expected((at) => at % 2 === 1).map(({ id }) => id),
    );
  });

  it('refuses a search that cannot be, before it reads anything', async () => {
    const embeddings = archive();
    await assert.rejects(embeddings.search([], { topK: 0 }), /vector is empty[^]*topK is 0/);
    await assert.rejects(embeddings.search([0, 0]), /all zeros/);
    await assert.rejects(embeddings.search([1, Number.NaN]), /vector\[1\] is NaN/);
    await assert.rejects(embeddings.search([1], { filter: { a: { $like: 'b' } } }), /\$like/);
    await assert.rejects(embeddings.search([1], { signal: AbortSignal.abort() }), { code: 'ABORTED' });
  });

  it('refuses what it could not read back, before it sends anything', async () => {
    const embeddings = archive();
    await assert.rejects(embeddings.store('a', { embedding: [] }), /"embedding" is empty/);
    await assert.rejects(embeddings.store('..', { embedding: [1] }), /path segment/);
    assert.deepEqual(await all(embeddings.list()), []);
    assert.throws(() => archive({ bucketName: 'Not_A_Bucket' }), /VECTOR_BUCKET_NAME/);
  });

  it('tells a bucket that is not there from one that cannot be reached', async () => {
    const fast = { retry: { baseDelayMs: 1, maxAttempts: 2 } };
    const missing = archive({ bucketName: 'acme-test-vector-nobody', ...fast });
    await assert.rejects(all(missing.list()), { code: 'BUCKET_NOT_FOUND' });
    await assert.rejects(missing.describe(), { code: 'BUCKET_NOT_FOUND' });
    await assert.rejects(missing.store('a', { embedding: [1] }), { code: 'BUCKET_NOT_FOUND' });
    assert.ok(events().includes('vector_store_failed'));
    const nobody = archive({ endpoint: await closedEndpoint(), ...fast });
    await assert.rejects(nobody.retrieve('a'), { code: 'ENDPOINT_UNREACHABLE' });
    assert.ok(!JSON.stringify(lines).includes(S3_CREDENTIALS.secretAccessKey));
  });
});

describe('an embedding archive against a service that fails', () => {
  /** Answers from a list, one request after the other; the last one again and again. */
  async function failing(
    answers: readonly { status: number; body?: string | Buffer; cut?: boolean }[],
    test: (archive: EmbeddingArchive, requests: string[]) => Promise<void>,
  ): Promise<void> {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      const {
        status,
        body = '',
        cut,
      } = answers[Math.min(requests.length, answers.length) - 1] ?? {
        status: 500,
      };
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
      if (cut === true) response.write(Buffer.from(body).subarray(0, 5), () => request.socket.destroy());
      else response.end(request.method === 'HEAD' ? undefined : body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const archive = new EmbeddingArchive({
      bucketName: 'a-bucket',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: S3_CREDENTIALS,
      retry: { baseDelayMs: 1, throttledDelayMs: 1, maxAttempts: 3 },
    });
    try {
      await test(archive, requests);
    } finally {
      await archive.close();
      server.closeAllConnections();
      server.close();
    }
  }
  const error = (code: string) => `<Error><Code>${code}</Code><Message>said so</Message></Error>`;

  it('repeats throttling, failures and answers that break off', async () => {
    const body = JSON.stringify({ embedding: [1, 2, 3] });
    await failing(
      [
        { status: 503, body: error('SlowDown') },
        { status: 500, body: error('InternalError') },
        { status: 200, body, cut: true },
        { status: 200, body },
      ],
      async (archive) => {
        assert.deepEqual((await archive.retrieve('a'))?.embedding, [1, 2, 3]);
      },
    );
  });

  it('names the permission that is missing, once', async () => {
    await failing([{ status: 403, body: error('AccessDenied') }], async (archive, requests) => {
      await assert.rejects(archive.retrieve('a'), (thrown: unknown) => {
        assert.ok(thrown instanceof ArchiveError);
        assert.equal(thrown.code, 'ACCESS_DENIED');
        assert.match(thrown.message, /s3:GetObject.*Without s3:ListBucket/);
        return true;
      });
      // One for each form, neither repeated.
      assert.ok(requests.length <= 2);
      await assert.rejects(all(archive.list()), /must allow s3:ListBucket/);
    });
  });

  it('ends a search when an object cannot be fetched, because the rest would not be exact', async () => {
    const listing =
      '<ListBucketResult><IsTruncated>false</IsTruncated>' +
      [1, 2, 3].map((at) => `<Contents><Key>embeddings/${at}.json</Key><Size>9</Size></Contents>`).join('') +
      '</ListBucketResult>';
    await failing(
      [
        { status: 200, body: listing },
        { status: 403, body: error('AccessDenied') },
      ],
      async (archive) => {
        await assert.rejects(archive.search([1]), { code: 'ACCESS_DENIED' });
      },
    );
  });

  it('fetches no more objects at once than a search may hold', async () => {
    let underWay = 0;
    let most = 0;
    const server = createServer((request, response) => {
      if (request.url?.includes('list-type=2') === true) {
        const keys = Array.from(
          { length: 300 },
          (_, at) => `<Contents><Key>embeddings/${at}.json</Key></Contents>`,
        );
        response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${keys.join('')}</ListBucketResult>`);
        return;
      }
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.end('{"embedding": [1]}');
      }, 2);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const archive = new EmbeddingArchive({
      bucketName: 'a-bucket',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: S3_CREDENTIALS,
    });
    const { searched } = await archive.search([1], { concurrency: 5 });
    assert.equal(searched, 300);
    assert.ok(most > 1 && most <= 5, `${most} at once`);
    await archive.close();
    server.closeAllConnections();
    server.close();
  });

  it('writes without a look at the other form where that is not allowed', async () => {
    await failing([{ status: 403 }, { status: 200 }], async (archive, requests) => {
      await archive.store('a', { embedding: [1] });
      assert.deepEqual(
        requests.map((request) => request.replace(/\?.*/, '')),
        ['HEAD /a-bucket/embeddings/a.json.gz', 'PUT /a-bucket/embeddings/a.json'],
      );
    });
  });

  it('knows wrong credentials and a wrong Region', async () => {
    await failing([{ status: 403, body: error('InvalidAccessKeyId') }], async (archive) => {
      await assert.rejects(archive.retrieve('a'), { code: 'NO_CREDENTIALS' });
    });
    await failing([{ status: 301, body: error('PermanentRedirect') }], async (archive) => {
      await assert.rejects(archive.retrieve('a'), { code: 'WRONG_REGION' });
    });
  });
});

describe('a compressed object', () => {
  it('is what any gzip reader expects', () => {
    const text = gunzipSync(writeArchivedEmbedding('a', { embedding: [1], text: 't' }, true)).toString();
    assert.deepEqual(JSON.parse(text), { id: 'a', text: 't', embedding: [1], dimension: 1 });
  });
});
