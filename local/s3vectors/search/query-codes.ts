// A query as scans take it, and why what they leave out is certainly too far.
//
// Vector and query are both replaced by integers in about the same direction. The angle between the two originals
// differs from the angle between their integers by at most the angle that the vector makes with its codes and the query
// with its own, which are known; and an angle between two bounds gives a distance between two bounds, in both metrics:
// |q − v|² = (|q| − |v|)² + 2 |q| |v| (1 − cos). The kernel `bounds` computes them in double precision and widens them by
// 1e-9 of the terms, a thousand times what it and the exact distances may be wrong by. A vector whose lower bound is
// above the upper bounds of as many others as are wanted is farther than all of those.
import { codesOf, LARGEST_QUERY_CODE } from './record-format';

export interface QueryCodes {
  readonly codes: Int16Array;
  /** One over the norm of the codes; 0 for a query of zeros. */
  readonly inverse: number;
  /** Norm of the query. */
  readonly norm: number;
  /** Of an angle not below the one between the query and its codes. */
  readonly sine: number;
  readonly cosine: number;
}

/** More than rounding may change the square of a sine by. */
const SLACK = 2e-12;

export function encodeQuery(components: Float32Array): QueryCodes {
  const largest = components.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
  const codes = new Int16Array(codesOf(components.length));
  if (largest === 0) return { codes, inverse: 0, norm: 0, sine: 0, cosine: 1 };
  const scale = LARGEST_QUERY_CODE / largest;
  let squares = 0;
  let codeSquares = 0;
  let products = 0;
  components.forEach((component, at) => {
    const code = Math.round(component * scale);
    codes[at] = code;
    squares += component * component;
    codeSquares += code * code;
    products += component * code;
  });
  const cosineSquared = Math.min(1, (products * products) / (squares * codeSquares));
  const sineSquared = Math.min(1, 1 - cosineSquared + SLACK);
  return {
    codes,
    inverse: 1 / Math.sqrt(codeSquares),
    norm: Math.sqrt(squares),
    sine: Math.sqrt(sineSquared),
    cosine: Math.sqrt(1 - sineSquared),
  };
}
