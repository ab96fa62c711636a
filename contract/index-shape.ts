// The shape of a vector index: what can never be changed after creation, and therefore is checked first.
import { refuse } from './invalid-input';
import {
  MAX_DIMENSION,
  MAX_NON_FILTERABLE_KEYS,
  MAX_NON_FILTERABLE_KEY_LENGTH,
  MIN_DIMENSION,
} from './limits';
import { repeated } from './repeated';

export const DISTANCE_METRICS = ['cosine', 'euclidean'] as const;
export type DistanceMetric = (typeof DISTANCE_METRICS)[number];

/** The only data type that S3 Vectors stores (API model, `DataType`). */
export const DATA_TYPE = 'float32';

/** Dimensions of an index, as a range. */
export const DIMENSION = { min: MIN_DIMENSION, max: MAX_DIMENSION } as const;

/** Everything about an index that is fixed when it is created. */
export interface IndexShape {
  /** Numbers in every vector, 1–4096. */
  readonly dimension: number;
  /** `cosine` (distance 1 − cos, in [0, 2]) or `euclidean`. */
  readonly distanceMetric: DistanceMetric;
  readonly dataType: typeof DATA_TYPE;
  /** Metadata keys that are stored and returned and cannot be filtered on; at most 10 of 1–63 characters. */
  readonly nonFilterableMetadataKeys: readonly string[];
}

/** The name of the index that every storage stack has. */
export const EPISODES_INDEX_NAME = 'episodes';

/** The `episodes` index: 3072 dimensions (Gemini and Nova embeddings), cosine, two long texts kept out of filters. */
export const EPISODES_SHAPE: IndexShape = {
  dimension: 3072,
  distanceMetric: 'cosine',
  dataType: DATA_TYPE,
  nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'],
};

/** Every reason why an index cannot have this shape; empty when it can. What is absent is not judged. */
export function indexShapeProblems(shape: {
  readonly dimension?: number | undefined;
  readonly distanceMetric?: string | undefined;
  readonly dataType?: string | undefined;
  readonly nonFilterableMetadataKeys?: readonly string[] | undefined;
}): string[] {
  const problems = 'dimension' in shape ? dimensionProblems(shape.dimension) : [];
  if ('distanceMetric' in shape && !isDistanceMetric(String(shape.distanceMetric))) {
    problems.push(
      `distance metric "${shape.distanceMetric}" must be ${DISTANCE_METRICS.map((metric) => `"${metric}"`).join(' or ')}` +
        (/^dot/i.test(String(shape.distanceMetric))
          ? '; S3 Vectors has no dot product: on normalised vectors cosine gives the same order.'
          : '.'),
    );
  }
  if (shape.dataType !== undefined && shape.dataType !== DATA_TYPE) {
    problems.push(
      `data type "${shape.dataType}" must be "${DATA_TYPE}", the only one that S3 Vectors stores.`,
    );
  }
  return [...problems, ...nonFilterableKeyProblems(shape.nonFilterableMetadataKeys ?? [])];
}

/** Every reason why vectors cannot have this many numbers; empty when they can. */
export function dimensionProblems(dimension: number | undefined): string[] {
  return Number.isInteger(dimension) &&
    Number(dimension) >= DIMENSION.min &&
    Number(dimension) <= DIMENSION.max
    ? []
    : [`dimension ${dimension} must be a whole number from ${DIMENSION.min} to ${DIMENSION.max}.`];
}

/**
 * Makes a shape from what a person wrote.
 * @throws InvalidInputError listing every fault.
 */
export function indexShape(input: {
  readonly dimension: number;
  readonly distanceMetric: string;
  readonly nonFilterableMetadataKeys?: readonly string[];
}): IndexShape {
  refuse('index shape', indexShapeProblems(input));
  return {
    dimension: input.dimension,
    distanceMetric: input.distanceMetric as DistanceMetric,
    dataType: DATA_TYPE,
    nonFilterableMetadataKeys: [...(input.nonFilterableMetadataKeys ?? [])],
  };
}

/** What differs between two shapes, one sentence a property; the order of non-filterable keys does not matter. */
export function shapeDifferences(actual: IndexShape, wanted: IndexShape): string[] {
  const differences: string[] = [];
  for (const property of ['dimension', 'distanceMetric', 'dataType'] as const) {
    if (actual[property] !== wanted[property]) {
      differences.push(`${property} is ${actual[property]}, not ${wanted[property]}`);
    }
  }
  const keys = (shape: IndexShape) => [...shape.nonFilterableMetadataKeys].sort().join(', ');
  if (keys(actual) !== keys(wanted)) {
    differences.push(`non-filterable keys are [${keys(actual)}], not [${keys(wanted)}]`);
  }
  return differences;
}

export function isDistanceMetric(value: string): value is DistanceMetric {
  return (DISTANCE_METRICS as readonly string[]).includes(value);
}

function nonFilterableKeyProblems(keys: readonly string[]): string[] {
  const problems: string[] = [];
  if (keys.length > MAX_NON_FILTERABLE_KEYS) {
    problems.push(
      `${keys.length} non-filterable metadata keys are given; an index has at most ${MAX_NON_FILTERABLE_KEYS}.`,
    );
  }
  for (const key of keys) {
    if (key.length < 1 || key.length > MAX_NON_FILTERABLE_KEY_LENGTH) {
      problems.push(
        `non-filterable metadata key "${key}" has ${key.length} characters; ` +
          `1 to ${MAX_NON_FILTERABLE_KEY_LENGTH} are allowed.`,
      );
    }
  }
  for (const key of repeated(keys)) {
    problems.push(`non-filterable metadata key "${key}" is given twice.`);
  }
  return problems;
}
