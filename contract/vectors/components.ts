// Rules of a vector's numbers. The service converts to float32 first and judges the result: 1e39 is refused as
// an infinity and 1e-46 counts as zero (measured: docs/evidence/float32-range.md and zero-vector.md of
// FarukAda/aws-langchain-s3-vector-ts), so every check here looks at Math.fround of a number.
import type { IndexShape } from '../index-shape';
import type { Problem } from './problem';

/**
 * What is wrong with a vector for an index of this shape; paths are empty. It must have the index's dimension,
 * be finite as float32 and, where distances are cosine, not be all zeros as float32.
 */
export function componentProblems(
  data: unknown,
  shape: Pick<IndexShape, 'dimension' | 'distanceMetric'>,
): Problem[] {
  if (!isArrayLike(data)) return [{ path: '', message: `is ${typeof data}, not an array of numbers` }];
  if (data.length !== shape.dimension) {
    const message = `vector must have length ${shape.dimension}, but has length ${data.length}`;
    return [{ path: '', message, serviceMessage: message }];
  }
  const unusable: number[] = [];
  let zero = true;
  for (let at = 0; at < data.length; at += 1) {
    const component: unknown = data[at];
    if (typeof component !== 'number') {
      unusable.push(at);
      continue;
    }
    const stored = Math.fround(component);
    if (stored !== 0) zero = false;
    if (!Number.isFinite(stored)) unusable.push(at);
  }
  if (unusable.length > 0) {
    const shown = unusable.slice(0, 5).map((at) => `[${at}] = ${String(data[at])}`);
    return [
      {
        path: '',
        message:
          `has ${unusable.length} component${unusable.length === 1 ? '' : 's'} that ${unusable.length === 1 ? 'is' : 'are'} ` +
          `no finite float32: ${shown.join(', ')}${unusable.length > shown.length ? ', …' : ''}`,
        serviceMessage: 'vector contains NaNs or Infs',
      },
    ];
  }
  if (zero && shape.distanceMetric === 'cosine') {
    return [
      {
        path: '',
        message: 'is all zeros as float32, and cosine distance does not support vectors with zero norm',
        serviceMessage: 'cosine distance does not support vectors with zero norm',
      },
    ];
  }
  return [];
}

function isArrayLike(data: unknown): data is ArrayLike<unknown> {
  return Array.isArray(data) || (ArrayBuffer.isView(data) && 'length' in data);
}
