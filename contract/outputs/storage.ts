// What the storage stack (one an environment) promises to service stacks and to the runtime.
import { FieldReader } from '../field-reader';
import { DATA_TYPE, DIMENSION, DISTANCE_METRICS, indexShapeProblems } from '../index-shape';
import type { DistanceMetric, IndexShape } from '../index-shape';
import { environmentProblems, indexNameProblems, projectProblems, vectorBucketNameProblems } from '../names';
import {
  bucketArnRule,
  keyArnRule,
  managedPolicyArnRule,
  vectorBucketArnRule,
  vectorIndexArnRule,
} from './arn-rules';

export interface EmbeddingBucketOutput {
  readonly name: string;
  readonly arn: string;
}

export interface StorageOutputs {
  readonly vectorBucketName: string;
  readonly vectorBucketArn: string;
  readonly episodeIndexName: string;
  readonly episodeIndexArn: string;
  /** What callers of the index must fit: dimension, metric, keys that cannot be filtered on. */
  readonly episodeIndex: IndexShape;
  /** Managed policy to read and write vectors. */
  readonly vectorAccessPolicyArn: string;
  /** Managed policy to read vectors only. */
  readonly vectorReadPolicyArn: string;
  /** The buckets of the older layout by purpose. */
  readonly embeddingBuckets: Readonly<Record<string, EmbeddingBucketOutput>>;
  /** The key of the environment; absent where encryption is AES256. */
  readonly encryptionKeyArn?: string;
  readonly region: string;
  readonly project: string;
  readonly environment: string;
}

/**
 * Reads the outputs of a storage stack.
 * @throws InvalidInputError naming every missing or malformed field.
 */
export function parseStorageOutputs(
  record: unknown,
  subject = 'outputs of the storage stack',
): StorageOutputs {
  const read = new FieldReader(subject, record);
  const vectorBucketName = read.text('vectorBucketName');
  // Names of the project are the policy pack's to enforce: a bucket that a team had already has another one.
  if (vectorBucketName !== '') read.check('vectorBucketName', vectorBucketNameProblems(vectorBucketName));
  const episodeIndexName = read.text('episodeIndexName');
  if (episodeIndexName !== '') read.check('episodeIndexName', indexNameProblems(episodeIndexName));
  const project = read.text('project');
  if (project !== '') read.check('project', projectProblems(project));
  const environment = read.text('environment');
  if (environment !== '') read.check('environment', environmentProblems(environment));
  const encryptionKeyArn = read.optionalText('encryptionKeyArn', keyArnRule);
  return read.finish({
    vectorBucketName,
    vectorBucketArn: read.text('vectorBucketArn', vectorBucketArnRule),
    episodeIndexName,
    episodeIndexArn: read.text('episodeIndexArn', vectorIndexArnRule),
    episodeIndex: read.nested('episodeIndex', readIndexShape),
    vectorAccessPolicyArn: read.text('vectorAccessPolicyArn', managedPolicyArnRule),
    vectorReadPolicyArn: read.text('vectorReadPolicyArn', managedPolicyArnRule),
    embeddingBuckets: read.nestedMap('embeddingBuckets', (bucket) => ({
      name: bucket.text('name'),
      arn: bucket.text('arn', bucketArnRule),
    })),
    ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }),
    region: read.text('region', { pattern: /^[a-z]{2,4}(-[a-z]+)+-\d$/, as: 'an AWS Region like us-east-1' }),
    project,
    environment,
  });
}

function readIndexShape(read: FieldReader): IndexShape {
  const shape = {
    dimension: read.integer('dimension', DIMENSION),
    distanceMetric: read.text('distanceMetric', { oneOf: DISTANCE_METRICS }) as DistanceMetric,
    dataType: DATA_TYPE,
    nonFilterableMetadataKeys: read.texts('nonFilterableMetadataKeys'),
  } satisfies IndexShape;
  const ofKeys = { dimension: DIMENSION.min, distanceMetric: DISTANCE_METRICS[0] };
  read.check(
    'nonFilterableMetadataKeys',
    indexShapeProblems({ ...ofKeys, nonFilterableMetadataKeys: shape.nonFilterableMetadataKeys }),
  );
  return shape;
}
