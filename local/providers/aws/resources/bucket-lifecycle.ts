// aws.s3.BucketLifecycleConfiguration: what becomes of objects and versions with time.
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated arguments are listed in order to be refused */
import type {
  BucketLifecycleConfigurationArgs,
  BucketLifecycleConfigurationState,
} from '@pulumi/aws/s3/bucketLifecycleConfiguration';
import type { LifecycleRule, LifecycleRuleFilter } from '@aws-sdk/client-s3';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, list, map, number, object, refused, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

type Rule = NonNullable<Inputs<BucketLifecycleConfigurationArgs>['rules']>[number];
const GONE = ['NoSuchBucket', 'NoSuchLifecycleConfiguration'];
const STORAGE_CLASSES = [
  'GLACIER',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

export const bucketLifecycle = bridged<BucketLifecycleConfigurationArgs, BucketLifecycleConfigurationState>({
  token: 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  source: 'terraform-provider-aws internal/service/s3/bucket_lifecycle_configuration.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    expectedBucketOwner: refused(),
    region: string({ computed: true, replaces: true }),
    rules: list(
      object({
        abortIncompleteMultipartUpload: object({ daysAfterInitiation: number() }),
        expiration: object({
          date: string(),
          days: number(),
          expiredObjectDeleteMarker: boolean(),
        }),
        filter: object({
          and: object({
            objectSizeGreaterThan: number(),
            objectSizeLessThan: number(),
            prefix: string(),
            tags: map(string()),
          }),
          objectSizeGreaterThan: number(),
          objectSizeLessThan: number(),
          prefix: string(),
          tag: object({ key: string({ required: true }), value: string({ required: true }) }),
        }),
        id: string({ required: true }),
        noncurrentVersionExpiration: object({
          newerNoncurrentVersions: number(),
          noncurrentDays: number({ required: true }),
        }),
        noncurrentVersionTransitions: list(
          object({
            newerNoncurrentVersions: number(),
            noncurrentDays: number({ required: true }),
            storageClass: string({ required: true, oneOf: STORAGE_CLASSES }),
          }),
          { unordered: true },
        ),
        prefix: refused('filter.prefix'),
        status: string({ required: true, oneOf: ['Enabled', 'Disabled'] }),
        transitions: list(
          object({
            date: string(),
            days: number(),
            storageClass: string({ required: true, oneOf: STORAGE_CLASSES }),
          }),
          { unordered: true },
        ),
      }),
    ),
    timeouts: refused(),
    transitionDefaultMinimumObjectSize: string({
      computed: true,
      oneOf: ['varies_by_storage_class', 'all_storage_classes_128K'],
    }),
  },
  outputs: [],
  validate: ({ rules }) =>
    Array.isArray(rules) && rules.length > 0
      ? []
      : [{ property: 'rules', reason: 'a lifecycle configuration needs at least one rule' }],

  async create({ aws, region }, inputs, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putBucketLifecycleConfiguration(configurationOf(inputs.bucket, inputs));
    made(inputs.bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(GONE, () => s3.getBucketLifecycleConfiguration({ Bucket: id }));
    if (found?.Rules === undefined) return undefined;
    return {
      bucket: id,
      rules: found.Rules.map(fromService),
      transitionDefaultMinimumObjectSize: found.TransitionDefaultMinimumObjectSize,
    };
  },

  async update({ aws, region }, id, news) {
    const s3 = await aws.s3(region);
    await s3.putBucketLifecycleConfiguration(configurationOf(id, news));
  },

  async delete({ aws, region }, id) {
    const s3 = await aws.s3(region);
    await unlessError(GONE, () => s3.deleteBucketLifecycle({ Bucket: id }));
  },
});

const configurationOf = (bucket: string, inputs: Inputs<BucketLifecycleConfigurationArgs>) => ({
  Bucket: bucket,
  TransitionDefaultMinimumObjectSize: inputs.transitionDefaultMinimumObjectSize as 'varies_by_storage_class',
  LifecycleConfiguration: { Rules: (inputs.rules ?? []).map(toService) },
});

function toService(rule: Rule): LifecycleRule {
  const { abortIncompleteMultipartUpload: abort, expiration, noncurrentVersionExpiration: noncurrent } = rule;
  return {
    ID: rule.id,
    Status: rule.status as 'Enabled',
    Filter: filterToService(rule.filter),
    ...(abort === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort.daysAfterInitiation } }),
    ...(expiration === undefined
      ? {}
      : {
          Expiration: {
            Date: expiration.date === undefined ? undefined : new Date(expiration.date),
            Days: expiration.days,
            ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
          },
        }),
    ...(noncurrent === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: {
            NoncurrentDays: noncurrent.noncurrentDays,
            NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions,
          },
        }),
    ...(rule.noncurrentVersionTransitions === undefined
      ? {}
      : {
          NoncurrentVersionTransitions: rule.noncurrentVersionTransitions.map((transition) => ({
            NoncurrentDays: transition.noncurrentDays,
            NewerNoncurrentVersions: transition.newerNoncurrentVersions,
            StorageClass: transition.storageClass as 'GLACIER',
          })),
        }),
    ...(rule.transitions === undefined
      ? {}
      : {
          Transitions: rule.transitions.map((transition) => ({
            Date: transition.date === undefined ? undefined : new Date(transition.date),
            Days: transition.days,
            StorageClass: transition.storageClass as 'GLACIER',
          })),
        }),
  };
}

function filterToService(filter: Rule['filter']): LifecycleRuleFilter {
  // A rule without a filter applies to all objects, which S3 wants said.
  if (filter === undefined) return { Prefix: '' };
  const { and, tag } = filter;
  return {
    ...(and === undefined
      ? {}
      : {
          And: {
            Prefix: and.prefix,
            ObjectSizeGreaterThan: and.objectSizeGreaterThan,
            ObjectSizeLessThan: and.objectSizeLessThan,
            Tags: Object.entries(and.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
          },
        }),
    ...(tag === undefined ? {} : { Tag: { Key: tag.key, Value: tag.value } }),
    ObjectSizeGreaterThan: filter.objectSizeGreaterThan,
    ObjectSizeLessThan: filter.objectSizeLessThan,
    Prefix: filter.prefix,
  };
}

function fromService(rule: LifecycleRule): Rule {
  const { Filter: filter, Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = rule;
  const { And: and, Tag: tag } = filter ?? {};
  return {
    id: rule.ID ?? '',
    status: rule.Status ?? '',
    filter:
      filter === undefined
        ? undefined
        : {
            and:
              and === undefined
                ? undefined
                : {
                    prefix: and.Prefix,
                    objectSizeGreaterThan: and.ObjectSizeGreaterThan,
                    objectSizeLessThan: and.ObjectSizeLessThan,
                    tags: Object.fromEntries(
                      (and.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']),
                    ),
                  },
            tag: tag === undefined ? undefined : { key: tag.Key ?? '', value: tag.Value ?? '' },
            objectSizeGreaterThan: filter.ObjectSizeGreaterThan,
            objectSizeLessThan: filter.ObjectSizeLessThan,
            prefix: filter.Prefix,
          },
    abortIncompleteMultipartUpload:
      rule.AbortIncompleteMultipartUpload === undefined
        ? undefined
        : { daysAfterInitiation: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation },
    expiration:
      expiration === undefined
        ? undefined
        : {
            date: timestamp(expiration.Date),
            days: expiration.Days,
            expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker,
          },
    noncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : {
            noncurrentDays: noncurrent.NoncurrentDays ?? 0,
            newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions,
          },
    noncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map((transition) => ({
      noncurrentDays: transition.NoncurrentDays ?? 0,
      newerNoncurrentVersions: transition.NewerNoncurrentVersions,
      storageClass: transition.StorageClass ?? '',
    })),
    transitions: rule.Transitions?.map((transition) => ({
      date: timestamp(transition.Date),
      days: transition.Days,
      storageClass: transition.StorageClass ?? '',
    })),
  };
}

/** As people write it: without the milliseconds that are always zero. */
const timestamp = (date: Date | undefined): string | undefined => date?.toISOString().replace('.000Z', 'Z');
