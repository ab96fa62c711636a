// A bucket of the test run's ministack, for the tests of the embedding archive.
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ministack } from '../../../support/ministack';

export const S3_CREDENTIALS = {
  accessKeyId: '000000000000',
  secretAccessKey: 'a-secret-that-no-log-may-hold',
};
/** The first use may have to install ministack, in ms. */
export const START_WITHIN = 300_000;

export interface LocalBucket {
  readonly bucketName: string;
  readonly client: S3Client;
  /** What an archive needs to reach the bucket. */
  readonly connection: {
    readonly bucketName: string;
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: typeof S3_CREDENTIALS;
  };
  put(key: string, body: string | Uint8Array): Promise<void>;
}

export async function startLocalBucket(bucketName: string): Promise<LocalBucket> {
  const connection = {
    bucketName,
    region: 'us-east-1',
    endpoint: await ministack(),
    credentials: S3_CREDENTIALS,
  };
  const client = new S3Client({ ...connection, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucketName }));
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucketName, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  return {
    bucketName,
    client,
    connection,
    put: async (key, body) => {
      await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: body }));
    },
  };
}
