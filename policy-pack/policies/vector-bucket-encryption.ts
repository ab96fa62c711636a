// How a vector bucket is encrypted is fixed when it is created; in production the key has to be ours.
import { keyArnIsComplete } from './key-arn';
import { exemptSchema, isExempt, isProduction, productionSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asVectorBucket } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';

export const vectorBucketEncryption = resourcePolicy({
  name: 'vector-bucket-encryption',
  displayName: 'Vector buckets of production are encrypted with a customer managed key',
  description:
    'A vector bucket of a production environment uses aws:kms with the ARN of a key; elsewhere AES256 will do.',
  severity: 'high',
  tags: ['encryption', 's3-vectors', 'production'],
  remediationSteps:
    'Set sseType to aws:kms and kmsKeyArn to the ARN of a key whose policy lets S3 Vectors index (EncryptionKey does). Encryption cannot be changed later: an existing bucket has to be migrated to a new one.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-data-encryption.html',
  configSchema: { properties: { productionEnvironments: productionSchema, exempt: exemptSchema } },
  judge(resource, report, settings) {
    const bucket = asVectorBucket(resource);
    if (bucket === undefined) return;
    const name = typeof bucket.name === 'string' ? bucket.name : '';
    if (isExempt(name, settings.exempt)) return;
    const what = describeResource(resource, 'vector bucket', bucket.name);
    const { sseType, kmsKeyArn } = bucket.encryption;
    if (isUnknown(sseType)) {
      report.advisory(`${what}: its encryption is not known yet; write sseType as text.`);
      return;
    }
    if (sseType === 'aws:kms') {
      if (kmsKeyArn === undefined) {
        report.violation(`${what}: sseType is aws:kms without a key; set kmsKeyArn to the ARN of the key.`);
      } else if (!isUnknown(kmsKeyArn) && !keyArnIsComplete(kmsKeyArn)) {
        report.violation(
          `${what}: kmsKeyArn "${kmsKeyArn}" must be the ARN of a key (…:key/…), not an id or an alias.`,
        );
      }
    } else if (sseType !== undefined && sseType !== 'AES256') {
      report.violation(`${what}: sseType "${sseType}" must be "AES256" or "aws:kms".`);
    } else if (isProduction(name, settings.productionEnvironments)) {
      report.violation(
        `${what}: a production bucket is encrypted with a key of its own, and this one with ${sseType ?? "the service's default, AES256"}; ` +
          'set sseType to aws:kms and kmsKeyArn. This cannot be changed after creation.',
      );
    }
  },
});
