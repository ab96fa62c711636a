// What is stored, as the metrics show it.
import type { Storage } from '../storage/storage';
import type { Stored } from './metrics';

export async function stored(storage: Storage): Promise<Stored> {
  const sizes = await storage.sizes();
  const buckets = storage.catalog.buckets();
  const indexes = buckets.flatMap(({ name }) => storage.catalog.indexes(name));
  return {
    vectorBuckets: buckets.length,
    indexes: indexes.length,
    open: indexes.flatMap(({ id, bucketName, name }) => {
      const vectors = sizes.get(id);
      return vectors === undefined ? [] : [{ vectorBucketName: bucketName, indexName: name, vectors }];
    }),
  };
}
