// The input of every operation, with the constraints of the API model (2025-07-15) and nothing else: rules that
// only the service knows are applied by the operations.
import * as limits from '../../../contract/limits';
import {
  boolean,
  document,
  float32List,
  integer,
  list,
  oneOf,
  string,
  stringMap,
  structure,
  type Read,
} from './shape';

const name = string({ min: limits.MIN_NAME_LENGTH, max: limits.MAX_NAME_LENGTH });
const NAME_IN_ARN = '[a-z0-9][a-z0-9-.]{1,61}[a-z0-9]';
const BUCKET_ARN = `arn:aws[-a-z0-9]*:s3vectors:[a-z0-9-]+:[0-9]{12}:bucket/${NAME_IN_ARN}`;
const vectorBucketArn = string({ pattern: new RegExp(`^${BUCKET_ARN}$`) });
const indexArn = string({ pattern: new RegExp(`^${BUCKET_ARN}/index/${NAME_IN_ARN}$`) });
const resourceArn = string({ min: 0, max: 1011 });
const vectorKey = string({ min: limits.MIN_VECTOR_KEY_LENGTH, max: limits.MAX_VECTOR_KEY_LENGTH });
const vectorData = structure({ float32: float32List }, {});

const TAG_PATTERN = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';
const tagPattern = { pattern: new RegExp(TAG_PATTERN, 'u'), patternText: TAG_PATTERN };
const tagKey = string({ min: 1, max: limits.MAX_TAG_KEY_LENGTH, ...tagPattern });
const tags = stringMap(tagKey, string({ min: 0, max: limits.MAX_TAG_VALUE_LENGTH, ...tagPattern }));

const encryptionConfiguration = structure(
  {},
  {
    sseType: oneOf(['AES256', 'aws:kms']),
    kmsKeyArn: string({
      min: 1,
      max: limits.MAX_KMS_KEY_ARN_LENGTH,
      pattern: /^(arn:aws[-a-z0-9]*:kms:[-a-z0-9]*:[0-9]{12}:key\/.+)$/,
    }),
  },
);
const metadataConfiguration = structure(
  {
    nonFilterableMetadataKeys: list(string({ min: 1, max: limits.MAX_NON_FILTERABLE_KEY_LENGTH }), {
      min: limits.MIN_NON_FILTERABLE_KEYS,
      max: limits.MAX_NON_FILTERABLE_KEYS,
    }),
  },
  {},
);

const indexMode = oneOf(['CLASSIC', 'ENHANCED']);

const bucketReference = { vectorBucketName: name, vectorBucketArn };
const indexReference = { vectorBucketName: name, indexName: name, indexArn };
const prefix = string({ min: 1, max: limits.MAX_LIST_PREFIX_LENGTH });
const listToken = string({ min: 1, max: limits.MAX_LIST_TOKEN_LENGTH });

export const inputs = {
  CreateVectorBucket: structure({ vectorBucketName: name }, { encryptionConfiguration, tags }),
  GetVectorBucket: structure({}, bucketReference),
  DeleteVectorBucket: structure({}, bucketReference),
  ListVectorBuckets: structure(
    {},
    { maxResults: integer({ min: 1, max: limits.MAX_LIST_BUCKETS_RESULTS }), nextToken: listToken, prefix },
  ),
  PutVectorBucketPolicy: structure({ policy: string() }, bucketReference),
  GetVectorBucketPolicy: structure({}, bucketReference),
  DeleteVectorBucketPolicy: structure({}, bucketReference),
  PutVectorBucketDefaultIndexMode: structure({ defaultIndexMode: indexMode }, bucketReference),
  CreateIndex: structure(
    {
      indexName: name,
      dataType: oneOf(['float32']),
      dimension: integer({ min: limits.MIN_DIMENSION, max: limits.MAX_DIMENSION }),
      distanceMetric: oneOf(['euclidean', 'cosine']),
    },
    { ...bucketReference, metadataConfiguration, encryptionConfiguration, tags },
  ),
  GetIndex: structure({}, indexReference),
  DeleteIndex: structure({}, indexReference),
  ListIndexes: structure(
    {},
    {
      ...bucketReference,
      maxResults: integer({ min: 1, max: limits.MAX_LIST_INDEXES_RESULTS }),
      nextToken: listToken,
      prefix,
    },
  ),
  UpdateIndexMode: structure({ indexMode }, indexReference),
  PutVectors: structure(
    {
      vectors: list(structure({ key: vectorKey, data: vectorData }, { metadata: document }), {
        min: 1,
        max: limits.MAX_VECTORS_PER_PUT,
      }),
    },
    indexReference,
  ),
  GetVectors: structure(
    { keys: list(vectorKey, { min: 1, max: limits.MAX_KEYS_PER_GET }) },
    { ...indexReference, returnData: boolean, returnMetadata: boolean },
  ),
  DeleteVectors: structure(
    { keys: list(vectorKey, { min: 1, max: limits.MAX_KEYS_PER_DELETE }) },
    indexReference,
  ),
  ListVectors: structure(
    {},
    {
      ...indexReference,
      maxResults: integer({ min: 1, max: limits.MAX_LIST_VECTORS_RESULTS }),
      nextToken: string({ min: 1, max: limits.MAX_LIST_VECTORS_TOKEN_LENGTH }),
      segmentCount: integer({ min: 1, max: limits.MAX_LIST_SEGMENTS }),
      segmentIndex: integer({ min: 0, max: limits.MAX_LIST_SEGMENTS - 1 }),
      returnData: boolean,
      returnMetadata: boolean,
    },
  ),
  QueryVectors: structure(
    { topK: integer({ min: limits.MIN_TOP_K }), queryVector: vectorData },
    {
      ...indexReference,
      filter: document,
      queryMode: indexMode,
      returnMetadata: boolean,
      returnDistance: boolean,
      nextToken: string({ min: 1, max: limits.MAX_QUERY_TOKEN_LENGTH }),
    },
  ),
  ListTagsForResource: structure({ resourceArn }, {}),
  TagResource: structure({ resourceArn, tags }, {}),
  UntagResource: structure({ resourceArn, tagKeys: list(tagKey) }, {}),
} as const;

export type OperationName = keyof typeof inputs;
export type Input<Name extends OperationName> = Read<(typeof inputs)[Name]>;
export type EncryptionConfiguration = Read<typeof encryptionConfiguration>;
