// The configuration of the storage stack, as documented in docs/stacks.md.
import { FieldReader } from '../../contract/field-reader';
import { DEFAULT_LIFECYCLE_DAYS, lifecycleOrderProblems } from '../../contract/lifecycle';
import {
  bucketName,
  namePartProblems,
  projectProblems,
  s3BucketNameProblems,
  vectorBucketNameProblems,
} from '../../contract/names';
import { keyArnRule } from '../../contract/outputs/arn-rules';
import { repeated } from '../../contract/repeated';
import { tagProblems } from '../../contract/tags';
import { configSubject } from '../config-record';
import type { ConfigKeys } from '../config-record';
import { providerRegionProblems } from './provider-regions';
import type { ProviderRegions } from './provider-regions';

export const STORAGE_NAMESPACE = 's3-vectors';

export const STORAGE_KEYS = {
  project: 'text',
  environment: 'text',
  purpose: 'text',
  embeddingPurposes: 'json',
  encryption: 'text',
  encryptionKeyArn: 'text',
  existingVectorBucketName: 'text',
  disposable: 'json',
  archiveAfterDays: 'json',
  expireAfterDays: 'json',
  abortUploadsAfterDays: 'json',
  intelligentTieringAfterDays: 'json',
  deleteAfterDays: 'json',
  accessLogBucketName: 'text',
  tags: 'json',
} as const satisfies ConfigKeys;

const DEFAULT_PURPOSE = 'knowledge';
const DEFAULT_EMBEDDING_PURPOSES = ['documents'] as const;
/** More than S3 would ever keep sensibly; a typing error ends here and not in a bucket. */
const DAYS = { min: 1, max: 36_500 } as const;

export interface StorageConfig {
  readonly project: string;
  readonly environment: string;
  /** Purpose of the vector bucket. */
  readonly purpose: string;
  /** Purposes of the buckets of the older layout; one bucket each. */
  readonly embeddingPurposes: readonly string[];
  readonly encryption: 'AES256' | 'aws:kms';
  /** A key that is there already; absent where `aws:kms` is to make one. */
  readonly encryptionKeyArn?: string;
  /** A vector bucket that is there already; absent where one is to be made. */
  readonly existingVectorBucketName?: string;
  /** Whether everything may be deleted with the stack. */
  readonly disposable: boolean;
  readonly archiveAfterDays?: number;
  readonly expireAfterDays?: number;
  readonly abortUploadsAfterDays?: number;
  readonly intelligentTieringAfterDays?: number;
  readonly deleteAfterDays?: number;
  readonly accessLogBucketName?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads the configuration.
 * @param stack name of the stack, which names the environment where the configuration does not.
 * @param regions what `aws:region` and `aws-native:region` are set to.
 * @throws InvalidInputError listing every fault at once.
 */
export function parseStorageConfig(
  record: unknown,
  stack: string,
  regions: ProviderRegions = {},
): StorageConfig {
  const read = new FieldReader(configSubject(STORAGE_NAMESPACE), record);
  read.only(Object.keys(STORAGE_KEYS));
  read.check('aws-native:region', providerRegionProblems(regions));
  const project = read.text('project');
  const environment = read.optionalText('environment') ?? stack;
  const purpose = read.optionalText('purpose') ?? DEFAULT_PURPOSE;
  const embeddingPurposes = read.optionalTexts('embeddingPurposes') ?? [...DEFAULT_EMBEDDING_PURPOSES];
  if (project !== '') {
    read.check('project', projectProblems(project));
    read.check('environment', namePartProblems({ project: 'p', environment, purpose: 'p' }));
    // The length of a whole name belongs to no part alone: it is checked on the purpose, the part easiest to change.
    read.check('purpose', purposeProblems(project, environment, purpose));
    read.check(
      'embeddingPurposes',
      embeddingPurposes.flatMap((embedding) => purposeProblems(project, environment, embedding)),
    );
  }
  read.check(
    'embeddingPurposes',
    repeated(embeddingPurposes).map((twice) => `"${twice}" is given twice.`),
  );
  const archiveAfterDays = read.optionalInteger('archiveAfterDays', DAYS);
  const expireAfterDays = read.optionalInteger('expireAfterDays', DAYS);
  const abortUploadsAfterDays = read.optionalInteger('abortUploadsAfterDays', DAYS);
  const intelligentTieringAfterDays = read.optionalInteger('intelligentTieringAfterDays', {
    ...DAYS,
    min: 0,
  });
  const deleteAfterDays = read.optionalInteger('deleteAfterDays', DAYS);
  // What is no number of days was faulted already, and is judged no further.
  const asWritten = (name: string, days: number | undefined, usual: number) =>
    days ?? (isAbsent(record, name) ? usual : undefined);
  read.check(
    'expireAfterDays',
    lifecycleOrderProblems({
      archiveAfterDays: asWritten(
        'archiveAfterDays',
        archiveAfterDays,
        DEFAULT_LIFECYCLE_DAYS.archiveAfterDays,
      ),
      expireAfterDays: asWritten('expireAfterDays', expireAfterDays, DEFAULT_LIFECYCLE_DAYS.expireAfterDays),
    }),
  );
  read.check('deleteAfterDays', lifecycleOrderProblems({ intelligentTieringAfterDays, deleteAfterDays }));
  const accessLogBucketName = read.optionalText('accessLogBucketName');
  if (accessLogBucketName !== undefined) {
    read.check('accessLogBucketName', s3BucketNameProblems(accessLogBucketName));
    read.check(
      'accessLogBucketName',
      embeddingPurposes
        .map((embedding) => ({ project, environment, purpose: embedding }))
        .filter((parts) => namePartProblems(parts).length === 0 && bucketName(parts) === accessLogBucketName)
        .map(
          () =>
            `"${accessLogBucketName}" is a bucket of this stack, whose logs would log themselves; name another.`,
        ),
    );
  }
  const encryptionKeyArn = read.optionalText('encryptionKeyArn', keyArnRule);
  const encryption = read.optionalText('encryption', { oneOf: ['AES256', 'aws:kms'] });
  if (encryptionKeyArn !== undefined && encryption === 'AES256') {
    read.check('encryptionKeyArn', [
      'it stands beside encryption AES256, which uses no key; remove one of them.',
    ]);
  }
  const existingVectorBucketName = read.optionalText('existingVectorBucketName');
  if (existingVectorBucketName !== undefined) {
    read.check('existingVectorBucketName', vectorBucketNameProblems(existingVectorBucketName));
  }
  const tags = read.optionalTextMap('tags') ?? {};
  read.check('tags', tagProblems(tags));
  return read.finish({
    project,
    environment,
    purpose,
    embeddingPurposes,
    encryption: encryption === 'aws:kms' || encryptionKeyArn !== undefined ? 'aws:kms' : 'AES256',
    ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }),
    ...(existingVectorBucketName === undefined ? {} : { existingVectorBucketName }),
    disposable: read.optionalFlag('disposable') ?? false,
    ...(archiveAfterDays === undefined ? {} : { archiveAfterDays }),
    ...(expireAfterDays === undefined ? {} : { expireAfterDays }),
    ...(abortUploadsAfterDays === undefined ? {} : { abortUploadsAfterDays }),
    ...(intelligentTieringAfterDays === undefined ? {} : { intelligentTieringAfterDays }),
    ...(deleteAfterDays === undefined ? {} : { deleteAfterDays }),
    ...(accessLogBucketName === undefined ? {} : { accessLogBucketName }),
    tags,
  });
}

function isAbsent(record: unknown, name: string): boolean {
  return ((record as Record<string, unknown> | null)?.[name] ?? undefined) === undefined;
}

/** What is wrong with a purpose; the length of the whole name is judged once its other parts are right. */
function purposeProblems(project: string, environment: string, purpose: string): string[] {
  const othersAreRight = namePartProblems({ project, environment, purpose: 'p' }).length === 0;
  return namePartProblems(
    othersAreRight ? { project, environment, purpose } : { project: 'p', environment: 'e', purpose },
  );
}
