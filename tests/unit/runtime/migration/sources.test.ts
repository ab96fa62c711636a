import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { EmbeddingArchive } from '../../../../runtime/embedding-archive/embedding-archive';
import { archiveSource } from '../../../../runtime/migration/archive-source';
import { checkpointObject } from '../../../../runtime/migration/checkpoint-file';
import { folderSource } from '../../../../runtime/migration/folder-source';
import { jsonlSource } from '../../../../runtime/migration/jsonl-source';
import { migrate } from '../../../../runtime/migration/migrate';
import type {
  ItemsOptions,
  MigrationSource,
  SourceItem,
} from '../../../../runtime/migration/migration-source';
import { verifyMigration } from '../../../../runtime/migration/verify';
import { VectorStore } from '../../../../runtime/vector-store/vector-store';
import { startLocalBucket, START_WITHIN } from '../surroundings/local-archive';
import type { LocalBucket } from '../surroundings/local-archive';
import { shapeOf, startLocalIndex } from '../surroundings/local-index';

async function itemsOf(source: MigrationSource, options: ItemsOptions = {}): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of source.items(options)) items.push(item);
  return items;
}
const cursors = async (source: MigrationSource, options?: ItemsOptions) =>
  (await itemsOf(source, options)).map(({ cursor }) => cursor);
async function only(
  source: MigrationSource,
  wanted: readonly (string | readonly [cursor: string, key: string | undefined])[],
): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  const pairs = wanted.map((one) => (typeof one === 'string' ? ([one, undefined] as const) : one));
  for await (const item of source.only(new Map(pairs), undefined)) items.push(item);
  return items;
}

describe('a source of a migration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-source-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, body: string | Buffer) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), body);
  };
  const embedding = (...numbers: number[]) => JSON.stringify({ embedding: numbers });

  it('that is a folder is walked in the order in which S3 would list it, and goes on after any item', async () => {
    for (const name of ['b.json', 'a/z.json', 'a-b.json', 'a/b/c.json.gz', 'ä.json', 'a.json']) {
      write(name, name.endsWith('.gz') ? gzipSync(embedding(1)) : embedding(1));
    }
    write('a/readme.txt', 'no record');
    symlinkSync(path.join(folder, 'a'), path.join(folder, 'link'));
    const others: string[] = [];
    const source = folderSource(folder);
    const all = await cursors(source, { onOther: (name) => others.push(name) });
    assert.deepEqual(all, ['a-b', 'a', 'a/b/c', 'a/z', 'b', 'ä']);
    assert.deepEqual(others, ['a/readme.txt', 'link']);
    for (const [place, after] of all.entries()) {
      assert.deepEqual(await cursors(source, { after }), all.slice(place + 1), `after ${after}`);
    }
    assert.deepEqual(await cursors(source, { prefix: 'a/' }), ['a/b/c', 'a/z']);
    utimesSync(path.join(folder, 'b.json'), 1, 1);
    assert.ok(!(await cursors(source, { since: new Date(2_000) })).includes('b'));
  });

  it('that is a folder leaves out the files of its own migration, whatever they are called', async () => {
    write('a.json', embedding(1));
    write('sub/move.json', '{}');
    write('sub/failed.json', '{}');
    symlinkSync(folder, path.join(folder, 'here'));
    const others: string[] = [];
    const except = [path.join(folder, 'here/sub/move.json'), path.join(folder, 'sub', 'failed.json')];
    const source = folderSource(path.join(folder, 'here'), except);
    assert.deepEqual(await cursors(source, { onOther: (name) => others.push(name) }), ['a']);
    assert.deepEqual(others, ['here']);
  });

  it('that is a folder reads the newer of two forms, and says what cannot be read', async () => {
    write('twin.json', embedding(1));
    write('twin.json.gz', gzipSync(embedding(2)));
    utimesSync(path.join(folder, 'twin.json'), 1, 1);
    write('bad.json', '{');
    write('odd.json', JSON.stringify({ id: 'other', embedding: [1], score: 3 }));
    const source = folderSource(folder);
    const [bad, odd, twin] = await itemsOf(source);
    assert.deepEqual((await twin?.read(undefined))?.vector, [2]);
    assert.deepEqual((await odd?.read(undefined))?.leftOut, ['score', 'id (other than the key)']);
    await assert.rejects(bad?.read(undefined) ?? Promise.resolve(), { code: 'UNREADABLE' });
    rmSync(path.join(folder, 'odd.json'));
    await assert.rejects(odd?.read(undefined) ?? Promise.resolve(), { code: 'VANISHED' });
    const [again, gone] = await only(source, ['twin', 'nothing']);
    assert.deepEqual((await again?.read(undefined))?.vector, [2]);
    await assert.rejects(gone?.read(undefined) ?? Promise.resolve(), { code: 'VANISHED' });
  });

  it('that is JSONL names its lines, compressed or not, and is another one when the file changes', async () => {
    const lines = ['{"key":"a","vector":[1]}', '', 'no', '{"id":"b","embedding":[2],"text":"t","model":"m"}'];
    for (const name of ['r.jsonl', 'r.jsonl.gz']) {
      const text = Buffer.from(lines.join('\n'));
      write(name, name.endsWith('.gz') ? gzipSync(text) : text);
      const source = jsonlSource(path.join(folder, name));
      const items = await itemsOf(source);
      assert.deepEqual(
        items.map(({ cursor, key }) => [cursor, key]),
        [
          ['1', 'a'],
          ['3', undefined],
          ['4', 'b'],
        ],
      );
      assert.ok(items[1]?.name.endsWith(`${name}:3`));
      await assert.rejects(items[1]?.read(undefined) ?? Promise.resolve(), { code: 'UNREADABLE' });
      assert.deepEqual(await cursors(source, { after: '3' }), ['4']);
      assert.deepEqual(await cursors(source, { prefix: 'b' }), ['3', '4']);
      assert.deepEqual(
        (await only(source, ['4'])).map(({ key }) => key),
        ['b'],
      );
      const before = await source.identity();
      write(name, Buffer.concat([text, Buffer.from('\n')]));
      assert.notDeepEqual(await source.identity(), before);
      assert.match(source.problems({ since: new Date() })[0] ?? '', /no time/);
    }
    write('cut.jsonl.gz', gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60));
    await assert.rejects(
      itemsOf(jsonlSource(path.join(folder, 'cut.jsonl.gz'))),
      /cut\.jsonl\.gz cannot be read \(unexpected end of file\)\. It is damaged or was cut off/,
    );
    const rows = Array.from({ length: 20_000 }, (_, row) =>
      JSON.stringify({ key: `k${row}`, vector: [row] }),
    );
    const whole = gzipSync(rows.join('\n'));
    write('half.jsonl.gz', whole.subarray(0, whole.length / 2));
    const half = jsonlSource(path.join(folder, 'half.jsonl.gz'));
    await assert.rejects(itemsOf(half), /half\.jsonl\.gz cannot be read beyond line \d+ \(/);
    await assert.rejects(itemsOf(jsonlSource(path.join(folder, 'gone.jsonl'))), /ENOENT/);
  });

  it('that is JSONL finds the items of another try by their keys, the last of each, and names what is gone', async () => {
    write(
      'r.jsonl',
      ['{"key":"a","text":"1"}', 'no', '{"key":"b","text":"2"}', '{"key":"a","text":"3"}'].join('\n'),
    );
    const source = jsonlSource(path.join(folder, 'r.jsonl'));
    const outcomes = async (wanted: Parameters<typeof only>[1]) =>
      Promise.all(
        (await only(source, wanted)).map(async (item) => [
          item.cursor,
          await item.read(undefined).then(
            ({ text }) => text,
            (error: unknown) => (error as { readonly code: string }).code,
          ),
        ]),
      );
    // Of a key that comes twice the later line counts, also when the earlier one is tried again.
    assert.deepEqual(await outcomes([['1', 'a'], '2']), [
      ['2', 'UNREADABLE'],
      ['4', '3'],
    ]);
    assert.deepEqual(await outcomes([['9', 'b']]), [['3', '2']]);
    assert.deepEqual(await outcomes([['3', 'c'], '7', ['1', 'b']]), [
      ['3', '2'],
      ['3', 'VANISHED'],
      ['7', 'VANISHED'],
    ]);
    // Lines before it have moved: which one had no key nobody knows.
    assert.deepEqual(await outcomes([['1', 'b'], '2']), [
      ['3', '2'],
      ['2', 'VANISHED'],
    ]);
  });

  describe('that is a bucket of the older layout', () => {
    let bucket: LocalBucket;
    before(async function () {
      this.timeout(START_WITHIN);
      bucket = await startLocalBucket('acme-test-vector-migration');
    });
    after(() => bucket.client.destroy());

    it('moves into an index with its checkpoint in S3, and what it could not read is named', async () => {
      for (let at = 0; at < 30; at += 1) {
        const body = JSON.stringify({ embedding: [1, at], text: `text ${at}`, model: 'm', metadata: { at } });
        const key = `embeddings/${at % 2 === 0 ? 'even' : 'odd'}/${at}.json`;
        await bucket.put(at % 3 === 0 ? `${key}.gz` : key, at % 3 === 0 ? gzipSync(body) : body);
      }
      await bucket.put('embeddings/odd/damaged.json', '{');
      await bucket.put('embeddings/notes.txt', 'no record');
      const index = await startLocalIndex();
      try {
        await index.create('moved', shapeOf(2, ['text']));
        const store = new VectorStore(index.connection('moved'));
        const archive = new EmbeddingArchive(bucket.connection);
        const source = archiveSource(archive);
        const plan = { source, store, model: 'm' };
        const checkpoint = checkpointObject(bucket.bucketName, 'state/checkpoint.json', bucket.connection);
        const first = await migrate({ ...plan, checkpoint, limit: 10 });
        assert.deepEqual([first.finished, first.taken], [false, 10]);
        const report = await migrate({ ...plan, checkpoint });
        assert.deepEqual(
          [report.finished, report.resumedAfter, report.kept, report.failures, report.others],
          [true, 10, 30, { UNREADABLE: 1 }, 1],
        );
        assert.equal(
          report.firstFailures[0]?.source,
          `s3://${bucket.bucketName}/embeddings/odd/damaged.json`,
        );
        const verified = await verifyMigration({ ...plan, failed: new Set(['odd/damaged']) });
        assert.deepEqual([verified.good, verified.expected, verified.sample.sameVector], [true, 30, 30]);
        const [found] = (await store.get(['even/4'])).vectors;
        assert.deepEqual(found?.metadata, { at: 4, text: 'text 4' });
        await assert.rejects(
          migrate({
            ...plan,
            source: archiveSource(new EmbeddingArchive({ ...bucket.connection, prefix: 'x/' })),
            checkpoint,
          }),
          /of another migration/,
        );
        const [gone] = await only(source, ['nothing']);
        await assert.rejects(gone?.read(undefined) ?? Promise.resolve(), { code: 'VANISHED' });
        await archive.close();
        store.close();
      } finally {
        await index.close();
      }
    }).timeout(60_000);
  });
});
