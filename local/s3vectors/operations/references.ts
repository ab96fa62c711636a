// How requests name buckets and indexes: by name or by ARN, never both.
import { arn } from '../../../contract/arns';
import type { Bucket, Index } from '../storage/catalog';
import { ServiceError } from '../service-error';
import type { Service } from './service';

interface BucketReference {
  readonly vectorBucketName?: string;
  readonly vectorBucketArn?: string;
}

interface IndexReference {
  readonly vectorBucketName?: string;
  readonly indexName?: string;
  readonly indexArn?: string;
}

/** The ARN of a bucket of this service. */
export function bucketArn(service: Service, name: string): string {
  return arn.vectorBucket(service.place, name);
}

/** The ARN of an index of this service. */
export function indexArn(
  service: Service,
  index: { readonly bucketName: string; readonly name: string },
): string {
  return arn.vectorIndex(service.place, index.bucketName, index.name);
}

/** @throws ServiceError when both name and ARN are given or neither, or there is no such bucket */
export function findBucket(service: Service, reference: BucketReference): Bucket {
  const bucket = service.storage.catalog.bucket(bucketNameOf(service, reference) ?? '');
  if (bucket === undefined) throw bucketNotFound();
  return bucket;
}

/**
 * The name of the bucket that is meant; undefined for an ARN of another account or Region.
 * @throws ServiceError when both name and ARN are given or neither
 */
export function bucketNameOf(service: Service, reference: BucketReference): string | undefined {
  const { vectorBucketName: name, vectorBucketArn } = reference;
  if ((name === undefined) === (vectorBucketArn === undefined)) {
    throw new ServiceError(
      'ValidationException',
      'Must specify either vectorBucketName or vectorBucketArn but not both',
    );
  }
  return name ?? parseArn(service, vectorBucketArn ?? '')?.bucketName;
}

/** @throws ServiceError when the index is not named in exactly one way, or there is none */
export function findIndex(service: Service, reference: IndexReference): Index {
  const { vectorBucketName, indexName, indexArn: given } = reference;
  const byNames = vectorBucketName !== undefined && indexName !== undefined;
  const anyName = vectorBucketName !== undefined || indexName !== undefined;
  if (given === undefined ? !byNames : anyName) {
    throw new ServiceError(
      'ValidationException',
      'Must specify either indexArn or both vectorBucketName and indexName',
    );
  }
  const names =
    given === undefined ? { bucketName: vectorBucketName ?? '', indexName } : parseArn(service, given);
  const index = service.storage.catalog.index(names?.bucketName ?? '', names?.indexName ?? '');
  if (index === undefined) throw indexNotFound();
  return index;
}

/** What an ARN of this account and Region names; undefined for any other. */
export function parseArn(
  service: Service,
  given: string,
): { readonly bucketName: string; readonly indexName?: string } | undefined {
  const prefix = bucketArn(service, '');
  if (!given.startsWith(prefix)) return undefined;
  const [bucketName, kind, indexName, ...rest] = given.slice(prefix.length).split('/');
  if (bucketName === undefined || rest.length > 0) return undefined;
  if (kind === undefined) return { bucketName };
  return kind === 'index' && indexName !== undefined ? { bucketName, indexName } : undefined;
}

export function bucketNotFound(): ServiceError {
  return new ServiceError('NotFoundException', 'The specified vector bucket could not be found');
}

export function indexNotFound(): ServiceError {
  return new ServiceError('NotFoundException', 'The specified index could not be found');
}
