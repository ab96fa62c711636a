import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Catalog } from '../../../local/s3vectors/storage/catalog';
import { compactDatabase, compactVectors } from '../../../local/s3vectors/storage/compaction';
import { openDatabase } from '../../../local/s3vectors/storage/database';
import { vectorFileIds } from '../../../local/s3vectors/storage/vector-file';
import { recordedIndexIds } from '../../../local/s3vectors/storage/vector-index';
import { Random } from './random';
import { startServer, type ServerProcess } from './server-process';
import { temporaryDirectory } from './temporary-directory';

// A server is killed at random moments while several clients put, overwrite and delete vectors and create and delete
// indexes. After each restart all that was acknowledged is there bit for bit, and what was not is there wholly or not
// at all. S3_VECTORS_CRASHES sets how many times, S3_VECTORS_CRASH_SEED where the random numbers begin.
const CRASHES = Number(process.env['S3_VECTORS_CRASHES'] ?? 5);
const SEED = Number(process.env['S3_VECTORS_CRASH_SEED'] ?? 1);
const WRITERS = 4;
const KEYS = 60;
const DIMENSION = 48;
/** Pages that LMDB keeps for itself. */
const FREE_DATABASE_BYTES = 128 * 1024;
const bucket = { vectorBucketName: 'crash-bucket' };

/** The vector of a round: any float32 below 2, of all magnitudes. */
function vectorOf(key: string, round: number): Float32Array {
  let seed = round;
  for (const character of key) seed = Math.imul(seed, 31) + character.charCodeAt(0);
  const random = new Random(seed);
  const bits = Uint32Array.from({ length: DIMENSION }, () => random.bits() & 0xbfffffff);
  return new Float32Array(bits.buffer);
}

const metadataOf = (key: string, round: number) => ({ key, round, text: 'x'.repeat((round * 37) % 1_500) });

/** What an index holds, as far as clients were told: the round of each key. */
type Contents = Map<string, number>;

/** A request that was sent and not answered yet. */
type Pending =
  | {
      readonly kind: 'put' | 'delete';
      readonly indexName: string;
      readonly keys: string[];
      readonly round: number;
    }
  | { readonly kind: 'createIndex'; readonly indexName: string }
  | { readonly kind: 'deleteIndex'; readonly indexName: string };

class Model {
  readonly indexes = new Map<string, Contents>();
  readonly pending = new Map<number, Pending>();
  acknowledged = 0;

  begin(writer: number, pending: Pending): void {
    this.pending.set(writer, pending);
  }

  /** The answer came: what was asked for is so. */
  settle(writer: number): void {
    const pending = this.pending.get(writer);
    assert.ok(pending);
    this.pending.delete(writer);
    this.apply(pending);
    this.acknowledged += 1;
  }

  apply(pending: Pending): void {
    if (pending.kind === 'createIndex') this.indexes.set(pending.indexName, new Map());
    else if (pending.kind === 'deleteIndex') this.indexes.delete(pending.indexName);
    else {
      const contents = this.indexes.get(pending.indexName);
      assert.ok(contents);
      for (const key of pending.keys) {
        if (pending.kind === 'put') contents.set(key, pending.round);
        else contents.delete(key);
      }
    }
  }
}

async function ok(server: ServerProcess, operation: string, input: object): Promise<unknown> {
  const { status, answer } = await server.call(operation, input);
  assert.equal(status, 200, `${operation}: ${JSON.stringify(answer)}`);
  return answer;
}

/** One client: its own keys of an index that all share, and an index of its own that comes and goes. */
async function write(server: ServerProcess, model: Model, writer: number, random: Random): Promise<never> {
  const own = `own-${writer}`;
  for (;;) {
    const there = model.indexes.has(own);
    if (random.chance(0.06)) {
      model.begin(
        writer,
        there ? { kind: 'deleteIndex', indexName: own } : { kind: 'createIndex', indexName: own },
      );
      const shape = { dataType: 'float32', dimension: DIMENSION, distanceMetric: 'euclidean' };
      if (there) await ok(server, 'DeleteIndex', { ...bucket, indexName: own });
      else await ok(server, 'CreateIndex', { ...bucket, indexName: own, ...shape });
    } else {
      const indexName = there && random.chance(0.5) ? own : 'shared';
      const count = 1 + random.below(random.chance(0.2) ? KEYS : 8);
      const first = random.below(KEYS);
      const keys = Array.from({ length: count }, (_, n) => `w${writer}-${(first + n) % KEYS}`);
      if (random.chance(0.25)) {
        model.begin(writer, { kind: 'delete', indexName, keys, round: 0 });
        await ok(server, 'DeleteVectors', { ...bucket, indexName, keys });
      } else {
        const round = random.bits() % 1_000_000;
        model.begin(writer, { kind: 'put', indexName, keys, round });
        const vectors = keys.map((key) => ({
          key,
          data: { float32: Array.from(vectorOf(key, round)) },
          metadata: metadataOf(key, round),
        }));
        await ok(server, 'PutVectors', { ...bucket, indexName, vectors });
      }
    }
    model.settle(writer);
  }
}

interface Listed {
  readonly key: string;
  readonly data: { readonly float32: number[] };
  readonly metadata: { readonly round: number };
}

/** The rounds that an index holds; fails for a vector that is not exactly that of its round. */
async function read(server: ServerProcess, indexName: string): Promise<Contents> {
  const contents: Contents = new Map();
  let nextToken: string | undefined;
  do {
    const page = (await ok(server, 'ListVectors', {
      ...{ ...bucket, indexName, maxResults: 1_000, returnData: true, returnMetadata: true },
      ...(nextToken === undefined ? {} : { nextToken }),
    })) as { vectors: Listed[]; nextToken?: string };
    for (const { key, data, metadata } of page.vectors) {
      assert.deepEqual(metadata, metadataOf(key, metadata.round), `${indexName} ${key}`);
      const expected = vectorOf(key, metadata.round);
      assert.deepEqual(
        Float32Array.from(data.float32),
        expected,
        `${indexName} ${key} round ${metadata.round}`,
      );
      assert.equal(contents.has(key), false, `${key} is listed twice`);
      contents.set(key, metadata.round);
    }
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return contents;
}

/** Compares what is there with what was acknowledged, and takes over what an unanswered request has done. */
async function check(server: ServerProcess, model: Model, random: Random): Promise<void> {
  const { indexes } = (await ok(server, 'ListIndexes', bucket)) as { indexes: { indexName: string }[] };
  const found = new Map<string, Contents>();
  for (const { indexName } of indexes) found.set(indexName, await read(server, indexName));

  for (const pending of model.pending.values()) {
    const contents = found.get(pending.indexName);
    let done: boolean;
    if (pending.kind === 'createIndex') done = contents !== undefined;
    else if (pending.kind === 'deleteIndex') done = contents === undefined;
    else {
      const before = model.indexes.get(pending.indexName);
      assert.ok(contents !== undefined && before !== undefined);
      const wanted = pending.kind === 'put' ? pending.round : undefined;
      const changing = pending.keys.filter((key) => before.get(key) !== wanted);
      const changed = changing.filter((key) => contents.get(key) === wanted);
      assert.ok(
        changed.length === 0 || changed.length === changing.length,
        `half a request: ${changed.length} of ${changing.length} keys of ${JSON.stringify(pending)}`,
      );
      done = changed.length > 0;
    }
    if (done) model.apply(pending);
  }
  model.pending.clear();
  assert.deepEqual(found, model.indexes);

  for (const [indexName, contents] of found) {
    const keys = [...contents.keys()];
    if (keys.length === 0) continue;
    const key = random.one(keys);
    const float32 = Array.from(vectorOf(key, contents.get(key)!));
    const { vectors } = (await ok(server, 'QueryVectors', {
      ...{ ...bucket, indexName, topK: 1, returnDistance: true, queryVector: { float32 } },
    })) as { vectors: { key: string; distance: number }[] };
    assert.deepEqual(vectors[0], { key, distance: 0 }, 'a search finds what a list shows');
  }
}

/** Compacts all of a data directory that nobody uses: what is left is what the model holds, and nothing of a crash. */
async function compacted(dataDir: string, model: Model): Promise<void> {
  await compactDatabase(dataDir);
  const database = openDatabase(dataDir);
  try {
    const { bytes, liveBytes } = database.space();
    assert.ok(bytes - liveBytes <= FREE_DATABASE_BYTES, `${bytes} bytes for ${liveBytes} live ones`);
    const indexes = new Catalog(database).indexes(bucket.vectorBucketName);
    for (const { id, name, shape } of indexes) {
      const live = model.indexes.get(name)!.size * DIMENSION * Float32Array.BYTES_PER_ELEMENT;
      assert.deepEqual(await compactVectors(dataDir, database, id, shape), { bytes: live, liveBytes: live });
    }
    const ids = indexes.map(({ id }) => id);
    assert.deepEqual(
      recordedIndexIds(database).filter((id) => !ids.includes(id)),
      [],
      'records of indexes that are gone',
    );
    assert.deepEqual(
      [...vectorFileIds(dataDir)].filter((id) => !ids.includes(id)),
      [],
      'files of indexes that are gone',
    );
  } finally {
    await database.close();
  }
}

describe('S3 Vectors Local, killed at random moments', () => {
  it(`has after each of ${CRASHES} restarts all that was acknowledged, nothing by half, and no space lost`, async function () {
    this.timeout(60_000 + CRASHES * 20_000);
    const dataDir = temporaryDirectory();
    const random = new Random(SEED);
    const model = new Model();
    for (let life = 0; life < CRASHES; life += 1) {
      if (life > 0 && random.chance(0.15)) {
        // Killed again while it starts: recovery must be able to start over.
        const delay = random.below(900);
        await startServer(dataDir, (child) => setTimeout(() => child.kill('SIGKILL'), delay)).then(
          (server) => server.end('SIGKILL'),
          () => undefined,
        );
      }
      const server = await startServer(dataDir);
      if (life === 0) {
        await ok(server, 'CreateVectorBucket', bucket);
        const shape = { dataType: 'float32', dimension: DIMENSION, distanceMetric: 'euclidean' };
        await ok(server, 'CreateIndex', { ...bucket, indexName: 'shared', ...shape });
        model.indexes.set('shared', new Map());
      }
      await check(server, model, random);
      const before = model.acknowledged;
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        write(server, model, writer, new Random(random.bits())).catch((error: unknown) => error),
      );
      // At least one request is answered, then the end comes whenever it comes.
      while (model.acknowledged === before) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, random.below(300)));
      await server.end('SIGKILL');
      for (const ended of await Promise.all(writers)) {
        assert.ok(!(ended instanceof assert.AssertionError), String(ended));
      }
    }
    const last = await startServer(dataDir);
    await check(last, model, random);
    await last.end('SIGTERM');
    await compacted(dataDir, model);
    const compact = await startServer(dataDir);
    await check(compact, model, random);
    await compact.end('SIGTERM');
    console.log(`      ${CRASHES} kills, ${model.acknowledged} acknowledged requests`);
  });
});
