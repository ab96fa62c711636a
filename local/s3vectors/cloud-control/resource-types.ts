// The resource types AWS::S3Vectors::*: their properties as CloudFormation defines them, and the S3 Vectors
// operations that create, read, update and delete them. Source: the types' registry schemas, and what the aws-native
// provider was seen to send and expect.
import { inputs } from '../model/inputs';
import { readInput } from '../model/shape';
import { run } from '../operations/operations';
import { bucketArn } from '../operations/references';
import type { Service } from '../operations/service';
import { checkTags } from '../operations/tag-rules';
import { ServiceError } from '../service-error';
import { ResourceError } from './resource-error';

export type Properties = Readonly<Record<string, unknown>>;

/** A resource type: what Cloud Control needs to know and do. */
export interface ResourceType {
  readonly name: string;
  readonly properties: readonly string[];
  readonly required: readonly string[];
  /** The members of properties that are objects; no others are permitted in them. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** The members of the elements of properties that are lists of objects; no others are permitted in them. */
  readonly elements: Readonly<Record<string, readonly string[]>>;
  /** Given by the service; refused in a desired state. */
  readonly readOnly: readonly string[];
  /** Fixed at creation. */
  readonly createOnly: readonly string[];
  /** Creates it and returns its identifier. */
  create(service: Service, desired: Properties): Promise<string>;
  /** @throws ServiceError NotFoundException */
  read(service: Service, identifier: string): Promise<Properties>;
  update(service: Service, identifier: string, desired: Properties): Promise<void>;
  delete(service: Service, identifier: string): Promise<void>;
  /** Identifiers of all resources, narrowed by properties of the resource model where the type needs them. */
  list(service: Service, model: Properties): Promise<string[]>;
}

const ENCRYPTION = ['KmsKeyArn', 'SseType'];
const TAGS = { Tags: ['Key', 'Value'] };

const vectorBucket: ResourceType = {
  name: 'AWS::S3Vectors::VectorBucket',
  properties: ['CreationTime', 'EncryptionConfiguration', 'Tags', 'VectorBucketArn', 'VectorBucketName'],
  required: [],
  members: { EncryptionConfiguration: ENCRYPTION },
  elements: TAGS,
  readOnly: ['CreationTime', 'VectorBucketArn'],
  createOnly: ['EncryptionConfiguration', 'VectorBucketName'],
  async create(service, desired) {
    const { vectorBucketArn } = (await run(service, 'CreateVectorBucket', {
      vectorBucketName: desired['VectorBucketName'] ?? generatedName(),
      encryptionConfiguration: lowerNames(desired['EncryptionConfiguration']),
      tags: tagMap(desired['Tags']),
    })) as { vectorBucketArn: string };
    return vectorBucketArn;
  },
  async read(service, identifier) {
    const { vectorBucket: bucket } = (await run(service, 'GetVectorBucket', {
      vectorBucketArn: identifier,
    })) as {
      vectorBucket: Record<string, unknown>;
    };
    return withoutUndefined({
      VectorBucketArn: bucket['vectorBucketArn'],
      VectorBucketName: bucket['vectorBucketName'],
      CreationTime: dateTime(bucket['creationTime']),
      EncryptionConfiguration: upperNames(bucket['encryptionConfiguration']),
      Tags: await readTags(service, identifier),
    });
  },
  update: (service, identifier, desired) => updateTags(service, identifier, tagMap(desired['Tags'])),
  async delete(service, identifier) {
    // The operation forgives a missing bucket, a resource handler does not.
    await run(service, 'GetVectorBucket', { vectorBucketArn: identifier });
    await run(service, 'DeleteVectorBucket', { vectorBucketArn: identifier });
  },
  list: async (service) => (await listedBuckets(service)).map((name) => bucketArn(service, name)),
};

const index: ResourceType = {
  name: 'AWS::S3Vectors::Index',
  properties: [
    'CreationTime',
    'DataType',
    'Dimension',
    'DistanceMetric',
    'EncryptionConfiguration',
    'IndexArn',
    'IndexName',
    'MetadataConfiguration',
    'Tags',
    'VectorBucketArn',
    'VectorBucketName',
  ],
  required: ['DataType', 'Dimension', 'DistanceMetric'],
  members: { EncryptionConfiguration: ENCRYPTION, MetadataConfiguration: ['NonFilterableMetadataKeys'] },
  elements: TAGS,
  readOnly: ['CreationTime', 'IndexArn'],
  createOnly: [
    'DataType',
    'Dimension',
    'DistanceMetric',
    'EncryptionConfiguration',
    'IndexName',
    'MetadataConfiguration',
    'VectorBucketArn',
    'VectorBucketName',
  ],
  async create(service, desired) {
    const { indexArn } = (await run(service, 'CreateIndex', {
      ...bucketReference(desired),
      indexName: desired['IndexName'] ?? generatedName(),
      dataType: desired['DataType'],
      dimension: desired['Dimension'],
      distanceMetric: desired['DistanceMetric'],
      metadataConfiguration: lowerNames(desired['MetadataConfiguration']),
      encryptionConfiguration: lowerNames(desired['EncryptionConfiguration']),
      tags: tagMap(desired['Tags']),
    })) as { indexArn: string };
    return indexArn;
  },
  async read(service, identifier) {
    const { index: found } = (await run(service, 'GetIndex', { indexArn: identifier })) as {
      index: Record<string, unknown>;
    };
    return withoutUndefined({
      IndexArn: found['indexArn'],
      IndexName: found['indexName'],
      VectorBucketName: found['vectorBucketName'],
      VectorBucketArn: bucketArn(service, String(found['vectorBucketName'])),
      CreationTime: dateTime(found['creationTime']),
      DataType: found['dataType'],
      Dimension: found['dimension'],
      DistanceMetric: found['distanceMetric'],
      MetadataConfiguration: upperNames(found['metadataConfiguration']),
      EncryptionConfiguration: upperNames(found['encryptionConfiguration']),
      Tags: await readTags(service, identifier),
    });
  },
  update: (service, identifier, desired) => updateTags(service, identifier, tagMap(desired['Tags'])),
  async delete(service, identifier) {
    await run(service, 'DeleteIndex', { indexArn: identifier });
  },
  async list(service, model) {
    const identifiers: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = (await run(service, 'ListIndexes', { ...bucketReference(model), nextToken })) as {
        indexes: { indexArn: string }[];
        nextToken?: string;
      };
      identifiers.push(...page.indexes.map(({ indexArn }) => indexArn));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return identifiers;
  },
};

const vectorBucketPolicy: ResourceType = {
  name: 'AWS::S3Vectors::VectorBucketPolicy',
  properties: ['Policy', 'VectorBucketArn', 'VectorBucketName'],
  required: ['Policy'],
  members: {},
  elements: {},
  readOnly: [],
  createOnly: ['VectorBucketArn', 'VectorBucketName'],
  async create(service, desired) {
    const reference = bucketReference(desired);
    const { vectorBucket: bucket } = (await run(service, 'GetVectorBucket', reference)) as {
      vectorBucket: { vectorBucketArn: string };
    };
    if (await hasPolicy(service, bucket.vectorBucketArn)) {
      throw new ResourceError('AlreadyExists', `${bucket.vectorBucketArn} already has a policy`);
    }
    await run(service, 'PutVectorBucketPolicy', { ...reference, policy: policyText(desired['Policy']) });
    return bucket.vectorBucketArn;
  },
  async read(service, identifier) {
    const { policy } = (await run(service, 'GetVectorBucketPolicy', { vectorBucketArn: identifier })) as {
      policy: string;
    };
    const { vectorBucket: bucket } = (await run(service, 'GetVectorBucket', {
      vectorBucketArn: identifier,
    })) as {
      vectorBucket: { vectorBucketName: string };
    };
    return {
      VectorBucketArn: identifier,
      VectorBucketName: bucket.vectorBucketName,
      Policy: JSON.parse(policy) as unknown,
    };
  },
  async update(service, identifier, desired) {
    await run(service, 'PutVectorBucketPolicy', {
      vectorBucketArn: identifier,
      policy: policyText(desired['Policy']),
    });
  },
  async delete(service, identifier) {
    await run(service, 'GetVectorBucketPolicy', { vectorBucketArn: identifier });
    await run(service, 'DeleteVectorBucketPolicy', { vectorBucketArn: identifier });
  },
  list: async (service) =>
    (await listedBuckets(service))
      .filter((name) => service.storage.catalog.bucket(name)?.policy !== undefined)
      .map((name) => bucketArn(service, name)),
};

export const resourceTypes: readonly ResourceType[] = [vectorBucket, index, vectorBucketPolicy];

/** Through the operation, so that who may not list buckets learns no names here. */
async function listedBuckets(service: Service): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = (await run(service, 'ListVectorBuckets', { nextToken })) as {
      vectorBuckets: { vectorBucketName: string }[];
      nextToken?: string;
    };
    names.push(...page.vectorBuckets.map(({ vectorBucketName }) => vectorBucketName));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}

async function hasPolicy(service: Service, vectorBucketArn: string): Promise<boolean> {
  try {
    await run(service, 'GetVectorBucketPolicy', { vectorBucketArn });
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.name === 'NotFoundException') return false;
    throw error;
  }
}

/**
 * A resource model may hold name and ARN, as what is read from a resource does; the ARN then says all.
 * @throws ResourceError InvalidRequest when they name two buckets
 */
function bucketReference(properties: Properties): object {
  const { VectorBucketArn: vectorBucketArn, VectorBucketName: vectorBucketName } = properties;
  if (vectorBucketArn === undefined) return { vectorBucketName };
  if (typeof vectorBucketArn === 'string' && typeof vectorBucketName === 'string') {
    const named = vectorBucketArn.split(':bucket/')[1];
    if (named !== vectorBucketName) {
      throw new ResourceError(
        'InvalidRequest',
        `VectorBucketName ${vectorBucketName} is not the bucket of VectorBucketArn ${vectorBucketArn}`,
      );
    }
  }
  return { vectorBucketArn };
}

/** CloudFormation's names begin with a capital, the API's do not. */
function lowerNames(value: unknown): unknown {
  return renamed(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
}

function upperNames(value: unknown): unknown {
  return renamed(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [rename(name), member]),
  );
}

/** CloudFormation's list of `{Key, Value}`, as the API's map. */
function tagMap(tags: unknown): Record<string, string> {
  if (tags === undefined || tags === null) return {};
  if (!Array.isArray(tags)) throw new ResourceError('InvalidRequest', 'Tags is no list of Key and Value');
  const map = new Map<string, string>(); // a plain object would lose a tag named __proto__
  for (const tag of tags as unknown[]) {
    const { Key: key, Value: value } = (tag ?? {}) as { Key?: unknown; Value?: unknown };
    if (typeof key !== 'string' || typeof value !== 'string') {
      throw new ResourceError('InvalidRequest', 'each of Tags must have the texts Key and Value');
    }
    if (map.has(key)) throw new ResourceError('InvalidRequest', `Tags has the key "${key}" twice`);
    map.set(key, value);
  }
  return Object.fromEntries(map);
}

async function readTags(service: Service, resourceArn: string): Promise<object[] | undefined> {
  const { tags } = (await run(service, 'ListTagsForResource', { resourceArn })) as {
    tags: Record<string, string>;
  };
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? undefined : list;
}

async function updateTags(
  service: Service,
  resourceArn: string,
  tags: Record<string, string>,
): Promise<void> {
  const { tags: old } = (await run(service, 'ListTagsForResource', { resourceArn })) as {
    tags: Record<string, string>;
  };
  // The whole change is judged before its first half is done.
  readInput(inputs.TagResource, { resourceArn, tags });
  checkTags(tags);
  const tagKeys = Object.keys(old).filter((key) => !Object.hasOwn(tags, key));
  if (tagKeys.length > 0) await run(service, 'UntagResource', { resourceArn, tagKeys });
  if (Object.keys(tags).length > 0) await run(service, 'TagResource', { resourceArn, tags });
}

function policyText(policy: unknown): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

/** CloudFormation writes times as ISO 8601. */
function dateTime(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

function generatedName(): string {
  return `cloudcontrol-${Math.random().toString(36).slice(2, 14).padEnd(12, '0')}`;
}

function withoutUndefined(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
