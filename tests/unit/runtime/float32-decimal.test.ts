import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  float32Text,
  MAX_FLOAT32_LENGTH,
  shortened,
  writeFloat32,
  writeFloat32s,
} from '../../../runtime/vector-store/float32-decimal';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

/** Every finite float32, all bit patterns equally likely. */
const anyFloat32 = fc
  .integer({ min: 0, max: 0xffffffff })
  .map(fromBits)
  .filter((value) => Number.isFinite(value));

function significantDigits(text: string): number {
  const digits = text
    .replace(/^-/, '')
    .replace(/e.*/, '')
    .replace('.', '')
    .replace(/^0+/, '')
    .replace(/0+$/, '');
  return Math.max(1, digits.length);
}

/** Fewest digits with which a decimal strictly between the midpoints to the neighbours exists, by trying. */
function fewestDigits(value: number): number {
  const x = Math.abs(value);
  bits[0] = 0;
  float[0] = x;
  const pattern = bits[0];
  const high = (x + (pattern === 0x7f7fffff ? 2 ** 128 : fromBits(pattern + 1))) / 2;
  const low = (x + fromBits(pattern - 1)) / 2;
  for (let digits = 1; digits < 9; digits += 1) {
    const [mantissa, exponent] = x.toExponential(digits - 1).split('e') as [string, string];
    const nearest = BigInt(mantissa.replace('.', ''));
    for (const candidate of [nearest, nearest + 1n, nearest - 1n]) {
      const read = Number(`${candidate}e${Number(exponent) - digits + 1}`);
      if (read > low && read < high) return digits;
    }
  }
  return 9;
}

describe('the shortest decimal of a float32', () => {
  it('is read back by JSON.parse as the same bits, whatever the bits', () => {
    fc.assert(
      fc.property(anyFloat32, (value) => {
        const text = float32Text(value);
        assert.ok(Object.is(Math.fround(JSON.parse(text) as number), value), `${value} → ${text}`);
        assert.ok(text.length <= MAX_FLOAT32_LENGTH);
      }),
      { numRuns: 100_000 },
    );
  });

  it('is read back as the same bits where components of embeddings lie, in whole vectors', () => {
    // Bit patterns of ±0.0005 to ±2: the way that is written for speed, and its edges.
    const component = fc
      .tuple(fc.integer({ min: 0x3a03126f, max: 0x40000000 }), fc.boolean())
      .map(([pattern, negative]) => fromBits(pattern) * (negative ? -1 : 1));
    const out = new Uint8Array(200 * (MAX_FLOAT32_LENGTH + 1));
    fc.assert(
      fc.property(fc.array(component, { maxLength: 200, size: 'max' }), (vector) => {
        const text = Buffer.from(out.subarray(0, writeFloat32s(vector, out, 0))).toString();
        const read = JSON.parse(`[${text}]`) as number[];
        assert.deepEqual(read.map(Math.fround), vector);
        assert.equal(text, vector.map(float32Text).join(','), 'whatever stood in the memory before');
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no more digits than needed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyFloat32.filter((value) => value !== 0),
          fc.integer({ min: 0x3a03126f, max: 0x40000000 }).map(fromBits),
        ),
        (value) => {
          const text = float32Text(value);
          assert.ok(
            significantDigits(text) <= fewestDigits(value),
            `${value} → ${text}, though ${fewestDigits(value)} digits do`,
          );
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('is right beside every power of two, where the neighbours are unequally far', () => {
    for (let exponent = 0; exponent < 255; exponent += 1) {
      for (const fraction of [0, 1, 0x7fffff]) {
        const value = fromBits((exponent << 23) | fraction);
        assert.ok(Object.is(Math.fround(Number(float32Text(value))), value), String(value));
      }
    }
  });

  it('writes the forms that JSON has, the shorter first', () => {
    const written = [0, -0, 1, -1, 0.5, 0.1, 0.018, 0.00123, 123456, 1000, 1e10, 16777216].map((value) =>
      float32Text(value),
    );
    assert.deepEqual(written, [
      '0',
      '-0',
      '1',
      '-1',
      '0.5',
      '0.1',
      '0.018',
      '123e-5',
      '123456',
      '1e3',
      '1e10',
      '16777216',
    ]);
  });

  it('knows the smallest and the largest numbers', () => {
    assert.equal(float32Text(fromBits(1)), '1e-45');
    assert.equal(Math.fround(Number(float32Text(fromBits(0x7f7fffff)))), fromBits(0x7f7fffff));
  });

  it('rounds doubles to float32 first', () => {
    assert.equal(float32Text(0.1 + 0.2), '0.3');
  });

  it('refuses what JSON has no words for', () => {
    for (const value of [NaN, Infinity, -Infinity, 1e39]) {
      assert.throws(() => writeFloat32(value, new Uint8Array(20), 0), RangeError);
    }
  });

  it('makes vectors that JSON.stringify writes short', () => {
    const vector = [0.1, 0.2, 1 / 3].map(Math.fround);
    assert.equal(JSON.stringify(shortened(vector)), '[0.1,0.2,0.33333334]');
  });
});
