// A vector bucket with one index, its shape and a tag taken from the configuration.
import * as pulumi from '@pulumi/pulumi';
import { VectorBucket, VectorIndex } from '../../../../components/index';

const config = new pulumi.Config();
const tags = { Project: 'engine', ManagedBy: 'pulumi', team: config.get('team') ?? 'search' };
const bucket = new VectorBucket('vectors', {
  project: 'engine',
  environment: 'test',
  purpose: 'notes',
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
