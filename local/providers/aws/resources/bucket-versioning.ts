// aws.s3.BucketVersioning: once on, versioning can be suspended, never switched off.
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated arguments are listed in order to be refused */
import type { BucketVersioningArgs, BucketVersioningState } from '@pulumi/aws/s3/bucketVersioning';
import { unlessError } from '../../plugin/aws-clients';
import { object, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';

export const bucketVersioning = bridged<BucketVersioningArgs, BucketVersioningState>({
  token: 'aws:s3/bucketVersioning:BucketVersioning',
  source: 'terraform-provider-aws internal/service/s3/bucket_versioning.go',
  inputs: {
    bucket: string({ required: true, replaces: true }),
    expectedBucketOwner: refused(),
    mfa: refused(),
    region: string({ computed: true, replaces: true }),
    versioningConfiguration: object(
      {
        mfaDelete: refused(),
        status: string({ required: true, oneOf: ['Enabled', 'Suspended', 'Disabled'] }),
      },
      { required: true },
    ),
  },
  outputs: [],

  async create({ aws, region }, { bucket, versioningConfiguration: { status } }, _tags, made) {
    const s3 = await aws.s3(region);
    // A bucket starts unversioned, and S3 has no way to ask for that.
    if (status === 'Disabled') {
      await s3.headBucket({ Bucket: bucket });
    } else {
      const VersioningConfiguration = { Status: status as 'Enabled' };
      await s3.putBucketVersioning({ Bucket: bucket, VersioningConfiguration });
    }
    made(bucket);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const found = await unlessError(['NoSuchBucket'], () => s3.getBucketVersioning({ Bucket: id }));
    if (found === undefined) return undefined;
    return { bucket: id, versioningConfiguration: { status: found.Status ?? 'Disabled' } };
  },

  async update({ aws, region }, id, { versioningConfiguration: { status } }) {
    if (status === 'Disabled') {
      throw new Error(
        'versioning was on and cannot be switched off: set versioningConfiguration.status to Suspended',
      );
    }
    const s3 = await aws.s3(region);
    const VersioningConfiguration = { Status: status as 'Enabled' };
    await s3.putBucketVersioning({ Bucket: id, VersioningConfiguration });
  },

  async delete({ aws, region }, id, state) {
    if (state.versioningConfiguration?.status === 'Disabled') return;
    const s3 = await aws.s3(region);
    await unlessError(['NoSuchBucket'], () =>
      s3.putBucketVersioning({ Bucket: id, VersioningConfiguration: { Status: 'Suspended' } }),
    );
  },
});
