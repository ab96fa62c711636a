import assert from 'node:assert/strict';
import { CreateVectorBucketCommand } from '@aws-sdk/client-s3vectors';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { sendRaw, startService, uniqueName, type RunningService } from './running-service';

// The server's verdict on a filter, through the API, against an evaluator that is written here from the documentation
// (user guide, s3-vectors-metadata-filtering and s3-vectors-index-mode) and shares no code with it. What the guide leaves
// open is decided as docs/s3-vectors-local-rules.md says. FILTER_RUNS sets the number of cases.
const RUNS = Number(process.env['FILTER_RUNS'] ?? 400);
const SEED = Number(process.env['FILTER_SEED'] ?? 20_260_930);

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Metadata = Readonly<Record<string, Json>>;
type Mode = 'CLASSIC' | 'ENHANCED';

const NON_FILTERABLE = 'text';

/** Thrown by the evaluator where the documentation allows no such filter. */
class Refused extends Error {}

/** Whether metadata satisfy a filter. @throws Refused */
function satisfies(metadata: Metadata, filter: Json, mode: Mode): boolean {
  if (!isObject(filter) || Object.keys(filter).length !== 1) throw new Refused('one condition an object');
  const [[name, operand]] = Object.entries(filter) as [[string, Json]];
  if (name === '$and' || name === '$or') {
    if (!isList(operand) || operand.length === 0) throw new Refused('a list of filters');
    const parts = operand.map((part) => satisfies(metadata, part, mode));
    return name === '$and' ? !parts.includes(false) : parts.includes(true);
  }
  if (name.startsWith('$')) throw new Refused('unknown');
  if (name === NON_FILTERABLE) throw new Refused('non-filterable');
  if (!isObject(operand)) return holds(metadata, name, '$eq', operand, mode);
  const operators = Object.entries(operand);
  if (operators.length === 0) throw new Refused('an operator');
  return operators.map(([operator, value]) => holds(metadata, name, operator, value, mode)).every(Boolean);
}

function holds(metadata: Metadata, key: string, operator: string, operand: Json, mode: Mode): boolean {
  const there = Object.hasOwn(metadata, key);
  const value = there ? metadata[key] : undefined;
  const candidates = value === undefined ? [] : isList(value) ? value : [value];
  switch (operator) {
    case '$eq':
      return candidates.includes(primitive(operand));
    case '$ne':
      return !candidates.includes(primitive(operand));
    case '$in':
      return primitives(operand).some((wanted) => candidates.includes(wanted));
    case '$nin':
      return primitives(operand).every((unwanted) => !candidates.includes(unwanted));
    case '$gt':
      return candidates.some((number) => typeof number === 'number' && number > bound(operand));
    case '$gte':
      return candidates.some((number) => typeof number === 'number' && number >= bound(operand));
    case '$lt':
      return candidates.some((number) => typeof number === 'number' && number < bound(operand));
    case '$lte':
      return candidates.some((number) => typeof number === 'number' && number <= bound(operand));
    case '$exists':
      if (typeof operand !== 'boolean') throw new Refused('a boolean');
      return there === operand;
    case '$startsWith':
      if (mode === 'CLASSIC' || typeof operand !== 'string') throw new Refused('a string, ENHANCED');
      return candidates.some((text) => typeof text === 'string' && text.indexOf(operand) === 0);
    default:
      throw new Refused('unknown');
  }
}

function primitive(value: Json): Json {
  if (value === null || typeof value === 'object') throw new Refused('a primitive');
  return value;
}

function primitives(value: Json): readonly Json[] {
  if (!isList(value) || value.length === 0) throw new Refused('a list of primitives');
  return value.map(primitive);
}

function bound(value: Json): number {
  if (typeof value !== 'number') throw new Refused('a number');
  return value;
}

/** The operands of a filter that have to be right even where no vector is there to try them on. */
const EVERYTHING: Metadata = { a: [1, 'x'], b: [1, 'x'], c: [1, 'x'] };

function constraintsOf(filter: Json): number {
  if (!isObject(filter)) return 1;
  return Object.entries(filter).reduce((count, [name, operand]) => {
    if (name === '$and' || name === '$or') {
      return count + (operand as readonly Json[]).reduce<number>((sum, part) => sum + constraintsOf(part), 0);
    }
    if (!isObject(operand)) return count + 1;
    return Object.values(operand).reduce<number>(
      (sum, value) => sum + (isList(value) ? value.length : 1),
      count,
    );
  }, 0);
}

/** Keys of the vectors that match, or why the filter is refused. */
function verdict(vectors: readonly Metadata[], filter: Json, mode: Mode): string[] | string {
  try {
    satisfies(EVERYTHING, filter, mode);
  } catch (error) {
    if (error instanceof Refused)
      return error.message === 'non-filterable' ? error.message : 'Invalid filter';
    throw error;
  }
  if (mode === 'ENHANCED' && constraintsOf(filter) > 100) return 'Invalid filter';
  return vectors.flatMap((metadata, at) => (satisfies(metadata, filter, mode) ? [`k${at}`] : []));
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

// Few keys and few values, so that filters and metadata meet.
const key = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('', 'x', 'xy', 'X', '1', 'true', 'é', '😀', '😀x', '\u0000');
const number = fc.constantFrom(
  0,
  -0,
  1,
  -1,
  1.5,
  0.1,
  0.30000000000000004,
  0.3,
  16_777_217,
  16_777_216,
  1e300,
  5e-324,
);
const scalar: fc.Arbitrary<Json> = fc.oneof(text, number, fc.boolean());
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(fc.oneof(text, number), { maxLength: 3 }) },
);
const metadata: fc.Arbitrary<Metadata> = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(fc.oneof(key, fc.constant(NON_FILTERABLE)), value, { maxKeys: 4 }) },
  { weight: 1, arbitrary: fc.constant({}) },
);

const condition: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  ...['$eq', '$ne'].map((name) => scalar.map((operand) => ({ [name]: operand }))),
  ...['$gt', '$gte', '$lt', '$lte'].map((name) => number.map((operand) => ({ [name]: operand }))),
  ...['$in', '$nin'].map((name) =>
    fc.array(scalar, { minLength: 1, maxLength: 4 }).map((operand) => ({ [name]: operand })),
  ),
  fc.boolean().map((operand) => ({ $exists: operand })),
  text.map((operand) => ({ $startsWith: operand })),
  fc.tuple(number, number).map(([low, high]) => ({ $gte: low, $lt: high })),
);
const { filter: wellFormed } = fc.letrec<{ filter: Json }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: fc.tuple(key, condition).map(([name, operand]) => ({ [name]: operand })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('$and', '$or'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 }))
        .map(([name, parts]) => ({ [name]: parts })),
    },
  ),
}));

/** What people get wrong. */
const malformed: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    {},
    [],
    'text',
    0,
    { a: {} },
    { $and: [] },
    { $or: { a: 1 } },
    { $not: { a: 1 } },
    { $eq: 1 },
    { a: { $and: [{ b: 1 }] } },
    { a: { $contains: 'x' } },
    { a: { $eq: null } },
    { a: { $eq: [1] } },
    { a: [1] },
    { a: { b: 1 } },
    { a: 1, b: 2 },
    { a: { $in: [] } },
    { a: { $in: 'x' } },
    { a: { $nin: [null] } },
    { a: { $in: [[1]] } },
    { a: { $exists: 'true' } },
    { a: { $exists: 1 } },
    { a: { $startsWith: 1 } },
    { a: { $gt: 1, $lt: 'x' } },
    { [NON_FILTERABLE]: 'x' },
    { [NON_FILTERABLE]: { $exists: true } },
  ),
  fc
    .constantFrom('$gt', '$gte', '$lt', '$lte')
    .chain((name) =>
      fc.oneof(text, fc.boolean(), fc.constant([1])).map((operand) => ({ a: { [name]: operand } })),
    ),
  fc
    .integer({ min: 99, max: 102 })
    .chain((count) =>
      fc
        .constantFrom('$in', '$nin')
        .map((name) => ({ a: { [name]: Array.from({ length: count }, (_, n) => n) } })),
    ),
);
const filter: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: wellFormed },
  { weight: 1, arbitrary: malformed },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('$and', '$or'), wellFormed, malformed)
      .map(([name, good, bad]) => ({ [name]: [good, bad] })),
  },
);

describe('filters', () => {
  let service: RunningService;
  const buckets: Record<Mode, string> = { CLASSIC: uniqueName('classic'), ENHANCED: uniqueName('enhanced') };
  before(async () => {
    service = await startService();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: buckets.ENHANCED }));
    service.clockAhead = Date.UTC(2026, 0, 1) - Date.now();
    await service.client.send(new CreateVectorBucketCommand({ vectorBucketName: buckets.CLASSIC }));
    service.clockAhead = 0;
  });
  after(() => service.stop());

  for (const mode of ['ENHANCED', 'CLASSIC'] as const) {
    it(`on ${mode} give what a naive evaluator of the documented operators gives [s3-vectors-metadata-filtering, s3-vectors-index-mode]`, async function () {
      this.timeout(60_000 + RUNS * 200);
      let matched = 0;
      let refused = 0;
      const property = fc.asyncProperty(
        fc.array(metadata, { minLength: 1, maxLength: 12 }),
        fc.array(filter, { minLength: 1, maxLength: 4 }),
        async (vectors, filters) => {
          const at = { vectorBucketName: buckets[mode], indexName: uniqueName('index') };
          await sendRaw(service, 'CreateIndex', {
            ...at,
            dataType: 'float32',
            dimension: 1,
            distanceMetric: 'euclidean',
            metadataConfiguration: { nonFilterableMetadataKeys: [NON_FILTERABLE] },
          });
          const records = vectors.map((of, n) => ({ key: `k${n}`, data: { float32: [n] }, metadata: of }));
          const put = await sendRaw(service, 'PutVectors', { ...at, vectors: records });
          assert.equal(put.status, 200, JSON.stringify(put.body));
          for (const one of filters) {
            const asked = { ...at, topK: 20, queryVector: { float32: [0] }, filter: one };
            const answer = await sendRaw(service, 'QueryVectors', asked);
            const expected = verdict(vectors, one, mode);
            const { message, vectors: found } = answer.body as {
              message?: string;
              vectors?: { key: string }[];
            };
            const actual =
              answer.status === 200
                ? found?.map(({ key: name }) => name)
                : message === 'Invalid use of non-filterable metadata in filter'
                  ? 'non-filterable'
                  : message;
            assert.deepEqual(actual, expected, JSON.stringify(one));
            if (answer.status !== 200) {
              assert.deepEqual([answer.status, answer.error], [400, 'ValidationException']);
              refused += 1;
            } else if (found !== undefined && found.length > 0) matched += 1;
          }
          await sendRaw(service, 'DeleteIndex', at);
        },
      );
      await fc.assert(property, { seed: SEED, numRuns: RUNS / 2 });
      // A generator that never matches, or never errs, would prove nothing.
      assert.ok(matched > RUNS / 10 && refused > RUNS / 20, `${matched} matched, ${refused} refused`);
    });
  }
});
