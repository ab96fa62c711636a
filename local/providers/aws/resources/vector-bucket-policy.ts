// aws.s3.VectorsVectorBucketPolicy: the resource policy of a vector bucket, through the S3 Vectors API.
import type {
  VectorsVectorBucketPolicyArgs,
  VectorsVectorBucketPolicyState,
} from '@pulumi/aws/s3/vectorsVectorBucketPolicy';
import { unlessError } from '../../plugin/aws-clients';
import { document, string } from '../../plugin/shape';
import { bridged } from '../bridged';

const GONE = ['NotFoundException'];

export const vectorBucketPolicy = bridged<VectorsVectorBucketPolicyArgs, VectorsVectorBucketPolicyState>({
  token: 'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy',
  source: 'terraform-provider-aws internal/service/s3vectors/vector_bucket_policy.go',
  inputs: {
    policy: document({ required: true, text: true }),
    region: string({ computed: true, replaces: true }),
    vectorBucketArn: string({ required: true, replaces: true }),
  },
  outputs: [],

  async create({ aws, region }, { vectorBucketArn, policy }, _tags, made) {
    const vectors = await aws.s3vectors(region);
    await vectors.putVectorBucketPolicy({ vectorBucketArn, policy });
    made(vectorBucketArn);
  },

  async read({ aws, region }, id) {
    const vectors = await aws.s3vectors(region);
    const found = await unlessError(GONE, () => vectors.getVectorBucketPolicy({ vectorBucketArn: id }));
    return found?.policy === undefined ? undefined : { vectorBucketArn: id, policy: found.policy };
  },

  async update({ aws, region }, id, { policy }) {
    const vectors = await aws.s3vectors(region);
    await vectors.putVectorBucketPolicy({ vectorBucketArn: id, policy });
  },

  async delete({ aws, region }, id) {
    const vectors = await aws.s3vectors(region);
    await unlessError(GONE, () => vectors.deleteVectorBucketPolicy({ vectorBucketArn: id }));
  },
});
