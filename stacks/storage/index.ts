// Storage, one stack an environment: the vector bucket with its episodes index, the buckets of the older layout,
// their key where one is wanted, and the managed policies to use the vectors.
import { getRegion } from '@pulumi/aws/getRegion';
import { getRegion as getNativeRegion } from '@pulumi/aws-native/getRegion';
import * as pulumi from '@pulumi/pulumi';
import { EmbeddingBucket } from '../../components/embedding-bucket';
import { EncryptionKey } from '../../components/encryption-key';
import { VectorAccess, VectorAccessPolicy } from '../../components/vector-access-policy';
import { VectorBucket } from '../../components/vector-bucket';
import { episodesIndex } from '../../components/vector-index';
import { EPISODES_SHAPE } from '../../contract/index-shape';
import { refuse } from '../../contract/invalid-input';
import type { StorageOutputs } from '../../contract/outputs/storage';
import { configRecord } from '../config-record';
import type { OutputsOf } from '../outputs-of';
import { withReadableErrors } from '../readable-errors';
import { stackTags } from '../stack-tags';
import { STORAGE_KEYS, STORAGE_NAMESPACE, parseStorageConfig } from './config';
import { providerRegionProblems } from './provider-regions';

/** The program: Pulumi calls it once the engine is connected. */
async function storage(): Promise<OutputsOf<StorageOutputs>> {
  const configured = pulumi.runtime.allConfig();
  const config = parseStorageConfig(
    configRecord(configured, STORAGE_NAMESPACE, STORAGE_KEYS),
    pulumi.getStack(),
    { aws: configured['aws:region'], awsNative: configured['aws-native:region'] },
  );
  // A Region may also come from the surroundings, which the providers alone know.
  const [{ region }, native] = await Promise.all([getRegion(), getNativeRegion()]);
  refuse('the providers of this stack', providerRegionProblems({ aws: region, awsNative: native.region }));
  const { project, environment, purpose, disposable } = config;
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const tags = stackTags({ project, environment, stack }, config.tags, `${STORAGE_NAMESPACE}:tags`);

  const key =
    config.encryption === 'AES256'
      ? undefined
      : new EncryptionKey(
          'encryption',
          config.encryptionKeyArn === undefined
            ? { project, environment, disposable, tags }
            : { existing: { arn: config.encryptionKeyArn } },
        );
  const encryption = key === undefined ? {} : { encryptionKeyArn: key.keyArn };

  const vectorBucket = new VectorBucket(
    'vectors',
    config.existingVectorBucketName === undefined
      ? { project, environment, purpose, disposable, tags, ...encryption }
      : { existing: { name: config.existingVectorBucketName } },
  );
  const episodes = episodesIndex('episodes', {
    vectorBucketName: vectorBucket.vectorBucketName,
    disposable,
    tags,
  });

  const embeddingBuckets = Object.fromEntries(
    config.embeddingPurposes.map((embeddingPurpose) => {
      const bucket = new EmbeddingBucket(`embeddings-${embeddingPurpose}`, {
        project,
        environment,
        purpose: embeddingPurpose,
        archiveAfterDays: config.archiveAfterDays,
        expireAfterDays: config.expireAfterDays,
        abortUploadsAfterDays: config.abortUploadsAfterDays,
        intelligentTieringAfterDays: config.intelligentTieringAfterDays,
        deleteAfterDays: config.deleteAfterDays,
        accessLogBucketName: config.accessLogBucketName,
        disposable,
        tags,
        ...encryption,
      });
      return [embeddingPurpose, { name: bucket.bucketName, arn: bucket.bucketArn }];
    }),
  );

  const [readWrite, read] = [VectorAccess.ReadWrite, VectorAccess.Read].map(
    (access) =>
      new VectorAccessPolicy(`vectors-${access}`, {
        project,
        environment,
        purpose,
        access,
        ...(config.existingVectorBucketName === undefined
          ? {}
          : { vectorBucketName: config.existingVectorBucketName }),
        tags,
        ...encryption,
      }),
  ) as [VectorAccessPolicy, VectorAccessPolicy];

  return {
    vectorBucketName: vectorBucket.vectorBucketName,
    vectorBucketArn: vectorBucket.vectorBucketArn,
    episodeIndexName: episodes.indexName,
    episodeIndexArn: episodes.indexArn,
    episodeIndex: EPISODES_SHAPE,
    vectorAccessPolicyArn: readWrite.policyArn,
    vectorReadPolicyArn: read.policyArn,
    embeddingBuckets: pulumi.output(embeddingBuckets),
    ...(key === undefined ? {} : { encryptionKeyArn: key.keyArn }),
    region,
    project,
    environment,
  };
}

export = () => withReadableErrors(storage);
