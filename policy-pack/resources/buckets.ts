// Vector buckets, vector indexes and S3 buckets as both providers spell them.
import { parseBucketName } from '../../contract/names';
import { isUnknown, type Known, list, object, type Properties, text, UNKNOWN } from './known';
import type { Judged } from './judged';

export interface VectorBucket {
  readonly name: Known<string>;
  readonly encryption: Encryption;
}

export interface VectorIndex {
  readonly name: Known<string>;
  /** The name of the vector bucket that holds it, read from its ARN where that is what is given. */
  readonly bucketName: Known<string>;
  readonly dimension: Known<number>;
  readonly distanceMetric: Known<string>;
  readonly dataType: Known<string>;
  readonly nonFilterableMetadataKeys: Known<readonly string[]>;
  /** Absent in both where the index takes its bucket's. */
  readonly encryption: Encryption;
}

export interface StorageBucket {
  readonly name: Known<string>;
  /** A prefix under which AWS invents the name, where the program gives one. */
  readonly prefix: Known<string>;
}

/** `sseType` AES256 or aws:kms; absent where the service's default (AES256) applies. */
export interface Encryption {
  readonly sseType: Known<string>;
  readonly kmsKeyArn: Known<string>;
}

const VECTOR_BUCKET_TYPES = [
  'aws-native:s3vectors:VectorBucket',
  'aws:s3/vectorsVectorBucket:VectorsVectorBucket',
];
const VECTOR_BUCKET_POLICY_TYPES = [
  'aws-native:s3vectors:VectorBucketPolicy',
  'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy',
];
const VECTOR_INDEX_TYPES = ['aws-native:s3vectors:Index', 'aws:s3/vectorsIndex:VectorsIndex'];
const STORAGE_BUCKET_TYPES = ['aws:s3/bucket:Bucket', 'aws:s3/bucketV2:BucketV2', 'aws-native:s3:Bucket'];

/** The resource as a vector bucket, or undefined when it is something else. */
export function asVectorBucket({ type, props }: Judged): VectorBucket | undefined {
  if (!VECTOR_BUCKET_TYPES.includes(type)) return undefined;
  return { name: text(props, 'vectorBucketName'), encryption: encryptionOf(props) };
}

/** Is the resource the policy of a vector bucket? */
export function isVectorBucketPolicy({ type }: Judged): boolean {
  return VECTOR_BUCKET_POLICY_TYPES.includes(type);
}

/** The resource as a vector index, or undefined when it is something else. */
export function asVectorIndex({ type, props }: Judged): VectorIndex | undefined {
  if (!VECTOR_INDEX_TYPES.includes(type)) return undefined;
  const metadata = object(props.metadataConfiguration);
  const keys = isUnknown(metadata) ? UNKNOWN : list(metadata?.nonFilterableMetadataKeys);
  return {
    name: text(props, 'indexName'),
    bucketName: text(props, 'vectorBucketName') ?? bucketOfArn(text(props, 'vectorBucketArn')),
    dimension: numberOf(props.dimension),
    distanceMetric: text(props, 'distanceMetric'),
    dataType: text(props, 'dataType'),
    nonFilterableMetadataKeys:
      isUnknown(keys) || keys?.some(isUnknown) === true
        ? UNKNOWN
        : keys?.filter((key) => typeof key === 'string'),
    encryption: encryptionOf(props),
  };
}

/** The resource as a bucket of S3, or undefined when it is something else. */
export function asStorageBucket({ type, props }: Judged): StorageBucket | undefined {
  if (!STORAGE_BUCKET_TYPES.includes(type)) return undefined;
  return {
    name: text(props, type.startsWith('aws-native:') ? 'bucketName' : 'bucket'),
    prefix: text(props, 'bucketPrefix'),
  };
}

const ACCESS_POINT_TYPES = ['aws:s3/accessPoint:AccessPoint', 'aws-native:s3:AccessPoint'];

/** Names of the access points of the stack that lead to buckets of embeddings; their ARNs do not say so. */
export function accessPointsOfEmbeddings(resources: readonly Judged[]): string[] {
  const isOfEmbeddings = (name: unknown) => typeof name === 'string' && parseBucketName(name) !== undefined;
  const buckets = new Set(
    resources.filter((one) => isOfEmbeddings(asStorageBucket(one)?.name)).map(({ urn }) => urn),
  );
  return resources
    .filter(({ type }) => ACCESS_POINT_TYPES.includes(type))
    .filter(
      ({ props, sources }) =>
        isOfEmbeddings(props.bucket) ||
        (isUnknown(props.bucket) && sources.bucket?.some((urn) => buckets.has(urn)) === true),
    )
    .map(({ props }) => props.name)
    .filter((name) => typeof name === 'string');
}

function encryptionOf(props: Properties): Encryption {
  // aws-native has one object, aws a list with at most one.
  const many = list(props.encryptionConfigurations ?? props.encryptionConfiguration);
  const first = isUnknown(many) ? UNKNOWN : object(many?.[0]);
  if (isUnknown(first)) return { sseType: UNKNOWN, kmsKeyArn: UNKNOWN };
  return {
    sseType: first === undefined ? undefined : text(first, 'sseType'),
    kmsKeyArn: first === undefined ? undefined : text(first, 'kmsKeyArn'),
  };
}

function bucketOfArn(arn: Known<string>): Known<string> {
  if (arn === undefined || isUnknown(arn)) return arn;
  return /^arn:[^:]+:s3vectors:[^:]*:[^:]*:bucket\/([^/]+)$/.exec(arn)?.[1] ?? arn;
}

/** A number, which aws-native and Cloud Control also take spelled as text. */
export function numberOf(value: unknown): Known<number> {
  if (isUnknown(value)) return UNKNOWN;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
