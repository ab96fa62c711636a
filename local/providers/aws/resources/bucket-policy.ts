// aws.s3.BucketPolicy: the resource policy of a bucket.
import type { BucketPolicyArgs, BucketPolicyState } from '@pulumi/aws/s3/bucketPolicy';
import { unlessError } from '../../plugin/aws-clients';
import { document, string } from '../../plugin/shape';
import { bridged } from '../bridged';

const GONE = ['NoSuchBucket', 'NoSuchBucketPolicy'];

export const bucketPolicy = bridged<BucketPolicyArgs, BucketPolicyState>({
  token: 'aws:s3/bucketPolicy:BucketPolicy',
  source: 'terraform-provider-aws internal/service/s3/bucket_policy.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    policy: document({ required: true }),
    region: string({ computed: true, replaces: true }),
  },
  outputs: [],

  async create({ aws, region }, { bucket, policy }, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putBucketPolicy({ Bucket: bucket, Policy: policy });
    made(bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(GONE, () => s3.getBucketPolicy({ Bucket: id }));
    return found?.Policy === undefined ? undefined : { bucket: id, policy: found.Policy };
  },

  async update({ aws, region }, id, { policy }) {
    const s3 = await aws.s3(region);
    await s3.putBucketPolicy({ Bucket: id, Policy: policy });
  },

  async delete({ aws, region }, id) {
    const s3 = await aws.s3(region);
    await unlessError(GONE, () => s3.deleteBucketPolicy({ Bucket: id }));
  },
});
