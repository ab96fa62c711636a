// What scans read of a vector: a record of a byte a component, a quarter of the float32 ones. Kept in memory and in the
// code file; the kernels know the same layout.
//
//   0  float64  the vector's norm
//   8  float32  sine of the angle between the vector and its codes, rounded up
//  12  uint32   sum of the codes' squares
//  16  int8     the codes: components as multiples of a step of the vector's own; zeros up to a multiple of 32
//
// A scan adds up products of codes and a query's integers in 32 bits: 4 lanes of at most 1024 products of 127 and
// 16383 stay below 2^31.

const HEADER_BYTES = 16;
const CODES_AT_ONCE = 32;

/** A query's components become integers of at most this. */
export const LARGEST_QUERY_CODE = 16_383;

/** Layout of records; a change makes all code files anew. */
export const RECORD_VERSION = 1;

/** Codes of a record: the dimension, rounded up. */
export function codesOf(dimension: number): number {
  return Math.ceil(dimension / CODES_AT_ONCE) * CODES_AT_ONCE;
}

export function recordBytes(dimension: number): number {
  return HEADER_BYTES + codesOf(dimension);
}
