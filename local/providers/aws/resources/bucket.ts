// aws.s3.Bucket: the bucket itself. Its configuration lives in resources of their own, as in version 7 of the SDK.
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated arguments are listed in order to be refused */
import type { BucketArgs, BucketState } from '@pulumi/aws/s3/bucket';
import type { S3 } from '@aws-sdk/client-s3';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, map, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';
import type { Tags } from '../session';
import { tagList, tagMap, tagsAfter } from '../tags';

const GONE = ['NoSuchBucket', 'NotFound'];

export const bucket = bridged<BucketArgs, BucketState>({
  token: 'aws:s3/bucket:Bucket',
  source: 'terraform-provider-aws internal/service/s3/bucket.go',
  inputs: {
    bucket: string({ computed: true, replaces: true }),
    forceDestroy: boolean({ default: false, unread: true }),
    region: string({ computed: true, replaces: true }),
    tags: map(string()),
    accelerationStatus: refused('aws.s3.BucketAccelerateConfiguration'),
    acl: refused('aws.s3.BucketAcl'),
    bucketNamespace: refused(),
    bucketPrefix: refused('bucket, or neither for an automatic name'),
    corsRules: refused('aws.s3.BucketCorsConfiguration'),
    grants: refused('aws.s3.BucketAcl'),
    lifecycleRules: refused('aws.s3.BucketLifecycleConfiguration'),
    logging: refused('aws.s3.BucketLogging'),
    objectLockConfiguration: refused('aws.s3.BucketObjectLockConfiguration'),
    objectLockEnabled: refused(),
    policy: refused('aws.s3.BucketPolicy'),
    replicationConfiguration: refused('aws.s3.BucketReplicationConfig'),
    requestPayer: refused('aws.s3.BucketRequestPaymentConfiguration'),
    serverSideEncryptionConfiguration: refused('aws.s3.BucketServerSideEncryptionConfiguration'),
    versioning: refused('aws.s3.BucketVersioning'),
    website: refused('aws.s3.BucketWebsiteConfiguration'),
  },
  outputs: ['arn', 'bucketDomainName', 'bucketRegion', 'bucketRegionalDomainName', 'tagsAll'],
  autoName: { property: 'bucket', rule: { longest: 63, lowerCase: true } },

  async create({ aws, region }, inputs, tags, made) {
    const s3 = await aws.s3(region);
    const name = inputs.bucket ?? '';
    await s3.createBucket({
      Bucket: name,
      // us-east-1 is the one region that must not be named.
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
    });
    made(name);
    if (Object.keys(tags).length > 0) await putTags(s3, name, tags);
  },

  async read({ aws, region }, id) {
    const s3 = await aws.s3(region);
    const head = await unlessError(GONE, () => s3.headBucket({ Bucket: id }));
    if (head === undefined) return undefined;
    const tagging = await unlessError(['NoSuchTagSet'], () => s3.getBucketTagging({ Bucket: id }));
    const found = head.BucketRegion ?? region;
    return {
      bucket: id,
      arn: `arn:${aws.partition}:s3:::${id}`,
      bucketDomainName: `${id}.s3.amazonaws.com`,
      bucketRegion: found,
      bucketRegionalDomainName: `${id}.s3.${found}.amazonaws.com`,
      tagsAll: tagMap(tagging?.TagSet),
    };
  },

  async update({ aws, region }, id, _news, state, tags) {
    if (Object.keys(tags.set).length === 0 && tags.remove.length === 0) return;
    const s3 = await aws.s3(region);
    const all = tagsAfter(state.tagsAll, tags);
    if (Object.keys(all).length > 0) await putTags(s3, id, all);
    else await s3.deleteBucketTagging({ Bucket: id });
  },

  async delete({ aws, region }, id, state) {
    const s3 = await aws.s3(region);
    await unlessError(GONE, async () => {
      if (state.forceDestroy === true) await empty(s3, id);
      await s3.deleteBucket({ Bucket: id });
    });
  },
});

const putTags = (s3: S3, name: string, tags: Tags): Promise<unknown> =>
  s3.putBucketTagging({ Bucket: name, Tagging: { TagSet: tagList(tags) } });

/** Deletes every version and delete marker, page by page. */
async function empty(s3: S3, name: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: name });
    const objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (objects.length === 0) return;
    const { Errors = [] } = await s3.deleteObjects({
      Bucket: name,
      Delete: { Objects: objects, Quiet: true },
    });
    const first = Errors[0];
    if (first !== undefined) {
      throw new Error(
        `${String(Errors.length)} objects cannot be deleted, first ${String(first.Key)}: ${String(first.Code)} ${String(first.Message)}`,
      );
    }
  }
}
