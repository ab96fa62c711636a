// Operations on vector buckets and their policies.
import {
  DEFAULT_ENCRYPTION_TYPE,
  MAX_LIST_BUCKETS_RESULTS,
  MAX_VECTOR_BUCKETS_PER_REGION,
} from '../../../contract/limits';
import { vectorBucketNameProblems } from '../../../contract/names';
import type { Input } from '../model/inputs';
import { invalidField, ServiceError } from '../service-error';
import { encryptionOf } from './encryption';
import { defaultModeOf, initialDefaultMode } from './index-modes';
import { pageOf } from './pages';
import { bucketArn, bucketNameOf, bucketNotFound, findBucket } from './references';
import { creationTime, timestamp, type Service } from './service';
import { checkTags } from './tag-rules';

export async function createVectorBucket(
  service: Service,
  input: Input<'CreateVectorBucket'>,
): Promise<object> {
  const { vectorBucketName: name, tags = {} } = input;
  const nameProblems = vectorBucketNameProblems(name);
  if (nameProblems.length > 0) {
    throw invalidField('vectorBucketName', 'Invalid vector bucket name', nameProblems.join(' '));
  }
  const encryption = encryptionOf(service.place, input.encryptionConfiguration) ?? {
    sseType: DEFAULT_ENCRYPTION_TYPE,
  };
  checkTags(tags);
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    if (catalog.bucket(name) !== undefined) {
      throw new ServiceError('ConflictException', 'A vector bucket with the specified name already exists');
    }
    if (catalog.buckets().length >= MAX_VECTOR_BUCKETS_PER_REGION) {
      throw new ServiceError(
        'ServiceQuotaExceededException',
        'You have attempted to create more vector buckets than allowed',
      );
    }
    const created = creationTime(service);
    await writer.putBucket({
      name,
      creationTime: created,
      encryption,
      tags,
      defaultIndexMode: initialDefaultMode(created),
    });
  });
  return { vectorBucketArn: bucketArn(service, name) };
}

export function getVectorBucket(service: Service, input: Input<'GetVectorBucket'>): object {
  const bucket = findBucket(service, input);
  return {
    vectorBucket: {
      vectorBucketName: bucket.name,
      vectorBucketArn: bucketArn(service, bucket.name),
      creationTime: timestamp(bucket.creationTime),
      encryptionConfiguration: bucket.encryption,
      defaultIndexMode: defaultModeOf(bucket),
    },
  };
}

/** Succeeds for a bucket that does not exist, as the service does (getmoto/moto, test_s3vector_buckets, aws_verified). */
export async function deleteVectorBucket(
  service: Service,
  input: Input<'DeleteVectorBucket'>,
): Promise<object> {
  const name = bucketNameOf(service, input);
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    if (name === undefined || catalog.bucket(name) === undefined) return;
    if (catalog.indexes(name).length > 0) {
      throw new ServiceError('ConflictException', 'The specified vector bucket is not empty');
    }
    await writer.removeBucket(name);
  });
  return {};
}

export function listVectorBuckets(service: Service, input: Input<'ListVectorBuckets'>): object {
  const { maxResults = MAX_LIST_BUCKETS_RESULTS, nextToken, prefix = '' } = input;
  const buckets = service.storage.catalog.buckets().filter(({ name }) => name.startsWith(prefix));
  const page = pageOf(service.pageTokens, ['ListVectorBuckets', prefix], buckets, maxResults, nextToken);
  return {
    vectorBuckets: page.items.map((bucket) => ({
      vectorBucketName: bucket.name,
      vectorBucketArn: bucketArn(service, bucket.name),
      creationTime: timestamp(bucket.creationTime),
    })),
    nextToken: page.nextToken,
  };
}

export async function putVectorBucketPolicy(
  service: Service,
  input: Input<'PutVectorBucketPolicy'>,
): Promise<object> {
  checkPolicy(input.policy);
  return changePolicy(service, input, input.policy);
}

export function getVectorBucketPolicy(service: Service, input: Input<'GetVectorBucketPolicy'>): object {
  const { policy } = findBucket(service, input);
  if (policy === undefined) {
    throw new ServiceError('NotFoundException', 'The specified vector bucket policy could not be found');
  }
  return { policy };
}

export function deleteVectorBucketPolicy(
  service: Service,
  input: Input<'DeleteVectorBucketPolicy'>,
): Promise<object> {
  return changePolicy(service, input, undefined);
}

async function changePolicy(
  service: Service,
  reference: Input<'DeleteVectorBucketPolicy'>,
  policy: string | undefined,
): Promise<object> {
  const name = bucketNameOf(service, reference) ?? '';
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    const bucket = catalog.bucket(name);
    if (bucket === undefined) throw bucketNotFound();
    const { policy: old, ...rest } = bucket;
    if (old !== policy) await writer.putBucket(policy === undefined ? rest : { ...rest, policy });
  });
  return {};
}

/** A policy is stored when it is a JSON object with statements; what it means is not looked at here. */
function checkPolicy(text: string): void {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw invalidField('policy', 'Policies must be valid JSON', String(error));
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy) || !('Statement' in policy)) {
    throw invalidField('policy', 'Invalid policy document', 'the policy is no object with a Statement');
  }
}
