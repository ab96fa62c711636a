// aws.s3.BucketServerSideEncryptionConfiguration: the bucket's default encryption.
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated arguments are listed in order to be refused */
import type {
  BucketServerSideEncryptionConfigurationArgs,
  BucketServerSideEncryptionConfigurationState,
} from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, list, object, refused, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

type Args = BucketServerSideEncryptionConfigurationArgs;
const GONE = ['NoSuchBucket', 'ServerSideEncryptionConfigurationNotFoundError'];

export const bucketEncryption = bridged<Args, BucketServerSideEncryptionConfigurationState>({
  token: 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  source: 'terraform-provider-aws internal/service/s3/bucket_server_side_encryption_configuration.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    expectedBucketOwner: refused(),
    region: string({ computed: true, replaces: true }),
    rules: list(
      object({
        applyServerSideEncryptionByDefault: object({
          kmsMasterKeyId: string(),
          sseAlgorithm: string({ required: true, oneOf: ['AES256', 'aws:kms', 'aws:kms:dsse'] }),
        }),
        blockedEncryptionTypes: refused(),
        bucketKeyEnabled: boolean(),
      }),
      { required: true, unordered: true },
    ),
  },
  outputs: [],

  async create({ aws, region }, inputs, _tags, made) {
    const s3 = await aws.s3(region);
    await s3.putBucketEncryption(encryptionOf(inputs.bucket, inputs));
    made(inputs.bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(GONE, () => s3.getBucketEncryption({ Bucket: id }));
    const rules = found?.ServerSideEncryptionConfiguration?.Rules;
    if (rules === undefined) return undefined;
    return {
      bucket: id,
      rules: rules.map(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
        applyServerSideEncryptionByDefault:
          byDefault === undefined
            ? undefined
            : { sseAlgorithm: byDefault.SSEAlgorithm ?? '', kmsMasterKeyId: byDefault.KMSMasterKeyID },
        bucketKeyEnabled: BucketKeyEnabled,
      })),
    };
  },

  async update({ aws, region }, id, news) {
    const s3 = await aws.s3(region);
    await s3.putBucketEncryption(encryptionOf(id, news));
  },

  async delete({ aws, region }, id) {
    const s3 = await aws.s3(region);
    await unlessError(GONE, () => s3.deleteBucketEncryption({ Bucket: id }));
  },
});

function encryptionOf(bucket: string, { rules }: Inputs<Args>) {
  return {
    Bucket: bucket,
    ServerSideEncryptionConfiguration: {
      Rules: rules.map(({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled }) => ({
        ...(byDefault === undefined
          ? {}
          : {
              ApplyServerSideEncryptionByDefault: {
                SSEAlgorithm: byDefault.sseAlgorithm as 'AES256',
                KMSMasterKeyID: byDefault.kmsMasterKeyId,
              },
            }),
        BucketKeyEnabled: bucketKeyEnabled,
      })),
    },
  };
}
