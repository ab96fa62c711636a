// aws.s3.BucketLogging: access logs into another bucket.
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated arguments are listed in order to be refused */
import type { BucketLoggingArgs, BucketLoggingState } from '@pulumi/aws/s3/bucketLogging';
import { unlessError } from '../../plugin/aws-clients';
import { refused, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

export const bucketLogging = bridged<BucketLoggingArgs, BucketLoggingState>({
  token: 'aws:s3/bucketLogging:BucketLogging',
  source: 'terraform-provider-aws internal/service/s3/bucket_logging.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    expectedBucketOwner: refused(),
    region: string({ computed: true, replaces: true }),
    targetBucket: string({ required: true }),
    targetGrants: refused(),
    targetObjectKeyFormat: refused(),
    targetPrefix: string({ required: true }),
  },
  outputs: [],

  async create({ aws, region }, inputs, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putBucketLogging(loggingOf(inputs.bucket, inputs));
    made(inputs.bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(['NoSuchBucket'], () => s3.getBucketLogging({ Bucket: id }));
    const logging = found?.LoggingEnabled;
    if (logging === undefined) return undefined;
    return { bucket: id, targetBucket: logging.TargetBucket, targetPrefix: logging.TargetPrefix };
  },

  async update({ aws, region }, id, news) {
    const s3 = await aws.s3(region);
    await s3.putBucketLogging(loggingOf(id, news));
  },

  async delete({ aws, region }, id) {
    const s3 = await aws.s3(region);
    await unlessError(['NoSuchBucket'], () => s3.putBucketLogging({ Bucket: id, BucketLoggingStatus: {} }));
  },
});

const loggingOf = (bucket: string, { targetBucket, targetPrefix }: Inputs<BucketLoggingArgs>) => ({
  Bucket: bucket,
  BucketLoggingStatus: { LoggingEnabled: { TargetBucket: targetBucket, TargetPrefix: targetPrefix } },
});
