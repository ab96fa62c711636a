// aws.s3.BucketOwnershipControls: who owns what others upload, and whether ACLs mean anything.
import type {
  BucketOwnershipControlsArgs,
  BucketOwnershipControlsState,
} from '@pulumi/aws/s3/bucketOwnershipControls';
import { unlessError } from '../../plugin/aws-clients';
import { object, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

const GONE = ['NoSuchBucket', 'OwnershipControlsNotFoundError'];

export const bucketOwnershipControls = bridged<BucketOwnershipControlsArgs, BucketOwnershipControlsState>({
  token: 'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  source: 'terraform-provider-aws internal/service/s3/bucket_ownership_controls.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    region: string({ computed: true, replaces: true }),
    rule: object(
      {
        objectOwnership: string({
          required: true,
          oneOf: ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'],
        }),
      },
      { required: true },
    ),
  },
  outputs: [],

  async create({ aws, region }, inputs, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putBucketOwnershipControls(controlsOf(inputs.bucket, inputs));
    made(inputs.bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(GONE, () => s3.getBucketOwnershipControls({ Bucket: id }));
    const ownership = found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    return ownership === undefined ? undefined : { bucket: id, rule: { objectOwnership: ownership } };
  },

  async update({ aws, region }, id, news) {
    const s3 = await aws.s3(region);
    await s3.putBucketOwnershipControls(controlsOf(id, news));
  },

  async delete({ aws, region }, id) {
    const s3 = await aws.s3(region);
    await unlessError(GONE, () => s3.deleteBucketOwnershipControls({ Bucket: id }));
  },
});

const controlsOf = (bucket: string, { rule }: Inputs<BucketOwnershipControlsArgs>) => ({
  Bucket: bucket,
  OwnershipControls: { Rules: [{ ObjectOwnership: rule.objectOwnership as 'ObjectWriter' }] },
});
