// ARNs built from names, so that policy documents are known before anything is created.
// A document made from a resource's own output would be unknown at preview, and the policy pack blind to it.

/** The account, Region and partition that ARNs are built in. */
export interface Place {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** The partition of a Region, by its prefix (AWS General Reference, "AWS partitions"). */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  if (region.startsWith('us-isob-')) return 'aws-iso-b';
  if (region.startsWith('us-iso-')) return 'aws-iso';
  return 'aws';
}

/** The DNS suffix of a partition's service principals and endpoints. */
export function dnsSuffixOf(partition: string): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

export const arn = {
  /** A bucket of S3; `name` may be a pattern. */
  bucket: (place: Pick<Place, 'partition'>, name: string) => `arn:${place.partition}:s3:::${name}`,
  /** The objects of a bucket of S3; both may be patterns. */
  objects: (place: Pick<Place, 'partition'>, name: string, key = '*') =>
    `arn:${place.partition}:s3:::${name}/${key}`,
  /** A vector bucket; `name` may be a pattern. */
  vectorBucket: (place: Place, name: string) =>
    `arn:${place.partition}:s3vectors:${place.region}:${place.accountId}:bucket/${name}`,
  /** An index of a vector bucket; both names may be patterns. */
  vectorIndex: (place: Place, bucket: string, index = '*') =>
    `arn:${place.partition}:s3vectors:${place.region}:${place.accountId}:bucket/${bucket}/index/${index}`,
  managedPolicy: (place: Pick<Place, 'partition' | 'accountId'>, name: string) =>
    `arn:${place.partition}:iam::${place.accountId}:policy/${name}`,
  role: (place: Pick<Place, 'partition' | 'accountId'>, name: string) =>
    `arn:${place.partition}:iam::${place.accountId}:role/${name}`,
  lambdaFunction: (place: Place, name: string) =>
    `arn:${place.partition}:lambda:${place.region}:${place.accountId}:function:${name}`,
  foundationModel: (place: Pick<Place, 'partition' | 'region'>, modelId: string) =>
    `arn:${place.partition}:bedrock:${place.region}::foundation-model/${modelId}`,
  accountRoot: (place: Pick<Place, 'partition' | 'accountId'>) =>
    `arn:${place.partition}:iam::${place.accountId}:root`,
} as const;
