import { EPISODES_SHAPE } from '../../../contract/index-shape';
import { episodesIndexShape } from '../../../policy-pack/policies/episodes-index-shape';
import { vectorIndexNaming } from '../../../policy-pack/policies/vector-index-naming';
import { judge, passes, refused, undecided, unknown } from './judge';

const TYPES = ['aws-native:s3vectors:Index', 'aws:s3/vectorsIndex:VectorsIndex'] as const;

const episodes = {
  indexName: 'episodes',
  vectorBucketName: 'acme-dev-vector-memory',
  dimension: EPISODES_SHAPE.dimension,
  distanceMetric: EPISODES_SHAPE.distanceMetric,
  dataType: 'float32',
  metadataConfiguration: {
    nonFilterableMetadataKeys: [...EPISODES_SHAPE.nonFilterableMetadataKeys].reverse(),
  },
};

for (const type of TYPES) {
  describe(`vector-index-naming of ${type}`, () => {
    const check = (over: object, config = {}) =>
      judge(vectorIndexNaming, { type, props: { ...episodes, ...over } }, config);

    it('accepts a valid name in a bucket of the pattern', () => {
      passes(check({}));
      passes(check({ indexName: 'tickets.v2' }));
    });

    it('refuses names that S3 Vectors refuses', () => {
      refused(check({ indexName: 'ab' }), /2 characters; 3 to 63/);
      refused(check({ indexName: 'Episodes' }), /lower-case/);
      refused(check({ indexName: 'my_index' }), /hyphens and dots/);
      refused(check({ indexName: '-episodes' }), /both ends/);
    });

    it('refuses an index without a name or a bucket', () => {
      refused(check({ indexName: undefined }), /set indexName/);
      refused(check({ vectorBucketName: undefined }), /set vectorBucketName/);
    });

    it('refuses an index in a bucket outside the pattern, named or by ARN', () => {
      refused(check({ vectorBucketName: 'somewhere' }), /its vector bucket "somewhere" does not follow/);
      refused(
        check({
          vectorBucketName: undefined,
          vectorBucketArn: 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/somewhere',
        }),
        /"somewhere" does not follow/,
      );
      passes(check({ vectorBucketName: 'somewhere' }, { exemptBuckets: ['some*'] }));
    });

    it('neither passes nor refuses what is not known yet', () => {
      undecided(check({ indexName: unknown }), /not known yet/);
      undecided(
        check({ vectorBucketName: undefined, vectorBucketArn: unknown }),
        /vector bucket is not known yet/,
      );
    });
  });

  describe(`episodes-index-shape of ${type}`, () => {
    const check = (over: object, config = {}, name = 'it') =>
      judge(episodesIndexShape, { type, name, props: { ...episodes, ...over } }, config);

    it('accepts the shape, whatever the order of keys', () => {
      passes(check({}));
      passes(check({ dataType: undefined }));
      passes(check({ dimension: '3072' }));
    });

    it('refuses every difference and names what is expected', () => {
      refused(check({ dimension: 1536 }), /dimension is 1536 and must be 3072/);
      refused(check({ dimension: undefined }), /dimension is not given/);
      refused(check({ distanceMetric: 'euclidean' }), /distanceMetric is "euclidean" and must be "cosine"/);
      refused(check({ distanceMetric: 'COSINE' }), /must be "cosine"/);
      refused(check({ dataType: 'float16' }), /dataType is "float16"/);
      refused(check({ metadataConfiguration: undefined }), /lack successful_prompt, why_it_worked/);
      refused(
        check({
          metadataConfiguration: {
            nonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked', 'user'],
          },
        }),
        /have user too many/,
      );
    });

    it('refuses it under another spelling or version of the name', () => {
      for (const indexName of ['episode', 'Episodes', 'episodes-v2', 'episodes.2026', 'episodes2']) {
        refused(check({ indexName, dimension: 4 }), /must be 3072/);
      }
      refused(check({ indexName: undefined, dimension: 4 }, {}, 'acme-episodes'), /must be 3072/);
      refused(check({ indexName: 'memories', dimension: 4 }, { indexNames: ['memories'] }), /must be 3072/);
    });

    it('leaves other indexes alone', () => {
      passes(check({ indexName: 'tickets', dimension: 4 }));
      passes(check({ indexName: 'episode-summaries', dimension: 4 }));
    });

    it('refuses what is known to be wrong and notes what is unknown', () => {
      undecided(check({ dimension: unknown }), /dimension cannot be checked before the update/);
      undecided(check({ metadataConfiguration: unknown }), /nonFilterableMetadataKeys/);
      undecided(
        check({ metadataConfiguration: { nonFilterableMetadataKeys: [unknown] } }),
        /nonFilterableMetadataKeys/,
      );
      refused(check({ dimension: 4, distanceMetric: unknown }), /must be 3072/);
    });
  });
}

describe('episodes-index-shape', () => {
  it('is not evaded through Cloud Control', () => {
    refused(
      judge(episodesIndexShape, {
        type: 'aws:cloudcontrol/resource:Resource',
        props: {
          typeName: 'AWS::S3Vectors::Index',
          desiredState: JSON.stringify({
            IndexName: 'episodes',
            Dimension: 8,
            DistanceMetric: 'cosine',
            MetadataConfiguration: { NonFilterableMetadataKeys: ['successful_prompt', 'why_it_worked'] },
          }),
        },
      }),
      /dimension is 8/,
    );
  });
});
