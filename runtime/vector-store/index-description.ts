// What GetIndex answers, as a shape that the contract can compare.
import type { GetIndexCommandOutput } from '@aws-sdk/client-s3vectors';
import { DATA_TYPE, isDistanceMetric, shapeDifferences } from '../../contract/index-shape';
import type { IndexShape } from '../../contract/index-shape';
import { VectorStoreError } from './vector-store-error';
import type { IndexAddress } from './vector-store-error';

export interface IndexDescription extends IndexAddress {
  readonly indexArn: string;
  readonly shape: IndexShape;
  readonly creationTime: Date | undefined;
  /** `AES256` or `aws:kms`; undefined where the service does not say. */
  readonly encryption: string | undefined;
  readonly kmsKeyArn: string | undefined;
}

/** @throws VectorStoreError `UNEXPECTED_ANSWER` when a property is missing */
export function indexDescription(
  answer: Pick<GetIndexCommandOutput, 'index'>,
  address: IndexAddress,
): IndexDescription {
  const { index } = answer;
  const { dimension, distanceMetric } = index ?? {};
  if (dimension === undefined || distanceMetric === undefined || !isDistanceMetric(distanceMetric)) {
    throw new VectorStoreError(
      'UNEXPECTED_ANSWER',
      `GetIndex on index "${address.indexName}" of vector bucket "${address.vectorBucketName}" answered without a ` +
        `known dimension and distance metric: dimension ${String(dimension)}, metric ${String(distanceMetric)}.`,
    );
  }
  return {
    ...address,
    indexArn: index?.indexArn ?? '',
    shape: {
      dimension,
      distanceMetric,
      dataType: DATA_TYPE,
      nonFilterableMetadataKeys: index?.metadataConfiguration?.nonFilterableMetadataKeys ?? [],
    },
    creationTime: index?.creationTime,
    encryption: index?.encryptionConfiguration?.sseType,
    kmsKeyArn: index?.encryptionConfiguration?.kmsKeyArn,
  };
}

/** @throws VectorStoreError `INDEX_MISMATCH` naming every property that differs */
export function expectShape(description: IndexDescription, expected: Partial<IndexShape>): void {
  const differences = shapeDifferences(description.shape, { ...description.shape, ...expected });
  if (differences.length === 0) return;
  throw new VectorStoreError(
    'INDEX_MISMATCH',
    `index "${description.indexName}" of vector bucket "${description.vectorBucketName}" does not fit: ` +
      `${differences.join('; ')}. The shape of an index never changes: use an index that fits, or another embedding model or dimension.`,
  );
}
