// The form that the policies about settings of embedding buckets share: every bucket of the name pattern, with what is
// set for it anywhere in the stack.
import type { PolicyConfigSchema, StackValidationPolicy } from '@pulumi/policy';
import { parseBucketName } from '../../contract/names';
import { exemptSchema, isExempt, type Settings } from '../configuration';
import { type PolicyCard, stackPolicy } from '../policy';
import { type BucketWithSettings, bucketsWithSettings, type Setting } from '../resources/bucket-settings';
import { describeResource } from '../resources/judged';
import type { Report } from '../report';

/** Every message begins with the bucket. */
export function embeddingBucketPolicy(
  card: Omit<PolicyCard, 'configSchema'> & {
    readonly schema?: PolicyConfigSchema['properties'];
    /** The setting that the policy is about. */
    readonly setting: Setting;
    readonly judge: (bucket: BucketWithSettings, report: Report, settings: Settings) => void;
  },
): StackValidationPolicy {
  const { judge, schema = {}, setting, ...rest } = card;
  return stackPolicy({
    ...rest,
    configSchema: { properties: { ...schema, exempt: exemptSchema } },
    judge(resources, reportOn, settings) {
      for (const bucket of bucketsWithSettings(resources)) {
        const { name } = bucket.bucket;
        // A bucket of another name is embedding-bucket-naming's to refuse; one without a known name has to wait.
        if (
          typeof name === 'string' &&
          (parseBucketName(name) === undefined || isExempt(name, settings.exempt))
        )
          continue;
        const report = reportOn(bucket.resource.urn);
        const what = describeResource(bucket.resource, 'S3 bucket', name);
        if (typeof name !== 'string') {
          report.advisory(`${what}: its name is not known yet, so its settings cannot be found.`);
          continue;
        }
        const rivals = bucket.setBy[setting];
        if (rivals.length > 1) {
          report.violation(
            `${what}: ${rivals.map(({ type, logicalName }) => `"${logicalName}" (${type})`).join(' and ')} set the same thing, and the last one that is written wins; leave one of them.`,
          );
          continue;
        }
        judge(
          bucket,
          {
            violation: (message) => {
              report.violation(`${what}: ${message}`);
            },
            advisory: (message) => {
              report.advisory(`${what}: ${message}`);
            },
          },
          settings,
        );
      }
    },
  });
}
