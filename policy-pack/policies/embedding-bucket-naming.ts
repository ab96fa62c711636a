// The older layout keeps embeddings in ordinary S3 buckets. Nothing but its name tells such a bucket from any other,
// and a wrong name is what this policy looks for: so every S3 bucket of a stack is judged, and the ones that hold
// something else (logs, Pulumi's state) are named in the configuration.
import { environmentsSchema, exemptSchema, projectSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asStorageBucket } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { bucketNameVerdict } from './bucket-name-verdict';

export const embeddingBucketNaming = resourcePolicy({
  name: 'embedding-bucket-naming',
  displayName: 'Embedding buckets follow the name pattern',
  description: 'An S3 bucket that holds embeddings is named <project>-<environment>-vector-<purpose>.',
  severity: 'high',
  tags: ['naming', 's3', 'access-boundary'],
  remediationSteps:
    'Set the bucket name to <project>-<environment>-vector-<purpose>, or use the EmbeddingBucket component. List a bucket that holds no embeddings under "exempt" in the configuration of this policy.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
  configSchema: {
    properties: { project: projectSchema, environments: environmentsSchema, exempt: exemptSchema },
  },
  judge(resource, report, settings) {
    const bucket = asStorageBucket(resource);
    if (bucket === undefined) return;
    const what = describeResource(resource, 'S3 bucket', bucket.name);
    const property = resource.type.startsWith('aws-native:') ? 'bucketName' : 'bucket';
    if (isUnknown(bucket.name)) {
      report.advisory(
        `${what}: its name is not known yet; build it from the stack's configuration, not from an output.`,
      );
    } else if (bucket.name === undefined) {
      report.violation(
        bucket.prefix === undefined
          ? `${what}: it has no name of its own; set ${property}.`
          : `${what}: bucketPrefix leaves the name to AWS; set ${property} to the whole name.`,
      );
    } else {
      for (const problem of bucketNameVerdict(bucket.name, settings)) report.violation(`${what}: ${problem}`);
    }
  },
});
