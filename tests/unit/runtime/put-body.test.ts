import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { VectorRecord } from '../../../contract/vectors/record';
import { PutBodyWriter, putBodyOf } from '../../../runtime/vector-store/put-body';
import type { PutBody, PutBodyLimits } from '../../../runtime/vector-store/put-body';

const TARGET = { vectorBucketName: 'acme-test-vector-runtime', indexName: 'episodes' };

interface SentBody {
  vectorBucketName: string;
  indexName: string;
  vectors: { key: string; data: { float32: number[] }; metadata?: unknown }[];
}

function read(body: PutBody): SentBody {
  return JSON.parse(body.bytes.toString('utf8')) as SentBody;
}

function bodiesOf(records: readonly VectorRecord[], limits: PutBodyLimits): PutBody[] {
  const writer = new PutBodyWriter(TARGET, limits);
  const bodies: PutBody[] = [];
  records.forEach((record, position) => {
    if (writer.add(record, position)) return;
    bodies.push(writer.take());
    assert.ok(writer.add(record, position), 'a single record fits');
  });
  if (writer.size > 0) bodies.push(writer.take());
  return bodies;
}

const metadataValue = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 3 }),
);
const record = fc.record(
  {
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    data: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }),
    metadata: fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      metadataValue,
      { maxKeys: 4, noNullPrototype: true },
    ),
  },
  { requiredKeys: ['key', 'data'], noNullPrototype: true },
);
const records = fc.array(record, { maxLength: 40 });

describe('the body of a put', () => {
  it('says exactly what was added, in order, as JSON', () => {
    fc.assert(
      fc.property(records, (given) => {
        const sent = bodiesOf(given, { maxRecords: 7, maxBytes: 1 << 20 }).map(read);
        for (const { vectorBucketName, indexName } of sent)
          assert.deepEqual({ vectorBucketName, indexName }, TARGET);
        assert.deepEqual(
          sent.flatMap(({ vectors }) => vectors.map(({ key, metadata }) => ({ key, metadata }))),
          given.map(({ key, metadata }) => ({ key, metadata })),
        );
        const components = sent.flatMap(({ vectors }) =>
          vectors.map(({ data }) => data.float32.map(Math.fround)),
        );
        assert.deepEqual(
          components,
          given.map(({ data }) => [...data].map(Math.fround)),
        );
      }),
    );
  });

  it('never exceeds either limit, and is never closed while the next record would fit', () => {
    const limits = fc.record({
      maxRecords: fc.integer({ min: 1, max: 10 }),
      maxBytes: fc.integer({ min: 6_000, max: 12_000 }),
    });
    fc.assert(
      fc.property(records, limits, (given, limit) => {
        const bodies = bodiesOf(given, limit);
        for (const [place, body] of bodies.entries()) {
          assert.ok(body.records.length <= limit.maxRecords);
          assert.ok(body.bytes.length <= limit.maxBytes);
          const next = bodies[place + 1]?.records[0];
          if (next === undefined) continue;
          const withNext = body.bytes.length + 1 + (next.end - next.begin);
          assert.ok(
            body.records.length === limit.maxRecords || withNext > limit.maxBytes,
            'the next record would have fitted',
          );
        }
      }),
    );
  });

  it('is one of as few as the order of the records allows', () => {
    const limits = fc.record({
      maxRecords: fc.integer({ min: 1, max: 10 }),
      maxBytes: fc.integer({ min: 6_000, max: 12_000 }),
    });
    fc.assert(
      fc.property(records, limits, (given, limit) => {
        const alone = given.map((one, position) => {
          const writer = new PutBodyWriter(TARGET);
          writer.add(one, position);
          return writer.take();
        });
        const empty = new PutBodyWriter(TARGET).length;
        const sizes = alone.map(({ bytes }) => bytes.length - empty);
        // Fewest bodies for the first n records, by trying every last body.
        const fewest = [0];
        for (let end = 1; end <= sizes.length; end += 1) {
          let best = Infinity;
          let bytes = empty - 1;
          for (let begin = end - 1; begin >= 0 && end - begin <= limit.maxRecords; begin -= 1) {
            bytes += sizes[begin]! + 1;
            if (bytes <= limit.maxBytes) best = Math.min(best, fewest[begin]! + 1);
          }
          fewest.push(best);
        }
        assert.equal(bodiesOf(given, limit).length, fewest[given.length]);
      }),
    );
  });

  it('is written into memory that was given back, without touching bodies that were not', () => {
    const writer = new PutBodyWriter(TARGET);
    const bodyOf = (key: string): PutBody => {
      writer.add({ key, data: [1, 2] }, 0);
      return writer.take();
    };
    const first = bodyOf('first');
    const kept = bodyOf('kept');
    writer.recycle(first);
    const { buffer } = first.bytes;
    bodyOf('into the area that was begun already');
    assert.equal(bodyOf('recycled').bytes.buffer, buffer);
    assert.equal(read(kept).vectors[0]?.key, 'kept');
  });

  it('takes a record whose last byte is the last one allowed, and refuses one byte more', () => {
    const given = { key: 'k', data: [0.5], metadata: { text: 'x'.repeat(100) } };
    const whole = new PutBodyWriter(TARGET);
    assert.ok(whole.add(given, 0));
    const size = whole.take().bytes.length;
    assert.ok(new PutBodyWriter(TARGET, { maxRecords: 500, maxBytes: size }).add(given, 0));
    const tight = new PutBodyWriter(TARGET, { maxRecords: 500, maxBytes: size - 1 });
    assert.ok(!tight.add(given, 0));
    assert.equal(tight.size, 0);
  });

  it('holds 500 records of 3,072 dimensions in one request, which doubles cannot', () => {
    const writer = new PutBodyWriter(TARGET);
    for (let position = 0; position < 500; position += 1) {
      const data = Float32Array.from({ length: 3072 }, (_, at) => Math.sin(position * 3072 + at + 1) / 40);
      assert.ok(writer.add({ key: `key-${position}`, data }, position));
    }
    assert.ok(!writer.add({ key: 'one more', data: [1] }, 500));
    assert.ok(writer.take().bytes.length <= 20_971_520);
  });

  it('can be split without encoding anything again', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.boolean()),
        (given, coin) => {
          const [body] = bodiesOf(given, { maxRecords: 500, maxBytes: 1 << 20 }) as [PutBody];
          const chosen = body.records.filter(() => coin.next().value);
          const part = putBodyOf(body, chosen);
          assert.deepEqual(
            read(part).vectors,
            chosen.map(({ position }) => read(body).vectors[position]),
          );
          for (const { key, begin, end } of part.records) {
            const text = part.bytes.toString('utf8', begin, end);
            assert.equal((JSON.parse(text) as { key: string }).key, key);
          }
        },
      ),
    );
  });

  it('begins anew after it was taken', () => {
    const writer = new PutBodyWriter(TARGET);
    writer.add({ key: 'one', data: [1] }, 0);
    const first = writer.take();
    writer.add({ key: 'two', data: [2] }, 1);
    assert.deepEqual(read(writer.take()).vectors, [{ key: 'two', data: { float32: [2] } }]);
    assert.deepEqual(read(first).vectors, [{ key: 'one', data: { float32: [1] } }]);
  });
});
