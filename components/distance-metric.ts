// The distance metrics of an index, in the one form that Pulumi's schema inference turns into an enum: a plain
// `as const` object beside a type of the same name. A test holds it against the contract's list.
import * as pulumi from '@pulumi/pulumi';
import { isDistanceMetric } from '../contract/index-shape';

/** How the distance of two vectors is measured. */
export const DistanceMetric = {
  /** 1 − cos, from 0 to 2; the length of the vectors does not matter. */
  Cosine: 'cosine',
  /** Straight-line distance. */
  Euclidean: 'euclidean',
} as const;
export type DistanceMetric = (typeof DistanceMetric)[keyof typeof DistanceMetric];

/**
 * The metric as S3 Vectors spells it. Capitals are what many examples have, and the service refuses them. What is no
 * metric in either spelling is given back as it is, for the check to refuse.
 */
export function metricOf(written: string): string {
  const spelled = written.toLowerCase();
  return isDistanceMetric(spelled) ? spelled : written;
}

/** Warns of a metric that is not spelled as S3 Vectors spells it, and is taken all the same. */
export function warnOfSpelling(subject: string, written: string): void {
  const spelled = metricOf(written);
  if (written === spelled) return;
  void pulumi.log.warn(
    `${subject}: distanceMetric "${written}" is taken as "${spelled}", which is how S3 Vectors spells it; write it so.`,
  );
}
