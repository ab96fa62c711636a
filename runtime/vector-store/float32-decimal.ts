// Writes a float32 as the shortest decimal that every JSON reader turns back into the same float32.
// S3 Vectors keeps 32 bits of each number and limits the bytes of a request: a double's 17 digits would nearly
// double the body and carry nothing (measured: a 500-record batch of 3,072 dimensions then exceeds 20 MiB).
//
// How: the numbers that read back as x lie between the midpoints to its neighbours, lo and hi. Both are exact as
// doubles (25 bits). Scaled by a power of ten to nine or ten digits, the integers strictly between lo·10^k and
// hi·10^k are the candidates, and the one that ends in the most zeros is the shortest. One multiplication by an exact
// power of ten rounds once and monotonically, so a product that is no integer lies on the true side of every
// integer; where it is one, or 10^k is not exact (|x| < 1.5e-14), exact integer arithmetic decides instead.
// A candidate on a midpoint itself is never taken: readers that go through a double would round it their own way.

const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const EXPONENT = 101;

/** Bytes that one float32 needs at most. */
export const MAX_FLOAT32_LENGTH = 15;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** 10^0 … 10^22: the powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Half the distance to the neighbour above, by exponent field. */
const HALF_STEP = Float64Array.from({ length: 256 }, (_, field) => 2 ** (Math.max(field, 1) - 151));
/** The power of ten that scales 2^e to nine digits, by exponent field: the scaled number is in [1e8, 2e9). */
const SCALE = Int8Array.from({ length: 256 }, (_, field) => Math.ceil(8 - (field - 127) * Math.log10(2)));

/**
 * Writes `value`, rounded to float32, as ASCII at `at`, and returns where it ended. `out` must have
 * `MAX_FLOAT32_LENGTH` bytes left. −0 is kept as `-0`.
 * @throws RangeError for NaN and infinities, which JSON has no words for.
 */
export function writeFloat32(value: number, out: Uint8Array, at: number): number {
  float[0] = value;
  const pattern = bits[0] as number;
  const field = (pattern >>> 23) & 0xff;
  if (field === 255) throw new RangeError(`${value} is no finite float32.`);
  // Without a branch: every other component is negative.
  out[at] = MINUS;
  at += pattern >>> 31;
  const fraction = pattern & 0x7fffff;
  if (field === 0) {
    if (fraction === 0) {
      out[at++] = ZERO;
      return at;
    }
    return writeExactly(field, fraction, out, at);
  }
  const scale = SCALE[field] as number;
  if (scale > 22 || scale < -22) return writeExactly(field, fraction, out, at);

  const x = Math.abs(float[0]);
  const half = HALF_STEP[field] as number;
  // Below a power of two the neighbour is half as far away.
  const low = x - (fraction === 0 && field > 1 ? half / 2 : half);
  const high = x + half;
  let scaledLow: number, scaledHigh: number, scaled: number;
  if (scale >= 0) {
    const power = POWERS[scale] as number;
    scaledLow = low * power;
    scaledHigh = high * power;
    scaled = x * power;
  } else {
    const power = POWERS[-scale] as number;
    scaledLow = low / power;
    scaledHigh = high / power;
    scaled = x / power;
  }
  const first = (scaledLow | 0) + 1;
  const last = scaledHigh | 0;
  if (first === scaledLow + 1 || last === scaledHigh) return writeExactly(field, fraction, out, at);
  return writeShortest(first, last, scaled, -scale, out, at);
}

/**
 * Writes the components of a vector with commas between them, as `writeFloat32` does each; returns where it ended.
 * `out` must have `MAX_FLOAT32_LENGTH` + 1 bytes left for each component.
 */
export function writeFloat32s(data: ArrayLike<number>, out: Uint8Array, at: number): number {
  const { length } = data;
  for (let component = 0; component < length; component += 1) {
    if (component > 0) out[at++] = COMMA;
    at = writeFloat32(data[component] as number, out, at);
  }
  return at;
}

/** Writes the candidate in [first, last] with the most trailing zeros, the nearest to `scaled` of those, times 10^exponent. */
function writeShortest(
  first: number,
  last: number,
  scaled: number,
  exponent: number,
  out: Uint8Array,
  at: number,
): number {
  const tens = (last / 10) | 0;
  const hundreds = (last / 100) | 0;
  // Nearly every float32 loses one or two digits here. 1 where a multiple is in the interval, read off a sign bit: no
  // branch foresees which it is.
  const byTen = (first - 1 - tens * 10) >>> 31;
  const byHundred = (first - 1 - hundreds * 100) >>> 31;
  const zeros = byTen + byHundred;
  let unit = POWERS[zeros] as number;
  exponent += zeros;
  if (byHundred === 1) {
    while (unit < 1_000_000_000 && last - (last % (unit * 10)) >= first) {
      unit *= 10;
      exponent += 1;
    }
  }
  let digits = (scaled / unit + 0.5) | 0;
  // The nearest multiple can fall outside where the interval is lopsided.
  if (digits * unit < first) digits += 1;
  else if (digits * unit > last) digits -= 1;
  return writeDecimal(digits | 0, exponent, out, at);
}

/** As the fast way, in exact integers: for the few numbers whose scaling a double cannot be trusted with. */
function writeExactly(field: number, fraction: number, out: Uint8Array, at: number): number {
  const mantissa = field === 0 ? fraction : fraction | 0x800000;
  // x = mantissa · 2^power, and the midpoints in quarters of that unit.
  const power = Math.max(field, 1) - 150;
  const scale = field === 0 ? 8 - Math.floor(Math.log10(mantissa * 2 ** power)) : (SCALE[field] as number);
  const quarters = BigInt(mantissa) * 4n;
  const numerator = (scale > 0 ? 10n ** BigInt(scale) : 1n) * (power > 2 ? 2n ** BigInt(power - 2) : 1n);
  const denominator = (scale < 0 ? 10n ** BigInt(-scale) : 1n) * (power < 2 ? 2n ** BigInt(2 - power) : 1n);
  const low = (quarters - (fraction === 0 && field > 1 ? 1n : 2n)) * numerator;
  const high = (quarters + 2n) * numerator;
  return writeShortest(
    (Number(low / denominator) + 1) | 0,
    Number((high - 1n) / denominator) | 0,
    Number((quarters * numerator * 1024n) / denominator) / 1024,
    -scale,
    out,
    at,
  );
}

/** Digits with 8, 9 and 10 places from which, and below which, `0.…` is no longer than `…e-9` and has no whole part. */
const FRACTION_FROM = Int32Array.of(1e6, 1e7, 1e7);
const FRACTION_BELOW = Int32Array.of(1e8, 1e9, 2 ** 31 - 1);

/** Writes digits · 10^exponent in the shorter of JSON's forms, plain where they are equally long. */
function writeDecimal(digits: number, exponent: number, out: Uint8Array, at: number): number {
  const places = -exponent;
  if (
    places >= 8 &&
    places <= 10 &&
    digits >= (FRACTION_FROM[places - 8] as number) &&
    digits < (FRACTION_BELOW[places - 8] as number)
  ) {
    return writeFraction(digits, places, out, at);
  }
  const count = digitCount(digits);
  if (exponent >= 0) {
    at = writeDigits(digits, count, out, at);
    if (exponent <= 2) {
      for (let zeros = exponent; zeros > 0; zeros -= 1) out[at++] = ZERO;
      return at;
    }
    return writeExponent(exponent, out, at);
  }
  const whole = count + exponent;
  if (whole > 0) {
    const power = POWERS[-exponent] as number;
    const integer = Math.floor(digits / power);
    at = writeDigits(integer, whole, out, at);
    out[at++] = POINT;
    return writeDigits(digits - integer * power, -exponent, out, at);
  }
  if (-whole <= (exponent > -10 ? 1 : 2)) {
    out[at++] = ZERO;
    out[at++] = POINT;
    for (let zeros = -whole; zeros > 0; zeros -= 1) out[at++] = ZERO;
    return writeDigits(digits, count, out, at);
  }
  return writeExponent(exponent, out, writeDigits(digits, count, out, at));
}

/**
 * Writes `0.` and `places` digits, eight to ten: what most components of a normalised vector are. Ten digits are written
 * whatever is needed, and `0.` over those in front, since a wrongly foreseen branch costs more than two bytes in vain.
 */
function writeFraction(digits: number, places: number, out: Uint8Array, at: number): number {
  const end = at + 2 + places;
  const high = (digits / 10_000) | 0;
  const low = digits - high * 10_000;
  const top = (high / 10_000) | 0;
  const middle = high - top * 10_000;
  const middleHundreds = (middle / 100) | 0;
  const lowHundreds = (low / 100) | 0;
  let pair = 0;
  pair = PAIRS[top] as number;
  out[end - 10] = pair;
  out[end - 9] = pair >>> 8;
  pair = PAIRS[middleHundreds] as number;
  out[end - 8] = pair;
  out[end - 7] = pair >>> 8;
  pair = PAIRS[middle - middleHundreds * 100] as number;
  out[end - 6] = pair;
  out[end - 5] = pair >>> 8;
  pair = PAIRS[lowHundreds] as number;
  out[end - 4] = pair;
  out[end - 3] = pair >>> 8;
  pair = PAIRS[low - lowHundreds * 100] as number;
  out[end - 2] = pair;
  out[end - 1] = pair >>> 8;
  out[at] = ZERO;
  out[at + 1] = POINT;
  return end;
}

function writeExponent(exponent: number, out: Uint8Array, at: number): number {
  out[at++] = EXPONENT;
  if (exponent < 0) {
    out[at++] = MINUS;
    exponent = -exponent;
  }
  return writeDigits(exponent, exponent < 10 ? 1 : 2, out, at);
}

/** Both digits of 0 … 99 in ASCII, the first in the low byte. */
const PAIRS = Uint16Array.from(
  { length: 100 },
  (_, pair) => (ZERO + Math.floor(pair / 10)) | ((ZERO + (pair % 10)) << 8),
);

function writePair(pair: number, out: Uint8Array, at: number): void {
  const both = PAIRS[pair] as number;
  out[at] = both;
  out[at + 1] = both >>> 8;
}

/** Writes exactly `count` digits, leading zeros included. */
function writeDigits(digits: number, count: number, out: Uint8Array, at: number): number {
  const end = at + count;
  let rest = digits | 0;
  let place = end;
  while (place - at >= 2) {
    const next = (rest / 100) | 0;
    place -= 2;
    writePair(rest - next * 100, out, place);
    rest = next;
  }
  if (place > at) out[at] = ZERO + rest;
  return end;
}

function digitCount(digits: number): number {
  if (digits >= 10_000_000) {
    if (digits < 100_000_000) return 8;
    return digits < 1_000_000_000 ? 9 : 10;
  }
  if (digits >= 1_000_000) return 7;
  if (digits >= 100_000) return 6;
  if (digits >= 10_000) return 5;
  if (digits >= 1_000) return 4;
  if (digits >= 100) return 3;
  return digits >= 10 ? 2 : 1;
}

const scratch = new Uint8Array(MAX_FLOAT32_LENGTH);

/** The shortest decimal of a float32 as text. */
export function float32Text(value: number): string {
  return String.fromCharCode(...scratch.subarray(0, writeFloat32(value, scratch, 0)));
}

/** Numbers that `JSON.stringify` writes with no more digits than float32 has; the same vector to S3 Vectors. */
export function shortened(vector: ArrayLike<number>): number[] {
  return Array.from(vector, (component) => Number(float32Text(component)));
}
