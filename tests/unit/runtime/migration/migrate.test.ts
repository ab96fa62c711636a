import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddingError } from '../../../../runtime/embedders/embedding-error';
import type { Embedder } from '../../../../runtime/embedders/embedder';
import { EmbeddingService } from '../../../../runtime/embedding-service/embedding-service';
import { readCheckpoint } from '../../../../runtime/migration/checkpoint';
import { checkpointFile } from '../../../../runtime/migration/checkpoint-file';
import { dryRun } from '../../../../runtime/migration/dry-run';
import { FailureFile, failedItems, readFailures } from '../../../../runtime/migration/failure-file';
import { jsonlSource } from '../../../../runtime/migration/jsonl-source';
import { migrate } from '../../../../runtime/migration/migrate';
import { ItemError } from '../../../../runtime/migration/item-error';
import { MigrationError } from '../../../../runtime/migration/migration-error';
import type { MigrationSource } from '../../../../runtime/migration/migration-source';
import { verifyMigration } from '../../../../runtime/migration/verify';
import { VectorStore } from '../../../../runtime/vector-store/vector-store';
import { closedEndpoint } from '../surroundings/closed-endpoint';
import { shapeOf, startLocalIndex } from '../surroundings/local-index';
import type { LocalIndex } from '../surroundings/local-index';

const MODEL = 'amazon.titan-embed-text-v2:0';

/** Vectors that depend on the text; texts that begin with `!` fail with the code that follows. */
function embedder(calls: string[][] = []): Embedder {
  return {
    modelId: MODEL,
    dimension: 2,
    embed: (texts) => {
      calls.push([...texts]);
      return Promise.resolve(
        texts.map((text) =>
          text.startsWith('!')
            ? { error: new EmbeddingError(text.slice(1) as 'THROTTLED', `no vector: ${text.slice(1)}.`) }
            : { embedding: { vector: [1, text.length], truncated: false, inputTokens: 3 } },
        ),
      );
    },
  };
}

describe('migrate', () => {
  let index: LocalIndex;
  let folder: string;
  let number = 0;
  let store: VectorStore;
  let indexName: string;

  before(async () => {
    index = await startLocalIndex();
  });
  after(() => index.close());
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 's3-vectors-migrate-'));
    number += 1;
    indexName = `migrated-${number}`;
    await index.create(indexName, shapeOf(2, ['text']));
    store = new VectorStore(index.connection(indexName));
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: string) => path.join(folder, name);
  const lines = (...records: object[]) => {
    writeFileSync(at('r.jsonl'), records.map((record) => JSON.stringify(record)).join('\n'));
    return jsonlSource(at('r.jsonl'));
  };

  it('keeps what fits, makes the rest anew, and an embedding service finds both', async () => {
    const source = lines(
      { key: 'kept', vector: [1, 1], text: 'kept text', model: MODEL, metadata: { year: 1 } },
      { key: 'other', vector: [9, 9], text: 'other text', model: 'older-model' },
      { key: 'short', vector: [9], text: 'short text', model: MODEL },
      { key: 'text-only', text: 'text only' },
      { key: 'lost', vector: [9] },
    );
    const calls: string[][] = [];
    const failures = at('failed.jsonl');
    const report = await migrate({ source, store, embedder: embedder(calls), failures });
    assert.deepEqual(
      [report.finished, report.kept, report.embedded, report.failed, report.inputTokens, report.models],
      [true, 1, 3, 1, 9, { [MODEL]: 1 }],
    );
    assert.deepEqual(calls, [['other text', 'short text', 'text only']]);
    const [failed] = await readFailures(failures);
    assert.deepEqual([failed?.source, failed?.cursor, failed?.key], [`${at('r.jsonl')}:5`, '5', 'lost']);
    assert.match(failed?.reason ?? '', /does not say which model.*no whole text/);
    const service = new EmbeddingService({ store, embedder: embedder() });
    const [found] = await service.search('9 letters', { topK: 1 });
    assert.deepEqual([found?.id, found?.text], ['text-only', 'text only']);
    const { documents } = await service.get(['kept']);
    assert.deepEqual([documents[0]?.text, documents[0]?.metadata], ['kept text', { year: 1 }]);
  });

  it('refuses a plan that cannot be, all at once, and writes nothing', async () => {
    const source = lines({ key: 'a', vector: [1, 1] });
    await assert.rejects(
      migrate({ source, store, since: new Date() }),
      /`since` is for buckets[^]*nobody says which model[^]*trustVectors/,
    );
    await assert.rejects(
      migrate({
        source,
        store,
        model: 'x',
        embedder: { ...embedder(), dimension: 3 },
        texts: false,
        textKey: 't',
      }),
      /holds vectors of x[^]*of 3 dimensions[^]*`textKey` is given/,
    );
    const checkpoint = checkpointFile(at('c.json'));
    await assert.rejects(
      migrate({ source, store, model: 'x', only: new Set(['1']), checkpoint, limit: 0 }),
      /needs no checkpoint[^]*limit is 0/,
    );
    assert.deepEqual(await index.keys(indexName), []);
  });

  it('writes over no file that it reads, and over none that is not its own', async () => {
    const source = lines({ key: 'a', vector: [1, 1], model: 'm' });
    const before = readFileSync(at('r.jsonl'), 'utf8');
    const plan = { source, store, model: 'm' };
    await assert.rejects(migrate({ ...plan, failures: at('r.jsonl') }), /is the same file as the source/);
    await assert.rejects(
      migrate({ ...plan, checkpoint: checkpointFile(at('x')), failures: at('./x') }),
      /is the same file as checkpoint/,
    );
    await assert.rejects(migrate({ ...plan, checkpoint: checkpointFile(at('r.jsonl')) }), /the same file/);
    writeFileSync(at('notes.txt'), 'notes');
    await assert.rejects(migrate({ ...plan, failures: at('notes.txt') }), /holds something else/);
    await assert.rejects(migrate({ ...plan, checkpoint: checkpointFile(at('notes.txt')) }), /no JSON/);
    assert.equal(readFileSync(at('notes.txt'), 'utf8'), 'notes');
    assert.equal(readFileSync(at('r.jsonl'), 'utf8'), before);
    assert.deepEqual(await index.keys(indexName), []);
  });

  it('of a key that comes twice the last record counts, made anew or not', async () => {
    const source = lines(
      { key: 'a', text: 'first, to be embedded' },
      { key: 'a', vector: [5, 6], model: MODEL },
      { key: 'b', vector: [5, 6], model: MODEL },
      { key: 'b', text: 'four' },
    );
    await migrate({ source, store, embedder: embedder() });
    const { vectors } = await store.get(['a', 'b']);
    assert.deepEqual(
      vectors.map(({ data }) => data),
      [
        [5, 6],
        [1, 4],
      ],
    );
    const dry = await dryRun({ source, store, embedder: embedder() });
    assert.equal(dry.duplicates, 2);
  });

  it('a run with another source, index or option is refused; a finished one does nothing', async () => {
    const source = lines({ key: 'a', vector: [1, 1], model: 'm' });
    const checkpoint = checkpointFile(at('c.json'));
    await migrate({ source, store, model: 'm', checkpoint });
    const again = await migrate({ source, store, model: 'm', checkpoint });
    assert.deepEqual([again.finished, again.finishedBefore, again.taken], [true, true, 1]);
    await assert.rejects(
      migrate({ source, store, model: 'm', trustVectors: true, checkpoint }),
      /trust in unknown vectors was "false" and is "true"/,
    );
    lines({ key: 'a', vector: [1, 1], model: 'm' }, { key: 'b', vector: [1, 1], model: 'm' });
    await assert.rejects(migrate({ source, store, model: 'm', checkpoint }), /bytes of the source was/);
  });

  it('asks for the file of failures that belongs to a checkpoint', async () => {
    const source = lines(
      { key: 'a' },
      { key: 'b', vector: [1, 1], model: 'm' },
      { key: 'c', vector: [1, 1], model: 'm' },
    );
    const checkpoint = checkpointFile(at('c.json'));
    const plan = { source, store, model: 'm', checkpoint };
    await migrate({ ...plan, limit: 2, failures: at('f.jsonl') });
    await assert.rejects(migrate(plan), /goes with a file of failures/);
    writeFileSync(at('f.jsonl'), '');
    await assert.rejects(migrate({ ...plan, failures: at('f.jsonl') }), /it was moved or changed/);
  });

  it('an interruption ends it with what is certain saved, and the next run completes it', async () => {
    const source = lines(
      ...Array.from({ length: 3_000 }, (_, key) => ({ key: `k${key}`, vector: [1, key], model: 'm' })),
    );
    const checkpoint = checkpointFile(at('c.json'));
    const stop = new AbortController();
    const plan = { source, store, model: 'm', checkpoint };
    await assert.rejects(
      migrate({ ...plan, signal: stop.signal, onProgress: ({ taken }) => taken >= 500 && stop.abort() }),
      (error: unknown) =>
        error instanceof MigrationError &&
        error.code === 'ABORTED' &&
        !error.report.finished &&
        error.message.includes(at('c.json')),
    );
    const report = await migrate(plan);
    assert.ok(report.resumedAfter > 0 && report.resumedAfter < 3_000, String(report.resumedAfter));
    assert.equal(report.kept, 3_000);
    assert.equal((await index.keys(indexName)).length, 3_000);
  });

  it('a checkpoint that cannot be saved ends it, and says so', async () => {
    const source = lines({ key: 'a', vector: [1, 1], model: 'm' });
    const checkpoint = {
      name: 'full',
      load: () => Promise.resolve(undefined),
      save: () => Promise.reject(new Error('the disk is full')),
    };
    await assert.rejects(
      migrate({ source, store, model: 'm', checkpoint }),
      (error: unknown) => error instanceof MigrationError && error.message.includes('the disk is full'),
    );
  });

  it('failures that cannot be written down are in no checkpoint, and are written with the next save', async () => {
    const bad = Array.from({ length: 4 }, (_, key) => ({ key: `bad-${key}`, vector: [1], model: 'm' }));
    const source = lines(...bad, { key: 'good', vector: [1, 1], model: 'm' });
    const checkpoint = checkpointFile(at('c.json'));
    const plan = { source, store, model: 'm', checkpoint, failures: at('f.jsonl') };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back where it was
    const { append } = FailureFile.prototype;
    try {
      FailureFile.prototype.append = () => Promise.reject(new Error('no space left'));
      await assert.rejects(migrate(plan), /no space left/);
      assert.equal(await checkpoint.load(undefined), undefined);
      // Once only, so that the save with which the run ends succeeds.
      FailureFile.prototype.append = () => {
        FailureFile.prototype.append = append;
        return Promise.reject(new Error('no space left'));
      };
      await assert.rejects(migrate(plan), /no space left/);
    } finally {
      FailureFile.prototype.append = append;
    }
    const saved = readCheckpoint((await checkpoint.load(undefined)) ?? '', 'c');
    assert.equal((await readFailures(at('f.jsonl'))).length, saved.counts.failed);
    const report = await migrate(plan);
    assert.deepEqual([report.kept, report.failed], [1, 4]);
    assert.deepEqual(
      (await readFailures(at('f.jsonl'))).map(({ key }) => key),
      bad.map(({ key }) => key),
    );
  });

  it('another try finds records by their key where lines have moved, and names those that are gone', async () => {
    const fail = { vector: [1], model: 'm' };
    const source = lines({ key: 'a', ...fail }, { key: 'b', ...fail }, { key: 'c', ...fail });
    await migrate({ source, store, model: 'm', failures: at('f.jsonl') });
    const changed = lines(
      { key: 'new', vector: [2, 2], model: 'm' },
      { key: 'c', vector: [1, 3], model: 'm' },
      { key: 'a', vector: [1, 1], model: 'm' },
    );
    const only = await failedItems(at('f.jsonl'), changed);
    const dry = await dryRun({ source: changed, store, model: 'm', only });
    assert.deepEqual([dry.kept, dry.failures], [2, { VANISHED: 1 }]);
    const report = await migrate({ source: changed, store, model: 'm', only });
    assert.deepEqual([report.kept, report.failed], [2, 1]);
    assert.deepEqual(
      report.firstFailures.map(({ key, reason }) => [key, reason]),
      [['b', 'no line of the file has this key any more.']],
    );
    assert.deepEqual(await index.keys(indexName), ['a', 'c']);
    writeFileSync(at('other.jsonl'), '');
    await assert.rejects(
      failedItems(at('f.jsonl'), jsonlSource(at('other.jsonl'))),
      /is of the source .*r\.jsonl, and not of .*other\.jsonl/,
    );
  });

  it('an index that cannot be written to ends it with everything still open', async () => {
    const lost = new VectorStore({
      ...index.connection(indexName),
      endpoint: await closedEndpoint(),
      retry: { maxAttempts: 1 },
      shape: shapeOf(2),
    });
    const described = Object.assign(lost, { describe: () => store.describe() });
    const source = lines({ key: 'a', vector: [1, 1], model: 'm' });
    await assert.rejects(
      migrate({ source, store: described, model: 'm', failures: at('f.jsonl'), retry: { maxAttempts: 1 } }),
      (error: unknown) =>
        error instanceof MigrationError && error.code === 'ENDPOINT_UNREACHABLE' && error.report.taken === 0,
    );
    assert.equal(readFileSync(at('f.jsonl'), 'utf8'), '');
  });

  it('texts that fail are named; a model that answers nobody ends it', async () => {
    const some = lines({ key: 'a', text: '!TEXT_TOO_LONG' }, { key: 'b', text: 'fine' });
    const report = await migrate({ source: some, store, embedder: embedder() });
    assert.deepEqual([report.embedded, report.failures], [1, { TEXT_TOO_LONG: 1 }]);
    for (const [code, texts] of [
      ['ACCESS_DENIED', ['fine', '!ACCESS_DENIED']],
      ['THROTTLED', ['!THROTTLED', '!THROTTLED']],
    ] as const) {
      const source = lines(...texts.map((text, key) => ({ key: `${code}-${key}`, text })));
      await assert.rejects(
        migrate({ source, store, embedder: embedder() }),
        (error: unknown) =>
          error instanceof MigrationError && error.code === code && error.report.taken === 0,
      );
    }
  });

  it('a source that refuses item after item ends it, a single refusal does not', async () => {
    const refusing = (refused: (at: number) => boolean): MigrationSource => ({
      name: 'refusing',
      identity: () => Promise.resolve({ source: 'refusing' }),
      problems: () => [],
      // eslint-disable-next-line @typescript-eslint/require-await -- a source is an async iterable
      async *items({ after = '-1' }) {
        for (let place = Number(after) + 1; place < 60; place += 1) {
          yield {
            cursor: `${place}`,
            name: `refusing/${place}`,
            key: `${place}`,
            bytes: 1,
            read: () =>
              refused(place)
                ? Promise.reject(new ItemError('ACCESS_DENIED', 'not allowed.'))
                : Promise.resolve({
                    key: `${place}`,
                    vector: [1, place],
                    text: undefined,
                    metadata: undefined,
                    model: 'm',
                    leftOut: [],
                  }),
          };
        }
      },
      async *only() {
        // nothing
      },
    });
    const some = refusing((place) => place % 10 === 0 || place > 55);
    const report = await migrate({ source: some, store, model: 'm' });
    assert.deepEqual([report.kept, report.failures], [50, { ACCESS_DENIED: 10 }]);
    // None of the twenty is a failure: the next run takes them up.
    const checkpoint = checkpointFile(at('c.json'));
    const plan = { store, model: 'm', checkpoint, failures: at('f.jsonl') };
    await assert.rejects(migrate({ ...plan, source: refusing((place) => place > 5) }), (error: unknown) => {
      assert.ok(error instanceof MigrationError && error.message.includes('not allowed'), String(error));
      assert.deepEqual([error.report.kept, error.report.failed], [6, 0]);
      return true;
    });
    assert.equal(readFileSync(at('f.jsonl'), 'utf8'), '');
    const resumed = await migrate({ ...plan, source: refusing(() => false) });
    assert.deepEqual([resumed.resumedAfter, resumed.taken, resumed.failed], [6, 60, 0]);
  });

  it('tells from a dry run what would happen, what it costs and how long it takes, and writes nothing', async () => {
    const source = lines(
      { key: 'kept', vector: [1, 1], text: 'kept text', model: MODEL },
      { key: 'made', text: 'x'.repeat(300) },
      { key: 'null', vector: [1, 1], model: MODEL, metadata: { a: null } },
    );
    const options = { source, store, embedder: embedder() };
    const report = await dryRun({ ...options, modelQuota: { requestsPerMinute: 60, tokensPerMinute: 10 } });
    assert.deepEqual([report.kept, report.embedded, report.failures], [1, 1, { INVALID_RECORD: 1 }]);
    assert.equal(report.examples[0]?.key, 'null');
    assert.deepEqual([report.embeddingTokens, report.time.embed, report.time.total], [100, 600, 600]);
    assert.deepEqual(
      report.cost?.rows.map(({ item }) => item),
      ['storage', 'first load (PutVectors)', MODEL],
    );
    assert.equal(report.indexBytes, 2 * 8 + 8 + (4 + 8 + 4 + 9) + (4 + 8 + 4 + 300));
    const elsewhere = await dryRun({ ...options, region: 'eu-central-1' });
    assert.equal(elsewhere.cost, undefined);
    assert.match(elsewhere.notes[0] ?? '', /no price list for Region "eu-central-1"/);
    assert.deepEqual([elsewhere.time.embed, elsewhere.time.total], [undefined, undefined]);
    assert.deepEqual((await dryRun({ source: lines({ key: 'a' }), store, model: 'm' })).cost, undefined);
    assert.deepEqual(await index.keys(indexName), []);
  });

  it('verification finds what is missing, what differs and what is more', async () => {
    const records = Array.from({ length: 40 }, (_, key) => ({
      key: `k${key}`,
      vector: [1, key / 3],
      model: 'm',
      metadata: { key },
    }));
    const source = lines(...records);
    const plan = { source, store, model: 'm' };
    await migrate(plan);
    const good = await verifyMigration(plan);
    assert.deepEqual(
      [
        good.good,
        good.expected,
        good.present,
        good.sample.sameVector,
        good.search.foundItself,
        good.search.recall,
      ],
      [true, 40, 40, 40, 40, 1],
    );
    assert.ok(good.search.largestError < 1e-6, String(good.search.largestError));
    await store.delete(['k3', 'k4']);
    await store.put([
      { key: 'k5', data: [1, 99], metadata: { key: 5 } },
      { key: 'k6', data: [1, 2], metadata: { key: 'six' } },
      { key: 'more', data: [1, 1] },
    ]);
    const bad = await verifyMigration({ ...plan, failed: new Set(['4']) });
    assert.deepEqual(
      [bad.good, bad.expected, bad.missing, bad.missingKeys, bad.others, bad.failed],
      [false, 39, 1, ['k4'], 1, 1],
    );
    assert.deepEqual([good.allFailuresKnown, bad.allFailuresKnown], [false, true]);
    // Where the line of a failure is another record now, that record is looked for.
    const moved = await verifyMigration({ ...plan, failed: new Map([['4', 'another']]) });
    assert.equal(moved.missing, 2);
    assert.deepEqual(bad.sample.differences, [
      'the vector of "k5" is another than that of the source.',
      'the metadata of "k6" are others than those of the source.',
    ]);
    const few = await verifyMigration({ ...plan, sampleSize: 5, limit: 3, seed: 7 });
    assert.deepEqual([few.good, few.expected, few.sample.compared, few.others], [true, 3, 3, 36]);
  });
});
