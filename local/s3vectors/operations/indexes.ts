// Operations on vector indexes.
import { indexShapeProblems, type IndexShape } from '../../../contract/index-shape';
import { MAX_INDEXES_PER_BUCKET, MAX_LIST_INDEXES_RESULTS } from '../../../contract/limits';
import { indexNameProblems } from '../../../contract/names';
import { isWellFormed } from '../../../contract/vectors/text';
import type { Input } from '../model/inputs';
import { invalidField, ServiceError, unreadable } from '../service-error';
import { encryptionOf } from './encryption';
import { defaultModeOf, modeOf } from './index-modes';
import { pageOf } from './pages';
import { bucketNameOf, bucketNotFound, findBucket, findIndex, indexArn, indexNotFound } from './references';
import { creationTime, timestamp, type Service } from './service';
import { checkTags } from './tag-rules';

export async function createIndex(service: Service, input: Input<'CreateIndex'>): Promise<object> {
  const { indexName: name, tags = {} } = input;
  const bucketName = bucketNameOf(service, input) ?? '';
  const nameProblems = indexNameProblems(name);
  if (nameProblems.length > 0) {
    throw invalidField('indexName', 'Invalid index name', nameProblems.join(' '));
  }
  const shape: IndexShape = {
    dimension: input.dimension,
    distanceMetric: input.distanceMetric,
    dataType: input.dataType,
    nonFilterableMetadataKeys: input.metadataConfiguration?.nonFilterableMetadataKeys ?? [],
  };
  if (!shape.nonFilterableMetadataKeys.every(isWellFormed))
    throw unreadable('a lone surrogate in a metadata key');
  const shapeProblems = indexShapeProblems(shape);
  if (shapeProblems.length > 0) {
    throw invalidField('metadataConfiguration', 'Invalid metadata configuration', shapeProblems.join(' '));
  }
  const encryption = encryptionOf(service.place, input.encryptionConfiguration);
  checkTags(tags);

  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    const bucket = catalog.bucket(bucketName);
    if (bucket === undefined) throw bucketNotFound();
    if (catalog.index(bucketName, name) !== undefined) {
      throw new ServiceError('ConflictException', 'An index with the specified name already exists');
    }
    if (catalog.indexes(bucketName).length >= MAX_INDEXES_PER_BUCKET) {
      throw new ServiceError(
        'ServiceQuotaExceededException',
        'You have attempted to create more indexes than allowed',
      );
    }
    await writer.putIndex({
      id: catalog.nextIndexId,
      bucketName,
      name,
      creationTime: creationTime(service),
      shape,
      encryption: encryption ?? bucket.encryption,
      tags,
      mode: defaultModeOf(bucket),
    });
  });
  return { indexArn: indexArn(service, { bucketName, name }) };
}

export function getIndex(service: Service, input: Input<'GetIndex'>): object {
  const index = findIndex(service, input);
  const { dataType, dimension, distanceMetric, nonFilterableMetadataKeys } = index.shape;
  return {
    index: {
      vectorBucketName: index.bucketName,
      indexName: index.name,
      indexArn: indexArn(service, index),
      creationTime: timestamp(index.creationTime),
      dataType,
      dimension,
      distanceMetric,
      metadataConfiguration:
        nonFilterableMetadataKeys.length === 0 ? undefined : { nonFilterableMetadataKeys },
      encryptionConfiguration: index.encryption,
      indexMode: modeOf(index),
    },
  };
}

/** Refused for an index that does not exist (measured: docs/evidence/delete-absent.md of FarukAda/…). */
export async function deleteIndex(service: Service, input: Input<'DeleteIndex'>): Promise<object> {
  const { bucketName, name } = findIndex(service, input);
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    const index = catalog.index(bucketName, name);
    if (index === undefined) throw indexNotFound();
    await writer.removeIndex(index);
    await service.storage.forget(index);
  });
  return {};
}

export function listIndexes(service: Service, input: Input<'ListIndexes'>): object {
  const { maxResults = MAX_LIST_INDEXES_RESULTS, nextToken, prefix = '' } = input;
  const bucket = findBucket(service, input);
  const indexes = service.storage.catalog.indexes(bucket.name).filter(({ name }) => name.startsWith(prefix));
  const page = pageOf(
    service.pageTokens,
    ['ListIndexes', bucket.name, prefix],
    indexes,
    maxResults,
    nextToken,
  );
  return {
    indexes: page.items.map((index) => ({
      vectorBucketName: index.bucketName,
      indexName: index.name,
      indexArn: indexArn(service, index),
      creationTime: timestamp(index.creationTime),
    })),
    nextToken: page.nextToken,
  };
}
