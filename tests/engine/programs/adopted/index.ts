// A vector bucket that somebody made already: used as it is, or taken over by an import; under a name that may change.
import * as pulumi from '@pulumi/pulumi';
import { VectorAccessPolicy, VectorBucket, VectorIndex } from '../../../../components/index';

const NAME = { project: 'engine', environment: 'test', purpose: 'theirs' };
const config = new pulumi.Config();
const tags = { Project: 'engine', ManagedBy: 'pulumi' };
// Empty once it is imported.
const importId = config.get('importId') ?? '';
const name = config.get('name') ?? 'theirs';

const bucket = config.getBoolean('managed')
  ? new VectorBucket(
      name,
      { ...NAME, tags, disposable: config.getBoolean('disposable') },
      {
        aliases: name === 'theirs' ? [] : [{ name: 'theirs' }],
        transforms: [
          ({ type, props, opts }) =>
            importId !== '' && type === 'aws-native:s3vectors:VectorBucket'
              ? { props, opts: pulumi.mergeOptions(opts, { import: importId }) }
              : undefined,
        ],
      },
    )
  : new VectorBucket(name, { existing: { name: config.require('existing') } });
if (config.getBoolean('managed')) {
  new VectorIndex(
    'kept',
    {
      vectorBucketName: bucket.vectorBucketName,
      indexName: 'kept',
      dimension: 4,
      distanceMetric: 'euclidean',
      nonFilterableMetadataKeys: ['text'],
      disposable: config.getBoolean('disposable'),
      tags,
    },
    {
      transforms: [
        ({ type, props, opts }) =>
          type === 'aws-native:s3vectors:Index'
            ? {
                // What the service returns beside the component's own inputs.
                props: {
                  ...props,
                  vectorBucketArn: bucket.vectorBucketArn,
                  encryptionConfiguration: { sseType: 'AES256' },
                },
                opts:
                  importId === '' ? opts : pulumi.mergeOptions(opts, { import: `${importId}/index/kept` }),
              }
            : undefined,
      ],
    },
  );
}
// 0 where it is not there.
const archiveDimension = config.getNumber('archiveDimension') ?? 0;
if (archiveDimension > 0) {
  new VectorIndex('archive', {
    existing: { name: 'archive' },
    vectorBucketName: bucket.vectorBucketName,
    dimension: archiveDimension,
    distanceMetric: 'euclidean',
    nonFilterableMetadataKeys: ['text'],
  });
}
const index = new VectorIndex('notes', {
  vectorBucketName: bucket.vectorBucketName,
  indexName: 'notes',
  dimension: 8,
  distanceMetric: 'cosine',
  disposable: true,
  tags,
});
new VectorAccessPolicy('search', {
  ...NAME,
  access: 'read',
  vectorBucketName: bucket.vectorBucketName,
  tags,
});

export const vectorBucketName = bucket.vectorBucketName;
export const vectorBucketArn = bucket.vectorBucketArn;
export const indexArn = index.indexArn;
