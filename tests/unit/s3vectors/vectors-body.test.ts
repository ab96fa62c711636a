import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseJson } from '../../../local/s3vectors/http/json-body';
import { readNumberArray } from '../../../local/s3vectors/http/number-array';
import { parseVectorsBody } from '../../../local/s3vectors/http/vectors-body';
import { inputs } from '../../../local/s3vectors/model/inputs';
import { readInput, type Shape } from '../../../local/s3vectors/model/shape';
import { ServiceError } from '../../../local/s3vectors/service-error';

/** What an operation would see of a body, or the refusal it would answer with, in a form to compare. */
function seen(parse: (body: Buffer) => unknown, body: Buffer, shape: Shape<unknown>): unknown {
  try {
    return { input: readInput(shape, parse(body)) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { name, message, fieldList, detail } = error;
    return { name, message, fieldList, detail };
  }
}

function assertSame(body: Buffer): void {
  for (const shape of [inputs.PutVectors, inputs.QueryVectors] as Shape<unknown>[]) {
    // deepStrictEqual tells -0 from 0, and a Float32Array from an array.
    assert.deepStrictEqual(
      seen(parseVectorsBody, body, shape),
      seen(parseJson, body, shape),
      body.toString(),
    );
  }
}

const exactly = (text: string): Float32Array | undefined => {
  const bytes = Buffer.from(`[${text}]`);
  const read = readNumberArray(bytes, 0);
  if (read !== undefined) assert.equal(read.end, bytes.length);
  return read?.numbers;
};

const digits = fc.stringMatching(/^[0-9]{1,32}$/);
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => n.toExponential(8)),
  fc.integer().map(String),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?$/),
  // Half-way between two neighbouring float32, and a hair beside it: where rounding twice would go wrong.
  fc
    .tuple(
      fc.integer({ min: 0x3f000000, max: 0x43000000 }),
      fc.integer({ min: 16, max: 23 }),
      fc.constantFrom('', '1'),
    )
    .map(([bits, precision, tail]) => {
      const [low, high] = new Float32Array(Uint32Array.of(bits, bits + 1).buffer) as unknown as [
        number,
        number,
      ];
      return ((low + high) / 2).toPrecision(precision) + tail;
    }),
);

describe('the numbers of a vector', () => {
  it('have the value that JSON.parse and rounding to float32 give them', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const [number] = exactly(text) ?? [];
        assert.ok(Object.is(number, Math.fround(JSON.parse(text) as number)), text);
      }),
      { numRuns: 20_000, seed: 7 },
    );
  });

  it('have that value at the ends of the ranges of float32, double and decimal', () => {
    for (const text of [
      ...['0', '-0', '0.0', '-0.0e0', '0e999', '-0e-999', '1e400', '-1e400', '1e-400', '1e39', '1e-46'],
      ...[
        '3.4028235e38',
        '3.4028235677973366e38',
        '3.40282356779733661637539395458142568447e38',
        '3.4028236e38',
      ],
      ...[
        '1.401298464324817e-45',
        '7.006492321624085e-46',
        '7.006492321624086e-46',
        '1.1754943508222875e-38',
      ],
      ...[
        '9007199254740992',
        '9007199254740993',
        '9007199254740993.0000000000000000000001',
        '16777217',
        '16777219',
      ],
      ...[`0.${'0'.repeat(50)}1`, `1${'0'.repeat(50)}`, `1${'0'.repeat(400)}`, `0.${'9'.repeat(400)}`],
      ...[
        '1e22',
        '1e23',
        '123456789012345678e-22',
        '1.00000005960464477539062499999999',
        '1e00000000000000000005',
      ],
    ]) {
      const [number] = exactly(text) ?? [];
      assert.ok(Object.is(number, Math.fround(JSON.parse(text) as number)), text);
    }
  });

  it('are read however many there are, with any white space between', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => at / 8);
    assert.deepEqual(exactly(many.join(' ,\n\t\r')), Float32Array.from(many));
    assert.deepEqual(exactly(' \n1 '), Float32Array.of(1));
  });

  it('are left to JSON.parse where they are no numbers of JSON, or not only numbers', () => {
    for (const text of [
      ...[
        '',
        ' ',
        '01',
        '+1',
        '.5',
        '5.',
        '-',
        '-a',
        '1e',
        '1e+',
        '1.e5',
        '--1',
        '1-',
        '0x10',
        'NaN',
        'Infinity',
        '1_0',
      ],
      ...[
        '1,',
        ',1',
        '1,,2',
        '1 2',
        '"1"',
        'null',
        'true',
        '[1]',
        '{}',
        '1,"NaN"',
        '1,null',
        '1]2',
        '1\u00a0',
        '1/**/',
      ],
    ]) {
      assert.equal(readNumberArray(Buffer.from(`[${text}]`), 0)?.end === text.length + 2, false, text);
      assertSame(Buffer.from(`{"vectors":[{"key":"k","data":{"float32":[${text}]}}]}`));
    }
    for (const text of ['[', '[1', '[1,', '[-', '[1e', '[1.', '[1 ']) {
      assert.equal(readNumberArray(Buffer.from(text), 0), undefined, text);
    }
    fc.assert(
      fc.property(digits, digits, (a, b) =>
        assertSame(Buffer.from(`{"queryVector":{"float32":[${a}.${b}]},"topK":1}`)),
      ),
      { numRuns: 300, seed: 8 },
    );
  });
});

/** JSON texts in which members called float32 abound, with every way to write a name and white space. */
const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r');
const name = fc.constantFrom(
  ...[
    '"float32"',
    '"float32"',
    '"float32"',
    '"\\u0066loat32"',
    '"float3\\u0032"',
    '"\\u0066\\u006c\\u006f\\u0061\\u0074\\u0033\\u0032"',
  ],
  ...[
    '"vectors"',
    '"queryVector"',
    '"data"',
    '"metadata"',
    '"filter"',
    '"key"',
    '"topK"',
    '"__proto__"',
    '"Float32"',
  ],
  ...[
    '"float32 "',
    '"\\"float32"',
    '"float32\\""',
    '"flo\\at32"',
    '"\\u006"',
    '"ﬂoat32"',
    '"\\ud83d"',
    '""',
    '"constructor"',
  ],
);
const { json } = fc.letrec<{ json: string; list: string; object: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom(
      '1',
      '-0',
      '"x"',
      'null',
      'true',
      '0.1',
      '"float32"',
      '"float32\\":[1]"',
      '"\\\\"',
      '"é😀"',
      '01',
      '',
    ),
    fc
      .tuple(space, fc.array(numberText, { maxLength: 4 }), space)
      .map(([a, all, b]) => `[${a}${all.join(`${b},${a}`)}${b}]`),
    fc.constantFrom(
      '[0]',
      '[1]',
      '["NaN",1]',
      '[null]',
      '[]',
      '[1,"-Infinity"]',
      '[1,{"float32":[2]}]',
      '[01]',
      '[1e400]',
    ),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('json'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
  object: fc
    .array(fc.tuple(name, space, space, tie('json')), { maxLength: 4 })
    .map((all) => `{${all.map(([key, a, b, value]) => `${key}${a}:${b}${value}`).join(',')}}`),
}));
const vectorText = fc
  .tuple(name, json, json, fc.constantFrom('', ',"float32":[9]', ',"\\u0066loat32":"x"'))
  .map(
    ([member, data, metadata, twice]) =>
      `{"key":"k","data":{${member}:${data}${twice}},"metadata":${metadata}}`,
  );
const body = fc.oneof(
  json,
  fc.array(vectorText, { maxLength: 4 }).map((all) => `{"vectors":[${all.join(',')}],"indexName":"index"}`),
  fc
    .tuple(json, json)
    .map(([list, filter]) => `{"topK":1,"queryVector":{"float32":${list}},"filter":${filter}}`),
);

describe('a body that carries vectors', () => {
  it('has the same verdict and the same values as with JSON.parse, whatever it holds', () => {
    fc.assert(
      fc.property(body, (text) => assertSame(Buffer.from(text))),
      { numRuns: 4_000, seed: 9 },
    );
  });

  it('has the same verdict and values after bytes of it were changed, dropped or repeated', () => {
    const bytes = Buffer.from('"[]{},:\\0123456789.eE+-float32u \n\xff\u0000'.repeat(1), 'latin1');
    fc.assert(
      fc.property(
        body,
        fc.array(
          fc.record({
            at: fc.nat(),
            kind: fc.constantFrom('set', 'drop', 'insert', 'cut', 'double'),
            byte: fc.nat(),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (text, changes) => {
          let mutated = Buffer.from(text);
          for (const { at, kind, byte } of changes) {
            const where = mutated.length === 0 ? 0 : at % mutated.length;
            const one = Buffer.of(bytes[byte % bytes.length] as number);
            const [before, behind] = [mutated.subarray(0, where), mutated.subarray(where)];
            if (kind === 'set') mutated = Buffer.concat([before, one, behind.subarray(1)]);
            else if (kind === 'drop') mutated = Buffer.concat([before, behind.subarray(1)]);
            else if (kind === 'insert') mutated = Buffer.concat([before, one, behind]);
            else if (kind === 'cut') mutated = Buffer.from(before);
            else mutated = Buffer.concat([before, behind, behind]);
          }
          assertSame(mutated);
        },
      ),
      { numRuns: 4_000, seed: 10 },
    );
  });

  it('keeps lists called float32 in metadata and filters as ordinary lists of doubles', () => {
    const text =
      '{"vectors":[{"key":"a","data":{"float32":[0.1]},"metadata":{"float32":[0.1,2]}}],"filter":{"float32":[7]}}';
    const value = parseVectorsBody(Buffer.from(text)) as {
      vectors: [{ data: object; metadata: object }];
      filter: object;
    };
    assert.deepStrictEqual(value.vectors[0].data, { float32: Float32Array.of(0.1) });
    assert.deepStrictEqual(value.vectors[0].metadata, { float32: [0.1, 2] });
    assert.deepStrictEqual(value.filter, { float32: [7] });
  });

  it('may be nested deeper than the call stack', () => {
    const deep = (core: string) => `${'{"a":['.repeat(200_000)}${core}${']}'.repeat(200_000)}`;
    for (const core of ['1', '{"float32":[1,2]}', '{"float32":[1,2']) {
      const bytes = Buffer.from(`{"vectors":[{"key":"a","data":{"float32":[1]}}],"x":${deep(core)}}`);
      assert.deepStrictEqual(
        seen(parseVectorsBody, bytes, inputs.PutVectors),
        seen(parseJson, bytes, inputs.PutVectors),
      );
    }
  });

  it('may hold any number of lists called float32, of which a million are read as ordinary ones', () => {
    const lists = Array.from({ length: 3_000 }, (_, n) => `{"float32":[${n}]}`);
    const bytes = Buffer.from(`{"vectors":[{"key":"a","data":{"float32":[1]}}],"x":[${lists.join(',')}]}`);
    assert.deepStrictEqual(parseVectorsBody(bytes), JSON.parse(bytes.toString()));
  });
});

describe('bodies', () => {
  const refused = (body: string): boolean => {
    try {
      assert.deepStrictEqual(parseJson(Buffer.from(body)), JSON.parse(body));
      return false;
    } catch (error) {
      assert.equal((error as Error).name, 'SerializationException', body);
      return true;
    }
  };

  it('are refused for half of a surrogate pair, however it is written, and taken with whole ones', () => {
    for (const text of [
      '\\ud800',
      'a\\uD83d',
      '\\udc00',
      '\\ud83dx',
      '\\ud83d\\n',
      '\\ud83d\\ud83d\\ude00',
      '\\\\\\ud800',
    ]) {
      assert.ok(refused(`{"a":"${text}"}`), text);
      assert.ok(refused(`{"${text}":[1]}`), text);
    }
    for (const text of [
      '\\ud83d\\ude00',
      '\\\\ud800',
      '\\ud7ff',
      '\\ue000',
      '\\"\\\\',
      '😀',
      '[{\\"['.repeat(2_000),
    ]) {
      assert.ok(!refused(`["${text}",{"${text}":"${text}"}]`), text);
    }
  });

  it('are refused when nested more than a thousand levels deep below the first', () => {
    for (const open of ['[', '{']) {
      const nested = (levels: number) =>
        open === '['
          ? `${'['.repeat(levels)}${']'.repeat(levels)}`
          : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      assert.ok(!refused(nested(1_001)));
      assert.ok(refused(nested(1_002)));
    }
  });
});
