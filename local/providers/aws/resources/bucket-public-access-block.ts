// aws.s3.BucketPublicAccessBlock: four switches that keep a bucket private.
import type {
  BucketPublicAccessBlockArgs,
  BucketPublicAccessBlockState,
} from '@pulumi/aws/s3/bucketPublicAccessBlock';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

const GONE = ['NoSuchBucket', 'NoSuchPublicAccessBlockConfiguration'];

export const bucketPublicAccessBlock = bridged<BucketPublicAccessBlockArgs, BucketPublicAccessBlockState>({
  token: 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  source: 'terraform-provider-aws internal/service/s3/bucket_public_access_block.go',
  inputs: {
    blockPublicAcls: boolean({ default: false }),
    blockPublicPolicy: boolean({ default: false }),
    bucket: string({ required: true, replaces: true }),
    ignorePublicAcls: boolean({ default: false }),
    region: string({ computed: true, replaces: true }),
    restrictPublicBuckets: boolean({ default: false }),
    skipDestroy: boolean({ unread: true }),
  },
  outputs: [],

  async create({ aws, region }, inputs, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putPublicAccessBlock(blockOf(inputs.bucket, inputs));
    made(inputs.bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(GONE, () => s3.getPublicAccessBlock({ Bucket: id }));
    const block = found?.PublicAccessBlockConfiguration;
    if (block === undefined) return undefined;
    return {
      bucket: id,
      blockPublicAcls: block.BlockPublicAcls,
      blockPublicPolicy: block.BlockPublicPolicy,
      ignorePublicAcls: block.IgnorePublicAcls,
      restrictPublicBuckets: block.RestrictPublicBuckets,
    };
  },

  async update({ aws, region }, id, news) {
    const s3 = await aws.s3(region);
    await s3.putPublicAccessBlock(blockOf(id, news));
  },

  async delete({ aws, region }, id, state) {
    if (state.skipDestroy === true) return;
    const s3 = await aws.s3(region);
    await unlessError(GONE, () => s3.deletePublicAccessBlock({ Bucket: id }));
  },
});

const blockOf = (bucket: string, inputs: Inputs<BucketPublicAccessBlockArgs>) => ({
  Bucket: bucket,
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: inputs.blockPublicAcls,
    BlockPublicPolicy: inputs.blockPublicPolicy,
    IgnorePublicAcls: inputs.ignorePublicAcls,
    RestrictPublicBuckets: inputs.restrictPublicBuckets,
  },
});
