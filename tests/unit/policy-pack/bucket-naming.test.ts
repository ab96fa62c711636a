import { embeddingBucketNaming } from '../../../policy-pack/policies/embedding-bucket-naming';
import { vectorBucketNaming } from '../../../policy-pack/policies/vector-bucket-naming';
import { judge, passes, refused, undecided, unknown } from './judge';

const CASES = [
  {
    policy: vectorBucketNaming,
    types: [
      ['aws-native:s3vectors:VectorBucket', 'vectorBucketName'],
      ['aws:s3/vectorsVectorBucket:VectorsVectorBucket', 'vectorBucketName'],
    ],
    other: 'aws:s3/bucket:Bucket',
    cloudFormation: ['AWS::S3Vectors::VectorBucket', 'VectorBucketName'],
  },
  {
    policy: embeddingBucketNaming,
    types: [
      ['aws:s3/bucket:Bucket', 'bucket'],
      ['aws:s3/bucketV2:BucketV2', 'bucket'],
      ['aws-native:s3:Bucket', 'bucketName'],
    ],
    other: 'aws-native:s3vectors:VectorBucket',
    cloudFormation: ['AWS::S3::Bucket', 'BucketName'],
  },
] as const;

for (const { policy, types, other, cloudFormation } of CASES) {
  describe(policy.name, () => {
    for (const [type, property] of types) {
      const named = (name: unknown, config = {}) =>
        judge(policy, { type, props: { [property]: name } }, config);

      describe(type, () => {
        it('accepts a name of the pattern', () => {
          passes(named('acme-dev-vector-user-embeddings'));
          passes(named('acme-labs-prod-vector-docs'));
        });

        it('refuses a name outside the pattern, and says which resource and which rule', () => {
          refused(
            named('acme-embeddings'),
            /"acme-embeddings" \(.*, resource "it"\): .*does not follow <project>-<environment>-vector-<purpose>/,
          );
          refused(named('acme-vector-docs'), /does not follow/);
          refused(named('acme-dev-vectors-docs'), /does not follow/);
          refused(named('acme-dev-vector-'), /letter or digit at both ends/);
        });

        it('refuses capitals, underscores and doubled hyphens that look like the pattern', () => {
          refused(named('Acme-dev-vector-docs'), /may hold lower-case letters/);
          refused(named('acme_dev-vector-docs'), /may hold lower-case letters/);
          refused(named('acme-dev-vector--docs'), /does not follow/);
        });

        it('refuses a name of another project or environment where they are configured', () => {
          refused(
            named('other-dev-vector-docs', { project: 'acme' }),
            /has project "other" where "acme" is expected/,
          );
          refused(
            named('acme-qa-vector-docs', { environments: ['dev', 'prod'] }),
            /none of the environments dev, prod/,
          );
          refused(named('acme', { environments: ['dev'] }), /does not follow/);
          passes(named('acme-prod-vector-docs', { project: 'acme', environments: ['dev', 'prod'] }));
        });

        it('refuses a resource that leaves its name to the provider', () => {
          refused(named(undefined), new RegExp(`set ${property}`));
        });

        it('leaves exempt names alone', () => {
          passes(named('company-logs', { exempt: ['company-*'] }));
          refused(named('acme-logs', { exempt: ['company-*'] }), /does not follow/);
        });

        it('neither passes nor refuses a name that is not known yet', () => {
          undecided(named(unknown), /not known yet/);
        });
      });
    }

    it('refuses a bad name through generic Cloud Control resources of both providers', () => {
      const [type, property] = cloudFormation;
      refused(
        judge(policy, {
          type: 'aws-native:index:ExtensionResource',
          props: { type, properties: { [property]: 'badname' } },
        }),
        /does not follow/,
      );
      refused(
        judge(policy, {
          type: 'aws:cloudcontrol/resource:Resource',
          props: { typeName: type, desiredState: JSON.stringify({ [property]: 'badname' }) },
        }),
        /does not follow/,
      );
    });

    it('leaves other resources alone', () => {
      passes(judge(policy, { type: other, props: { bucket: 'x', vectorBucketName: 'y' } }));
      passes(judge(policy, { type: 'aws:sqs/queue:Queue', props: { name: 'q' } }));
    });
  });
}

describe('embedding-bucket-naming', () => {
  it('refuses a prefix under which AWS invents the name', () => {
    refused(
      judge(embeddingBucketNaming, {
        type: 'aws:s3/bucket:Bucket',
        props: { bucketPrefix: 'acme-dev-vector-' },
      }),
      /bucketPrefix leaves the name to AWS; set bucket/,
    );
  });
});
