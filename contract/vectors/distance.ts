// The two distances of S3 Vectors, in double precision over float32 components: the definition that the search
// kernels are tested against, and enough for a handful of vectors.
import type { DistanceMetric } from '../index-shape';

/**
 * Cosine distance, 1 − cos, from 0 (same direction) to 2 (opposite), whatever the magnitudes
 * (measured: docs/evidence/cosine-distance.md of FarukAda/aws-langchain-s3-vector-ts).
 * NaN when either vector is all zeros; both services refuse those.
 */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let normA = 0;
  let normB = 0;
  for (let at = 0; at < a.length; at += 1) {
    const x = a[at] ?? 0;
    const y = b[at] ?? 0;
    dot += x * y;
    normA += x * x;
    normB += y * y;
  }
  return cosineDistanceOf(dot, Math.sqrt(normA), Math.sqrt(normB));
}

/** Cosine distance from a dot product and two norms; rounding never leaves the range 0–2. */
export function cosineDistanceOf(dot: number, normA: number, normB: number): number {
  return Math.min(2, Math.max(0, 1 - dot / normA / normB));
}

/**
 * Euclidean distance as S3 Vectors reports it: the *squared* distance, without the root. The user guide does not
 * say so; clients in use do: neighbor-s3, whose tests run against the service, takes the root of what it gets
 * (ankane/neighbor-s3, lib/neighbor/s3/index.rb and test/index_test.rb). The order of results is the same either way.
 */
export function squaredEuclideanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** The distance that S3 Vectors reports for an index of this metric; smaller is nearer. */
export function distance(metric: DistanceMetric, a: ArrayLike<number>, b: ArrayLike<number>): number {
  return metric === 'cosine' ? cosineDistance(a, b) : squaredEuclideanDistance(a, b);
}
