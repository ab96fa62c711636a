// How a vector bucket is encrypted is fixed when it is created; in production the key has to be ours.
import { keyArnIsComplete } from './key-arn';
import { exemptSchema, isExempt, isProduction, productionSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asVectorBucket, asVectorIndex } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';

export const vectorBucketEncryption = resourcePolicy({
  name: 'vector-bucket-encryption',
  displayName: 'Vector buckets of production are encrypted with a customer managed key',
  description:
    'A vector bucket of a production environment, and an index with an encryption of its own, uses aws:kms with the ARN of a key; elsewhere AES256 will do.',
  severity: 'high',
  tags: ['encryption', 's3-vectors', 'production'],
  remediationSteps:
    'Set sseType to aws:kms and kmsKeyArn to the ARN of a key whose policy lets S3 Vectors index (EncryptionKey does). Encryption cannot be changed later: an existing bucket has to be migrated to a new one.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-data-encryption.html',
  configSchema: { properties: { productionEnvironments: productionSchema, exempt: exemptSchema } },
  judge(resource, report, settings) {
    const bucket = asVectorBucket(resource);
    const index = asVectorIndex(resource);
    const encryption = bucket?.encryption ?? index?.encryption;
    if (encryption === undefined) return;
    const { sseType, kmsKeyArn } = encryption;
    // An index that says nothing is encrypted as its bucket is.
    if (index !== undefined && sseType === undefined && kmsKeyArn === undefined) return;
    const names = [bucket?.name, index?.bucketName, index?.name].filter((one) => typeof one === 'string');
    if (names.some((one) => isExempt(one, settings.exempt))) return;
    const [name = ''] = names;
    const kind = bucket === undefined ? 'vector index' : 'vector bucket';
    const what = describeResource(resource, kind, bucket === undefined ? index?.name : bucket.name);
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
        `${what}: a production ${bucket === undefined ? 'index' : 'bucket'} is encrypted with a key of its own, and this one with ${sseType ?? "the service's default, AES256"}; ` +
          'set sseType to aws:kms and kmsKeyArn. This cannot be changed after creation.',
      );
    }
  },
});
