// S3 encrypts everything by default since 2023; said explicitly it is also the state that drift is measured against,
// and in production the key has to be ours.
import { isProduction, productionSchema } from '../configuration';
import { isUnknown } from '../resources/known';
import { embeddingBucketPolicy } from './embedding-bucket-policy';
import { isKeyOfAws } from './key-arn';

export const embeddingBucketEncryption = embeddingBucketPolicy({
  name: 'embedding-bucket-encryption',
  setting: 'encryption',
  displayName: 'Embedding buckets are encrypted explicitly',
  description:
    'An embedding bucket sets its default encryption; in production with a KMS key and a bucket key.',
  severity: 'high',
  tags: ['encryption', 's3', 'production'],
  remediationSteps:
    'Add a BucketServerSideEncryptionConfiguration: AES256, or in production aws:kms with kmsMasterKeyId and bucketKeyEnabled; or use the EmbeddingBucket component.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html',
  schema: { productionEnvironments: productionSchema },
  judge({ bucket, encryption }, report, settings) {
    if (isUnknown(encryption) || isUnknown(encryption?.algorithm)) {
      report.advisory('its encryption is not known yet.');
      return;
    }
    if (encryption?.algorithm === undefined) {
      report.violation('it sets no default encryption; add a BucketServerSideEncryptionConfiguration.');
      return;
    }
    const { algorithm, keyId, bucketKey } = encryption;
    if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm)) {
      report.violation(`sseAlgorithm "${algorithm}" must be "AES256" or "aws:kms".`);
    }
    const kms = algorithm.startsWith('aws:kms');
    if (isProduction(String(bucket.name), settings.productionEnvironments)) {
      if (!kms) report.violation(`a production bucket uses aws:kms, and this one ${algorithm}.`);
      else if (keyId === undefined || (typeof keyId === 'string' && isKeyOfAws(keyId))) {
        report.violation("it uses AWS's own key of S3; set kmsMasterKeyId to a key of the account.");
      }
    }
    if (algorithm === 'aws:kms' && bucketKey !== true && !isUnknown(bucketKey)) {
      report.violation('every object asks KMS for a key of its own; set bucketKeyEnabled to true.');
    }
  },
});
