// An embedding that is overwritten by a faulty run can be had back only where versions are kept.
import { isUnknown } from '../resources/known';
import { embeddingBucketPolicy } from './embedding-bucket-policy';

export const embeddingBucketVersioning = embeddingBucketPolicy({
  name: 'embedding-bucket-versioning',
  setting: 'versioning',
  displayName: 'Embedding buckets keep versions',
  description: 'An embedding bucket has versioning enabled.',
  severity: 'medium',
  tags: ['data-loss', 's3'],
  remediationSteps: 'Add a BucketVersioning with status Enabled, or use the EmbeddingBucket component.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html',
  judge({ versioning }, report) {
    if (isUnknown(versioning)) report.advisory('whether it keeps versions is not known yet.');
    else if (versioning !== 'Enabled') {
      report.violation(
        `its versioning is ${versioning ?? 'not set'}; add a BucketVersioning with status Enabled.`,
      );
    }
  },
});
