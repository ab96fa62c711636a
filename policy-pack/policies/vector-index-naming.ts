// An index name is part of an ARN and can never be changed; a wrong one costs all vectors of the index.
import { indexNameProblems } from '../../contract/names';
import { environmentsSchema, exemptSchema, isExempt, projectSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asVectorIndex } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { bucketNameVerdict } from './bucket-name-verdict';

export const vectorIndexNaming = resourcePolicy({
  name: 'vector-index-naming',
  displayName: 'Vector indexes have valid names in buckets of the name pattern',
  description:
    'A vector index has a name of its own that S3 Vectors accepts and lies in a bucket that follows the name pattern.',
  severity: 'medium',
  tags: ['naming', 's3-vectors'],
  remediationSteps:
    'Set indexName (3 to 63 lower-case letters, digits, hyphens and dots) and put the index into a vector bucket named <project>-<environment>-vector-<purpose>.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-indexes.html',
  configSchema: {
    properties: {
      project: projectSchema,
      environments: environmentsSchema,
      exempt: exemptSchema,
      exemptBuckets: {
        ...exemptSchema,
        description: 'Vector buckets whose name is left alone; "*" and "?" are wildcards.',
      },
    },
  },
  judge(resource, report, settings) {
    const index = asVectorIndex(resource);
    if (index === undefined) return;
    const what = describeResource(resource, 'vector index', index.name);
    if (isUnknown(index.name)) {
      report.advisory(`${what}: its name is not known yet; write it as text.`);
    } else if (index.name === undefined) {
      report.violation(`${what}: it has no name of its own; set indexName.`);
    } else if (!isExempt(index.name, settings.exempt)) {
      for (const problem of indexNameProblems(index.name)) report.violation(`${what}: ${problem}`);
    }
    if (isUnknown(index.bucketName)) {
      report.advisory(`${what}: the name of its vector bucket is not known yet.`);
    } else if (index.bucketName === undefined) {
      report.violation(`${what}: it names no vector bucket; set vectorBucketName.`);
    } else {
      const naming = { ...settings, exempt: settings.exemptBuckets ?? [] };
      for (const problem of bucketNameVerdict(index.bucketName, naming)) {
        report.violation(`${what}: its vector bucket ${problem}`);
      }
    }
  },
});
