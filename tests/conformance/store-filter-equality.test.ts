// The filter that the runtime evaluates itself (findWhere) against the one that the service evaluates in a query: on
// generated metadata and filters, both find the same vectors.
import assert from 'node:assert/strict';
import { CreateVectorBucketCommand } from '@aws-sdk/client-s3vectors';
import fc from 'fast-check';
import type { Metadata } from '../../contract/vectors/metadata';
import { InvalidInputError } from '../../contract/invalid-input';
import type { QueryFilter } from '../../runtime/vector-store/query-filter';
import { VectorStore } from '../../runtime/vector-store/vector-store';
import { CREDENTIALS, makeIndex, REGION, startService, type RunningService } from './running-service';

const BUCKET = 'acme-test-vector-filters';
const VECTORS = 120;
const FILTERS = Number(process.env['FILTER_EQUALITY_RUNS'] ?? 250);
const SEED = 20261121;

/** Few keys and few values, so that filters find something. */
const key = fc.constantFrom('a', 'b', 'ü', 'long');
const text = fc.constantFrom('', 'x', 'xy', 'xyz', 'é', '1', 'true', '😀');
const number = fc.constantFrom(0, -0, 1, -1, 1.5, 0.1, 1e300, -1e-300, 2 ** 53);
const scalar = fc.oneof(text, number, fc.boolean());
const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
  key,
  fc.oneof(scalar, fc.array(fc.oneof(text, number), { maxLength: 3 })),
  { noNullPrototype: true },
);
const values = fc.array(scalar, { minLength: 1, maxLength: 4 });
const operators = fc.oneof(
  scalar.map((value) => ({ $eq: value })),
  scalar.map((value) => ({ $ne: value })),
  number.map((value) => ({ $gt: value })),
  number.map((value) => ({ $gte: value })),
  number.map((value) => ({ $lt: value })),
  number.map((value) => ({ $lte: value })),
  fc.tuple(number, number).map(([least, most]) => ({ $gte: least, $lte: most })),
  values.map((list) => ({ $in: list })),
  values.map((list) => ({ $nin: list })),
  fc.boolean().map((exists) => ({ $exists: exists })),
  text.map((prefix) => ({ $startsWith: prefix })),
);
const condition = fc.tuple(key, fc.oneof(scalar, operators)).map(([name, operand]) => ({ [name]: operand }));
const { filter } = fc.letrec<{ filter: QueryFilter; parts: QueryFilter[] }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    condition,
    tie('parts').map((parts) => ({ $and: parts })),
    tie('parts').map((parts) => ({ $or: parts })),
    fc.dictionary(key, fc.oneof(scalar, operators), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  ),
  parts: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
}));

describe('a filter evaluated by the runtime', () => {
  let service: RunningService;
  let store: VectorStore;

  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
    const address = await makeIndex(service, BUCKET, 2, 'cosine', ['note']);
    store = new VectorStore({
      ...address,
      region: REGION,
      endpoint: service.server.url,
      credentials: CREDENTIALS,
    });
    const records = fc.sample(metadata, { numRuns: VECTORS, seed: SEED }).map((given, at) => ({
      key: `key-${at}`,
      data: [1, at],
      metadata: { ...given, note: at % 2 === 0 ? 'even' : 'odd' },
    }));
    assert.equal((await store.put(records)).written, VECTORS);
  });
  after(async () => {
    store.close();
    await service.stop();
  });

  async function found(given: QueryFilter, nonFilterable = false): Promise<string[]> {
    const keys: string[] = [];
    for await (const vector of store.findWhere(given, { segments: 1, nonFilterable })) keys.push(vector.key);
    return keys.sort();
  }

  it('finds what the service finds, whatever the filter', async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(filter, async (given) => {
        const matches = await store.query([1, 0], { topK: 10_000, filter: given, returnMetadata: false });
        const keys = matches.map((match) => match.key).sort();
        if (keys.length > 0 && keys.length < VECTORS) some += 1;
        assert.deepEqual(await found(given), keys);
      }),
      { seed: SEED, numRuns: FILTERS },
    );
    assert.ok(some > FILTERS / 3, `only ${some} of ${FILTERS} filters told vectors apart`);
  }).timeout(120_000);

  it('refuses non-filterable keys as a query does, unless they are allowed', async () => {
    const given = { note: 'odd' };
    await assert.rejects(store.query([1, 0], { filter: given }), InvalidInputError);
    await assert.rejects(found(given), /"note".*non-filterable/);
    assert.equal((await found(given, true)).length, VECTORS / 2);
  });
});
