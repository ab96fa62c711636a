// Embeddings give their texts away; nothing about a bucket of them is public.
import { isUnknown } from '../resources/known';
import { PUBLIC_ACCESS_SWITCHES } from '../resources/bucket-settings';
import { embeddingBucketPolicy } from './embedding-bucket-policy';

export const embeddingBucketPublicAccess = embeddingBucketPolicy({
  name: 'embedding-bucket-public-access',
  setting: 'publicAccess',
  displayName: 'Embedding buckets block public access',
  description: 'An embedding bucket has a public access block with all four switches on.',
  severity: 'critical',
  tags: ['public-access', 's3'],
  remediationSteps:
    'Add a BucketPublicAccessBlock with all four switches true, or use the EmbeddingBucket component.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  judge({ publicAccessBlock }, report) {
    if (isUnknown(publicAccessBlock)) {
      report.advisory('its public access block is not known yet.');
      return;
    }
    const off = PUBLIC_ACCESS_SWITCHES.filter((name) => {
      const value = publicAccessBlock?.[name];
      return value !== true && !isUnknown(value);
    });
    const unknown = PUBLIC_ACCESS_SWITCHES.filter((name) => isUnknown(publicAccessBlock?.[name]));
    if (publicAccessBlock === undefined) {
      report.violation(
        'it has no public access block; add a BucketPublicAccessBlock with all four switches true.',
      );
    } else if (off.length > 0) {
      report.violation(
        `its public access block leaves ${off.join(', ')} off; set ${off.length === 1 ? 'it' : 'them'} to true.`,
      );
    } else if (unknown.length > 0) {
      report.advisory(`${unknown.join(', ')} of its public access block cannot be known yet.`);
    }
  },
});
