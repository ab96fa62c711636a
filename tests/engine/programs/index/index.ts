// A vector bucket with one index; its purpose, which is a secret, key, shape and a tag are taken from the configuration.
import * as pulumi from '@pulumi/pulumi';
import { EncryptionKey, VectorBucket, VectorIndex } from '../../../../components/index';

const config = new pulumi.Config();
const tags = { Project: 'engine', ManagedBy: 'pulumi', team: config.get('team') ?? 'search' };
const key = config.getBoolean('withKey')
  ? new EncryptionKey('key', { project: 'engine', environment: 'test', disposable: true, tags })
  : undefined;
const bucket = new VectorBucket('vectors', {
  project: 'engine',
  environment: 'test',
  purpose: pulumi.secret(config.get('purpose') ?? 'notes'),
  ...(key === undefined ? {} : { encryptionKeyArn: key.keyArn }),
  disposable: true,
  tags,
});
const index = new VectorIndex('notes', {
  vectorBucketName: bucket.vectorBucketName,
  indexName: 'notes',
  dimension: config.getNumber('dimension') ?? 8,
  distanceMetric: 'cosine',
  disposable: true,
  tags,
});

export const vectorBucketName = bucket.vectorBucketName;
export const indexArn = index.indexArn;
