// Index modes: how an index evaluates metadata filters, and which mode it may be given.
// User guide, s3-vectors-index-mode; API model of 2026-09-30. No message of these rules is published: they are ours.
import type { IndexMode } from '../../../contract/vectors/filter';
import type { Input } from '../model/inputs';
import { invalidField } from '../service-error';
import type { Bucket, Index } from '../storage/catalog';
import { bucketNameOf, bucketNotFound, findIndex, indexNotFound } from './references';
import type { Service } from './service';

/** Only buckets that were created before this moment can have CLASSIC indexes; they do unless told otherwise. */
const CLASSIC_UNTIL = Date.UTC(2026, 8, 30);

/** What a bucket's indexes are created with, for a bucket that is created at this time. */
export function initialDefaultMode(creationTime: number): IndexMode {
  return creationTime < CLASSIC_UNTIL ? 'CLASSIC' : 'ENHANCED';
}

/** What the bucket's next index is created with. A data directory of before index modes knew no mode but ENHANCED. */
export function defaultModeOf(bucket: Bucket): IndexMode {
  return bucket.defaultIndexMode ?? 'ENHANCED';
}

export function modeOf(index: Index): IndexMode {
  return index.mode ?? 'ENHANCED';
}

/**
 * The mode of one query: the index's own, or ENHANCED on a CLASSIC index.
 * @throws ServiceError for CLASSIC on an ENHANCED index
 */
export function queryModeOf(index: Index, asked: IndexMode | undefined): IndexMode {
  const mode = modeOf(index);
  if (asked === 'CLASSIC' && mode === 'ENHANCED') {
    throw invalidField('queryMode', 'queryMode CLASSIC cannot be used on an index in ENHANCED mode');
  }
  return asked ?? mode;
}

/** Changes what indexes are created with from now on; those that exist keep their mode. */
export async function putVectorBucketDefaultIndexMode(
  service: Service,
  input: Input<'PutVectorBucketDefaultIndexMode'>,
): Promise<object> {
  const name = bucketNameOf(service, input) ?? '';
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    const bucket = catalog.bucket(name);
    if (bucket === undefined) throw bucketNotFound();
    checkAllowed('defaultIndexMode', bucket, input.defaultIndexMode);
    if (defaultModeOf(bucket) === input.defaultIndexMode) return;
    await writer.putBucket({ ...bucket, defaultIndexMode: input.defaultIndexMode });
  });
  return {};
}

/** Changes one index, in place: its vectors stay as they are, and the next query is in the new mode. */
export async function updateIndexMode(service: Service, input: Input<'UpdateIndexMode'>): Promise<object> {
  const { bucketName, name } = findIndex(service, input);
  const { catalog } = service.storage;
  await catalog.exclusively(async (writer) => {
    const [bucket, index] = [catalog.bucket(bucketName), catalog.index(bucketName, name)];
    if (bucket === undefined || index === undefined) throw indexNotFound();
    checkAllowed('indexMode', bucket, input.indexMode);
    if (modeOf(index) !== input.indexMode) await writer.putIndex({ ...index, mode: input.indexMode });
  });
  return {};
}

function checkAllowed(member: string, bucket: Bucket, mode: IndexMode): void {
  if (mode === 'CLASSIC' && bucket.creationTime >= CLASSIC_UNTIL) {
    throw invalidField(
      member,
      'CLASSIC can be specified only for vector buckets created before September 30, 2026',
      `bucket ${bucket.name} was created at ${new Date(bucket.creationTime).toISOString()}`,
    );
  }
}
