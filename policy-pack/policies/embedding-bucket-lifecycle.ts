// With versioning on, every rewritten embedding is paid for until a rule removes the old version.
import { isUnknown, type Known } from '../resources/known';
import type { LifecycleRule } from '../resources/bucket-settings';
import { embeddingBucketPolicy } from './embedding-bucket-policy';

export const embeddingBucketLifecycle = embeddingBucketPolicy({
  name: 'embedding-bucket-lifecycle',
  setting: 'lifecycle',
  displayName: 'Embedding buckets remove what is old',
  description:
    'An embedding bucket removes noncurrent versions and abandoned uploads after a number of days, everywhere in the bucket.',
  severity: 'low',
  tags: ['cost', 's3', 'retention'],
  remediationSteps:
    'Add a BucketLifecycleConfiguration with enabled rules without a filter: noncurrentVersionExpiration (without newerNoncurrentVersions, which keeps versions for ever) and abortIncompleteMultipartUpload; or use the EmbeddingBucket component.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html',
  schema: {
    maximumRetentionDays: {
      type: 'integer',
      minimum: 1,
      description: 'Days after which noncurrent versions must be gone.',
      default: 365,
    },
    maximumUploadDays: {
      type: 'integer',
      minimum: 1,
      description: 'Days after which abandoned multipart uploads must be gone.',
      default: 30,
    },
  },
  judge({ lifecycleRules }, report, settings) {
    if (isUnknown(lifecycleRules)) {
      report.advisory('its lifecycle rules are not known yet.');
      return;
    }
    const rules = (lifecycleRules ?? []).filter(
      ({ enabled, filtered }) => enabled !== false && filtered !== true,
    );
    const everywhere = rules.filter(({ enabled, filtered }) => enabled === true && filtered === false);
    /** Rules that may yet turn out to be in force everywhere. */
    const undecided = rules.filter((rule) => !everywhere.includes(rule));
    const limit = (
      days: (rule: LifecycleRule) => Known<number>,
      maximum: number,
      what: string,
      property: string,
    ) => {
      const given = everywhere.map(days).filter((value) => value !== undefined);
      const soonest = Math.min(...given.filter((value) => typeof value === 'number'));
      if (soonest <= maximum && soonest !== Infinity) return;
      if (given.some(isUnknown) || undecided.some((rule) => days(rule) !== undefined)) {
        report.advisory(`when ${what} are removed is not known yet.`);
        return;
      }
      if (soonest === Infinity) {
        report.violation(`no enabled rule for the whole bucket removes ${what}; add ${property}.`);
      } else {
        report.violation(
          `${what} are removed after ${soonest} days and must be after ${maximum}; lower ${property}.`,
        );
      }
    };
    limit(
      (rule) => rule.expireNoncurrentAfter,
      settings.maximumRetentionDays ?? Infinity,
      'noncurrent versions',
      'noncurrentVersionExpiration',
    );
    limit(
      (rule) => rule.abortUploadsAfter,
      settings.maximumUploadDays ?? Infinity,
      'abandoned uploads',
      'abortIncompleteMultipartUpload',
    );
  },
});
