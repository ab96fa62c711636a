// The settings of the S3 buckets of a stack. With @pulumi/aws most of them stand in resources of their own, which
// name the bucket; with aws-native (and older programs) they stand in the bucket itself.
import { asStorageBucket, numberOf, type StorageBucket } from './buckets';
import type { Judged } from './judged';
import { isUnknown, type Known, list, object, type Properties, UNKNOWN } from './known';

export interface BucketWithSettings {
  readonly resource: Judged;
  readonly bucket: StorageBucket;
  /** Versioning status: `Enabled`, `Suspended`, or absent. */
  readonly versioning: Known<string>;
  /** Default encryption; absent where nothing is set. */
  readonly encryption: Known<{
    readonly algorithm: Known<string>;
    readonly keyId: Known<string>;
    readonly bucketKey: Known<boolean>;
  }>;
  /** The four switches of the public access block; absent where there is none. */
  readonly publicAccessBlock: Known<Readonly<Record<PublicAccessSwitch, Known<boolean>>>>;
  readonly lifecycleRules: Known<readonly LifecycleRule[]>;
  /** The bucket's policy documents, as object, text or unknown. */
  readonly policies: readonly unknown[];
  /** The resources of their own that set something; of several for one setting, the last one that is written wins. */
  readonly setBy: Readonly<Record<Setting, readonly Judged[]>>;
}

export const PUBLIC_ACCESS_SWITCHES = [
  'blockPublicAcls',
  'blockPublicPolicy',
  'ignorePublicAcls',
  'restrictPublicBuckets',
] as const;
export type PublicAccessSwitch = (typeof PUBLIC_ACCESS_SWITCHES)[number];

/** A lifecycle rule, in days. */
export interface LifecycleRule {
  readonly enabled: Known<boolean>;
  /** Applies to some objects only: a prefix, tags or sizes. */
  readonly filtered: Known<boolean>;
  /** Absent too where the rule keeps some noncurrent versions for ever. */
  readonly expireNoncurrentAfter: Known<number>;
  readonly abortUploadsAfter: Known<number>;
}

const SETTINGS = {
  versioning: ['aws:s3/bucketVersioning:BucketVersioning', 'aws:s3/bucketVersioningV2:BucketVersioningV2'],
  encryption: [
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    'aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2',
  ],
  publicAccess: ['aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'],
  lifecycle: [
    'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
    'aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2',
  ],
  policy: ['aws:s3/bucketPolicy:BucketPolicy', 'aws-native:s3:BucketPolicy'],
} as const;
export type Setting = keyof typeof SETTINGS;

/** Every S3 bucket of the stack with what is set for it anywhere in the stack. */
export function bucketsWithSettings(resources: readonly Judged[]): BucketWithSettings[] {
  return resources.flatMap((resource) => {
    const bucket = asStorageBucket(resource);
    if (bucket === undefined) return [];
    const setBy = Object.fromEntries(
      Object.entries(SETTINGS).map(([setting, types]: [string, readonly string[]]) => [
        setting,
        resources.filter((one) => types.includes(one.type) && belongsTo(one, resource, bucket)),
      ]),
    ) as Record<Setting, Judged[]>;
    const settings = (setting: Setting) => setBy[setting].map(({ props }) => props);
    const own = resource.props;
    return [
      {
        resource,
        bucket,
        versioning: versioningOf(own, settings('versioning')),
        encryption: encryptionOf(own, settings('encryption')),
        publicAccessBlock: publicAccessOf(own, settings('publicAccess')),
        lifecycleRules: lifecycleOf(own, settings('lifecycle')),
        policies: policiesOf(own, settings('policy')),
        setBy,
      },
    ];
  });
}

/** By name, or, where the name is not known yet, by where it comes from. */
function belongsTo(setting: Judged, bucket: Judged, { name }: StorageBucket): boolean {
  const named = setting.props.bucket;
  if (typeof named === 'string' && typeof name === 'string') return named === name;
  return setting.sources.bucket?.includes(bucket.urn) === true;
}

function versioningOf(own: Properties, settings: readonly Properties[]): Known<string> {
  for (const value of [
    ...settings.map((props) => props.versioningConfiguration),
    own.versioningConfiguration,
    own.versioning,
  ]) {
    const configuration = object(value);
    if (configuration === undefined) continue;
    if (isUnknown(configuration) || isUnknown(configuration.status) || isUnknown(configuration.enabled))
      return UNKNOWN;
    if (typeof configuration.status === 'string') return configuration.status;
    return configuration.enabled === true ? 'Enabled' : 'Suspended';
  }
  return undefined;
}

function encryptionOf(own: Properties, settings: readonly Properties[]): BucketWithSettings['encryption'] {
  const holders: readonly Known<Properties>[] = [
    ...settings,
    object(own.bucketEncryption),
    object(own.serverSideEncryptionConfiguration),
  ];
  for (const holder of holders) {
    if (holder === undefined) continue;
    if (isUnknown(holder)) return UNKNOWN;
    const rules = list(holder.rules ?? holder.serverSideEncryptionConfiguration ?? holder.rule);
    const rule = isUnknown(rules) ? UNKNOWN : object(rules?.[0]);
    if (rule === undefined) continue;
    if (isUnknown(rule)) return UNKNOWN;
    const byDefault = object(rule.applyServerSideEncryptionByDefault ?? rule.serverSideEncryptionByDefault);
    if (byDefault === undefined) continue;
    if (isUnknown(byDefault)) return UNKNOWN;
    return {
      algorithm: known(byDefault.sseAlgorithm, isText),
      keyId: known(byDefault.kmsMasterKeyId, isText),
      bucketKey: known(rule.bucketKeyEnabled, isFlag),
    };
  }
  return undefined;
}

function publicAccessOf(
  own: Properties,
  settings: readonly Properties[],
): BucketWithSettings['publicAccessBlock'] {
  const block = settings[0] ?? object(own.publicAccessBlockConfiguration);
  if (block === undefined || isUnknown(block)) return block;
  return {
    blockPublicAcls: known(block.blockPublicAcls, isFlag),
    blockPublicPolicy: known(block.blockPublicPolicy, isFlag),
    ignorePublicAcls: known(block.ignorePublicAcls, isFlag),
    restrictPublicBuckets: known(block.restrictPublicBuckets, isFlag),
  };
}

/** A policy in a resource of its own takes the place of the one in the bucket, which may be what the provider read. */
function policiesOf(own: Properties, settings: readonly Properties[]): readonly unknown[] {
  const elsewhere = settings.map((props) => props.policy ?? props.policyDocument);
  return (elsewhere.length > 0 ? elsewhere : [own.policy]).filter(isGiven);
}

function lifecycleOf(own: Properties, settings: readonly Properties[]): BucketWithSettings['lifecycleRules'] {
  const native = object(own.lifecycleConfiguration);
  if (isUnknown(native)) return UNKNOWN;
  const elsewhere = settings.map((props) => list(props.rules));
  const lists = elsewhere.length > 0 ? elsewhere : [list(native?.rules), list(own.lifecycleRules)];
  if (lists.some(isUnknown)) return UNKNOWN;
  const rules = lists.flatMap((rules) => (rules === undefined || isUnknown(rules) ? [] : rules));
  if (rules.length === 0) return undefined;
  if (rules.some(isUnknown)) return UNKNOWN;
  return rules.flatMap((rule) => lifecycleRule(object(rule)));
}

function lifecycleRule(rule: Known<Properties>): LifecycleRule[] {
  if (rule === undefined || isUnknown(rule)) return [];
  const noncurrent = object(rule.noncurrentVersionExpiration);
  const abort = object(rule.abortIncompleteMultipartUpload);
  const keeps = isUnknown(noncurrent) ? UNKNOWN : noncurrent?.newerNoncurrentVersions;
  return [
    {
      enabled:
        isUnknown(rule.status) || isUnknown(rule.enabled)
          ? UNKNOWN
          : rule.status === 'Enabled' || rule.enabled === true,
      filtered: isAnythingGiven(FILTERS.map((property) => rule[property])),
      expireNoncurrentAfter:
        isUnknown(noncurrent) || isUnknown(keeps)
          ? UNKNOWN
          : Number(keeps ?? 0) > 0
            ? undefined
            : numberOf(
                noncurrent?.noncurrentDays ?? noncurrent?.days ?? rule.noncurrentVersionExpirationInDays,
              ),
      abortUploadsAfter: isUnknown(abort)
        ? UNKNOWN
        : numberOf(abort?.daysAfterInitiation ?? rule.abortIncompleteMultipartUploadDays),
    },
  ];
}

/** What makes a rule apply to some objects only, as the providers spell it. */
const FILTERS = ['filter', 'prefix', 'tags', 'tagFilters', 'objectSizeGreaterThan', 'objectSizeLessThan'];

/** Is there a value anywhere inside? Empty objects, lists and texts are none. */
function isAnythingGiven(value: unknown): Known<boolean> {
  if (isUnknown(value)) return UNKNOWN;
  if (typeof value !== 'object' || value === null) return isGiven(value);
  const inside = Object.values(value).map(isAnythingGiven);
  return inside.includes(true) || (inside.some(isUnknown) ? UNKNOWN : false);
}

function known<T>(value: unknown, is: (value: unknown) => value is T): Known<T> {
  return isUnknown(value) || is(value) ? value : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
