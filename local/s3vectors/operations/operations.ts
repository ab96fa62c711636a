// All operations by name: what reads their input and what answers it.
import { inputs, type Input, type OperationName } from '../model/inputs';
import { readInput, type Shape } from '../model/shape';
import { useOf } from '../practice/quota-use';
import * as buckets from './buckets';
import * as indexModes from './index-modes';
import * as indexes from './indexes';
import { queryVectors } from './query';
import type { Service } from './service';
import * as tags from './tags';
import * as vectors from './vectors';

type Operations = {
  readonly [Name in OperationName]: (service: Service, input: Input<Name>) => object | Promise<object>;
};

const operations: Operations = {
  CreateVectorBucket: buckets.createVectorBucket,
  GetVectorBucket: buckets.getVectorBucket,
  DeleteVectorBucket: buckets.deleteVectorBucket,
  ListVectorBuckets: buckets.listVectorBuckets,
  PutVectorBucketPolicy: buckets.putVectorBucketPolicy,
  GetVectorBucketPolicy: buckets.getVectorBucketPolicy,
  DeleteVectorBucketPolicy: buckets.deleteVectorBucketPolicy,
  PutVectorBucketDefaultIndexMode: indexModes.putVectorBucketDefaultIndexMode,
  CreateIndex: indexes.createIndex,
  GetIndex: indexes.getIndex,
  DeleteIndex: indexes.deleteIndex,
  ListIndexes: indexes.listIndexes,
  UpdateIndexMode: indexModes.updateIndexMode,
  PutVectors: vectors.putVectors,
  GetVectors: vectors.getVectors,
  DeleteVectors: vectors.deleteVectors,
  ListVectors: vectors.listVectors,
  QueryVectors: queryVectors,
  ListTagsForResource: tags.listTagsForResource,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
};

/** A request that reached this place without having been tied to its caller is a fault of ours, and does not pass. */
async function mayRun(service: Service, name: OperationName, input: unknown): Promise<void> {
  if (service.permissions === undefined) return;
  if (service.authority === undefined) throw new Error(`${name} was called in nobody's name`);
  await service.authority.mayRun(name, input as object);
}

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/**
 * Reads an input, asks whether the caller may, and runs the operation.
 * @throws ServiceError for everything that the service would refuse
 */
export async function run(service: Service, name: OperationName, body: unknown): Promise<object> {
  // Each operation takes what its own shape reads (see the type of `operations`); the compiler cannot follow the pair.
  const operation = operations[name] as (service: Service, input: unknown) => object | Promise<object>;
  const input = readInput(inputs[name] as Shape<unknown>, body);
  await mayRun(service, name, input);
  service.quotas?.take(useOf(name, input));
  return operation(service, input);
}
