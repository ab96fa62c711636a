// The distance metrics of an index, in the one form that Pulumi's schema inference turns into an enum: a plain
// `as const` object beside a type of the same name. A test holds it against the contract's list.

/** How the distance of two vectors is measured. */
export const DistanceMetric = {
  /** 1 − cos, from 0 to 2; the length of the vectors does not matter. */
  Cosine: 'cosine',
  /** Straight-line distance. */
  Euclidean: 'euclidean',
} as const;
export type DistanceMetric = (typeof DistanceMetric)[keyof typeof DistanceMetric];
