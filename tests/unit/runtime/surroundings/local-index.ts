// An index in an S3 Vectors Local of its own, for the tests of the runtime: nothing leaves this process.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  ListVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import type { IndexShape } from '../../../../contract/index-shape';
import { startS3VectorsLocal } from '../../../../local/s3vectors/server';

export const VECTOR_BUCKET = 'acme-test-vector-runtime';
export const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a-secret-that-no-log-may-hold' };

export interface LocalIndex {
  readonly url: string;
  readonly client: S3VectorsClient;
  /** What a store needs to reach an index of this service. */
  connection(indexName: string): {
    vectorBucketName: string;
    indexName: string;
    region: string;
    endpoint: string;
    credentials: typeof CREDENTIALS;
  };
  create(indexName: string, shape: IndexShape): Promise<void>;
  /** Every key of an index, sorted. */
  keys(indexName: string): Promise<string[]>;
  close(): Promise<void>;
}

export function shapeOf(dimension: number, nonFilterableMetadataKeys: string[] = []): IndexShape {
  return { dimension, distanceMetric: 'cosine', dataType: 'float32', nonFilterableMetadataKeys };
}

export async function startLocalIndex(): Promise<LocalIndex> {
  const dataDir = await mkdtemp(join(tmpdir(), 's3-vectors-runtime-'));
  const server = await startS3VectorsLocal({
    port: 0,
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
  });
  const client = new S3VectorsClient({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: CREDENTIALS,
  });
  await client.send(new CreateVectorBucketCommand({ vectorBucketName: VECTOR_BUCKET }));
  return {
    url: server.url,
    client,
    connection: (indexName) => ({
      vectorBucketName: VECTOR_BUCKET,
      indexName,
      region: 'us-east-1',
      endpoint: server.url,
      credentials: CREDENTIALS,
    }),
    create: async (indexName, shape) => {
      const { nonFilterableMetadataKeys: keys, ...properties } = shape;
      await client.send(
        new CreateIndexCommand({
          vectorBucketName: VECTOR_BUCKET,
          indexName,
          ...properties,
          ...(keys.length === 0 ? {} : { metadataConfiguration: { nonFilterableMetadataKeys: [...keys] } }),
        }),
      );
    },
    keys: async (indexName) => {
      const keys: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new ListVectorsCommand({
            vectorBucketName: VECTOR_BUCKET,
            indexName,
            maxResults: 1000,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        keys.push(...(page.vectors ?? []).map(({ key }) => key ?? ''));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return keys.sort();
    },
    close: async () => {
      client.destroy();
      await server.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
