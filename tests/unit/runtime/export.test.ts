import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Metadata } from '../../../contract/vectors/metadata';
import { exportIndex, formatOf } from '../../../runtime/export/export-index';
import { jsonlSource } from '../../../runtime/migration/jsonl-source';
import { migrate } from '../../../runtime/migration/migrate';
import { readRecordLine } from '../../../runtime/records/record-line';
import { VectorStore } from '../../../runtime/vector-store/vector-store';
import { shapeOf, startLocalIndex } from './surroundings/local-index';
import type { LocalIndex } from './surroundings/local-index';

const COUNT = 2_500;
const DIMENSION = 64;

describe('an export of an index', () => {
  let index: LocalIndex;
  let store: VectorStore;
  let folder: string;
  const vectorOf = (at: number) =>
    Float32Array.from({ length: DIMENSION }, (_, place) => Math.sin(at * 64 + place + 1) / 3);
  const metadataOf = (at: number): Metadata =>
    at % 5 === 0 ? {} : { at, title: `é "${at}"`, tags: ['a', at] };

  before(async () => {
    index = await startLocalIndex();
    await index.create('source', shapeOf(DIMENSION));
    store = new VectorStore(index.connection('source'));
    await store.put(
      Array.from({ length: COUNT }, (_, at) => ({
        key: `k/${at}`,
        data: vectorOf(at),
        metadata: metadataOf(at),
      })),
    );
  });
  after(async () => {
    store.close();
    await index.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-export-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);

  for (const name of ['all.jsonl', 'all.jsonl.gz']) {
    it(`as ${name} holds every vector bit by bit, and comes back through a migration`, async () => {
      const report = await exportIndex({ store, file: at(name) });
      const bytes = readFileSync(at(name));
      assert.deepEqual([report.exported, report.format, report.bytes], [COUNT, 'jsonl', bytes.length]);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      const seen = new Set<string>();
      for (const line of text.trimEnd().split('\n')) {
        const { record } = readRecordLine(line);
        const place = Number(record?.key.slice(2));
        assert.deepEqual(Float32Array.from(record?.vector ?? []), vectorOf(place));
        assert.deepEqual(record?.metadata ?? {}, metadataOf(place));
        seen.add(record?.key ?? '');
      }
      assert.equal(seen.size, COUNT);
      const indexName = name.replaceAll('.', '-');
      await index.create(indexName, shapeOf(DIMENSION));
      const target = new VectorStore(index.connection(indexName));
      const moved = await migrate({ source: jsonlSource(at(name)), store: target, trustVectors: true });
      assert.deepEqual([moved.kept, moved.failed], [COUNT, 0]);
      target.close();
    });
  }

  it('as Parquet holds every vector bit by bit, in several row groups', async () => {
    const report = await exportIndex({ store, file: at('all.parquet') });
    assert.deepEqual([report.exported, report.format], [COUNT, 'parquet']);
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
    const file = await asyncBufferFromFile(at('all.parquet'));
    const rows = (await parquetReadObjects({ file })) as {
      key: string;
      vector: number[];
      metadata: object;
    }[];
    assert.equal(rows.length, COUNT);
    assert.equal(new Set(rows.map(({ key }) => key)).size, COUNT);
    for (const { key, vector, metadata } of rows) {
      const place = Number(key.slice(2));
      assert.deepEqual(Float32Array.from(vector), vectorOf(place));
      assert.deepEqual(metadata, metadataOf(place));
    }
    const { row_groups: groups, key_value_metadata: about = [] } = await parquetMetadataAsync(file);
    assert.deepEqual(
      groups.map(({ num_rows: count }) => Number(count)),
      [2_000, 500],
    );
    assert.ok(about.some(({ key, value }) => key === 'dimension' && value === String(DIMENSION)));
  });

  it('of an empty index is a whole file in every format', async () => {
    await index.create('empty', shapeOf(3));
    const empty = new VectorStore(index.connection('empty'));
    for (const name of ['e.jsonl', 'e.jsonl.gz', 'e.parquet']) {
      assert.equal((await exportIndex({ store: empty, file: at(name) })).exported, 0);
    }
    assert.equal(readFileSync(at('e.jsonl'), 'utf8'), '');
    assert.equal(gunzipSync(readFileSync(at('e.jsonl.gz'))).length, 0);
    const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
    assert.deepEqual(await parquetReadObjects({ file: await asyncBufferFromFile(at('e.parquet')) }), []);
    empty.close();
  });

  it('takes a prefix and a limit', async () => {
    const file = at('some.jsonl');
    assert.equal((await exportIndex({ store, file, prefix: 'k/1' })).exported, 1 + 10 + 100 + 1_000);
    assert.equal((await exportIndex({ store, file, limit: 7, replace: true })).exported, 7);
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 7);
  });

  it('that ends early leaves nothing that looks whole, and what was there before stays', async () => {
    for (const name of ['a.jsonl', 'a.jsonl.gz', 'a.parquet']) {
      writeFileSync(at(name), 'before');
      const stop = new AbortController();
      await assert.rejects(
        exportIndex({
          store,
          file: at(name),
          replace: true,
          signal: stop.signal,
          onProgress: ({ exported }) => exported === 500 && stop.abort(),
        }),
      );
      assert.equal(readFileSync(at(name), 'utf8'), 'before');
    }
    assert.deepEqual(readdirSync(folder), ['a.jsonl', 'a.jsonl.gz', 'a.parquet']);
  });

  it('replaces no file unasked, and says where it cannot write', async () => {
    writeFileSync(at('a.jsonl'), 'before');
    await assert.rejects(exportIndex({ store, file: at('a.jsonl') }), { code: 'FILE_EXISTS' });
    await assert.rejects(exportIndex({ store, file: at('no/a.jsonl') }), { code: 'FILE_FAILED' });
    for (const replace of [true, false]) {
      await assert.rejects(exportIndex({ store, file: folder, replace }), { code: 'NOT_A_FILE' });
    }
    writeFileSync(at('b.jsonl.unfinished'), 'mine');
    await exportIndex({ store, file: at('b.jsonl'), limit: 1 });
    assert.deepEqual(readdirSync(folder), ['a.jsonl', 'b.jsonl', 'b.jsonl.unfinished']);
    assert.equal(readFileSync(at('b.jsonl.unfinished'), 'utf8'), 'mine');
    assert.deepEqual(
      [formatOf('a.PARQUET'), formatOf('a.jsonl.gz'), formatOf('x')],
      ['parquet', 'jsonl', 'jsonl'],
    );
  });
});
