// IAM documents are written against the name pattern, so a vector bucket outside it is one that nobody may use, or,
// worse, one that a broader policy has to be written for.
import { environmentsSchema, exemptSchema, projectSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asVectorBucket } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { bucketNameVerdict } from './bucket-name-verdict';

export const vectorBucketNaming = resourcePolicy({
  name: 'vector-bucket-naming',
  displayName: 'Vector buckets follow the name pattern',
  description: 'A vector bucket is named <project>-<environment>-vector-<purpose>.',
  severity: 'high',
  tags: ['naming', 's3-vectors', 'access-boundary'],
  remediationSteps:
    'Set vectorBucketName to <project>-<environment>-vector-<purpose>, or use the VectorBucket component, which builds the name.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-buckets-naming.html',
  configSchema: {
    properties: { project: projectSchema, environments: environmentsSchema, exempt: exemptSchema },
  },
  judge(resource, report, settings) {
    const bucket = asVectorBucket(resource);
    if (bucket === undefined) return;
    const what = describeResource(resource, 'vector bucket', bucket.name);
    if (isUnknown(bucket.name)) {
      report.advisory(
        `${what}: its name is not known yet; build it from the stack's configuration, not from an output.`,
      );
    } else if (bucket.name === undefined) {
      report.violation(`${what}: it has no name of its own; set vectorBucketName.`);
    } else {
      for (const problem of bucketNameVerdict(bucket.name, settings)) report.violation(`${what}: ${problem}`);
    }
  },
});
