// Reads a JSON array of numbers from bytes straight into float32, without a double or a string for every number.
// Exact: each element is Math.fround of the double that JSON.parse would give.
import { MAX_DIMENSION } from '../../../contract/limits';

/** Where reading ended, one byte behind the closing bracket, and how many numbers there are. */
export interface NumberArray {
  readonly end: number;
  readonly numbers: Float32Array;
}

/** Used again and again, as nothing runs between two numbers; holds the largest vector that an index may have. */
const scratch = new Float32Array(MAX_DIMENSION);

/** Up to here integers are doubles without rounding. */
const EXACT_INTEGER = 2 ** 53;
/** Powers of ten that are doubles without rounding. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Digits whose sum is within 2 ** -48 of the truth: each digit behind the fifteenth rounds twice, by 2 ** -53 at most. */
const ROUNDED_DIGITS = 28;
const BELOW = 1 - 2 ** -46;
const ABOVE = 1 + 2 ** -46;

/**
 * Reads the array that begins at `start`.
 * @param bytes JSON text in UTF-8
 * @param start position of the opening bracket
 * @returns undefined unless there is a JSON array of one or more numbers and nothing else; what it is instead, or
 *   what is wrong with it, is for JSON.parse to say
 */
export function readNumberArray(bytes: Uint8Array, start: number): NumberArray | undefined {
  let at = start + 1;
  let count = 0;
  const { length } = bytes;
  let numbers: Float32Array = scratch;
  for (;;) {
    let byte = bytes[at] as number;
    while (isSpace(byte)) byte = bytes[++at] as number;

    const first = at;
    const negative = byte === MINUS;
    if (negative) byte = bytes[++at] as number;
    let mantissa = byte - ZERO;
    if (!(mantissa >= 0 && mantissa <= 9)) return undefined;
    byte = bytes[++at] as number;
    let digits = 1;
    if (mantissa !== 0) {
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) {
        mantissa = mantissa * 10 + (byte - ZERO);
        digits += 1;
      }
    }
    let exponent = 0;
    if (byte === POINT) {
      const point = at;
      at += 1;
      // Four digits at a time: most of the time goes where one multiplication waits for the one before.
      while (at + 4 < length) {
        const a = (bytes[at] as number) - ZERO;
        const b = (bytes[at + 1] as number) - ZERO;
        const c = (bytes[at + 2] as number) - ZERO;
        const d = (bytes[at + 3] as number) - ZERO;
        if (a >>> 0 > 9 || b >>> 0 > 9 || c >>> 0 > 9 || d >>> 0 > 9) break;
        mantissa = mantissa * 10_000 + (a * 1_000 + b * 100 + c * 10 + d);
        at += 4;
      }
      byte = bytes[at] as number;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) {
        mantissa = mantissa * 10 + (byte - ZERO);
      }
      exponent = point + 1 - at;
      if (exponent === 0) return undefined;
      digits -= exponent;
    }
    if (byte === SMALL_E || byte === LARGE_E) {
      byte = bytes[++at] as number;
      const minus = byte === MINUS;
      if (minus || byte === PLUS) byte = bytes[++at] as number;
      let given = 0;
      const firstDigit = at;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) {
        given = Math.min(given * 10 + (byte - ZERO), 9999);
      }
      if (at === firstDigit) return undefined;
      exponent += minus ? -given : given;
    }

    if (count === numbers.length) numbers = grown(numbers);
    const size = scaled(mantissa, digits, exponent);
    numbers[count] = size === size ? (negative ? -size : size) : numberOf(bytes, first, at);
    count += 1;

    while (isSpace(byte)) byte = bytes[++at] as number;
    at += 1;
    if (byte === COMMA) continue;
    return byte === CLOSING_BRACKET ? { end: at, numbers: numbers.slice(0, count) } : undefined;
  }
}

/**
 * A double that has the same float32 as the double nearest to mantissa × 10 ** exponent; NaN where that takes more
 * than a multiplication to know.
 */
function scaled(mantissa: number, digits: number, exponent: number): number {
  if (mantissa === 0) return 0;
  if (exponent < -22 || exponent > 22) return NaN;
  const power = EXACT_POWERS[exponent < 0 ? -exponent : exponent] as number;
  const nearest = exponent < 0 ? mantissa / power : mantissa * power;
  // One rounding, as the definition of the nearest double has it.
  if (mantissa <= EXACT_INTEGER) return nearest;
  // Several roundings: no matter, as long as everything within their reach has one float32.
  return digits <= ROUNDED_DIGITS && Math.fround(nearest * BELOW) === Math.fround(nearest * ABOVE)
    ? nearest
    : NaN;
}

function numberOf(bytes: Uint8Array, start: number, end: number): number {
  return Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}

function grown(numbers: Float32Array): Float32Array {
  const larger = new Float32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function isSpace(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const COMMA = 0x2c;
const SMALL_E = 0x65;
const LARGE_E = 0x45;
const CLOSING_BRACKET = 0x5d;
