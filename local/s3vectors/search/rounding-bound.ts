// What the float32 kernels may be wrong by. A vector is left out only when it is farther than the worst kept one by
// more than that; every other is measured in double precision. So the results are those of a scan in double precision.

const UNIT = 2 ** -23; // twice the unit round-off of float32
/** Lanes that add up independently in the kernel with the fewest. */
const LANES = 16;
/** Roundings beside those of the long sums: the products, the last additions, the query's and the norm's own. */
const OTHER_ROUNDINGS = 24;

/** Bound on a kernel's error: for `dots` as a share of both norms' product, for `squares` as a share of the result. */
export function roundingBound(dimension: number): number {
  return (Math.ceil(dimension / LANES) + OTHER_ROUNDINGS) * UNIT;
}

/** Norms between which no product of two components overflows, and none that matters underflows. */
const SMALLEST_NORM = 1e-15;
const LARGEST_NORM = 1e15;

/** The norm as the scan compares with it; NaN, which compares with nothing, where the kernels' bound would not hold. */
export function comparableNorm(norm: number): number {
  return norm >= SMALLEST_NORM && norm <= LARGEST_NORM ? norm : NaN;
}

/** A dot product with the unit query below `limit · norm` is certainly farther than `distance`. */
export function cosineLimit(distance: number, dimension: number): number {
  return 1 - distance - roundingBound(dimension);
}

/** A squared difference of the kernel above this, and finite, is certainly farther than `distance`. */
export function squareLimit(distance: number, dimension: number): number {
  return distance * (1 + 2 * roundingBound(dimension)) + 1e-37;
}
