// One fault for every policy of the pack, most of them written so as not to show, made without our components.
import { Policy } from '@pulumi/aws/iam/policy';
import { Role } from '@pulumi/aws/iam/role';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy';
import { Key } from '@pulumi/aws/kms/key';
import { Bucket } from '@pulumi/aws/s3/bucket';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy';
import { Index } from '@pulumi/aws-native/s3vectors/index_';
import { VectorBucket } from '@pulumi/aws-native/s3vectors/vectorBucket';
import * as pulumi from '@pulumi/pulumi';

const ACCOUNT = '123456789012';
const tags = { Project: 'engine', ManagedBy: 'pulumi' };
const tagList = Object.entries(tags).map(([key, value]) => ({ key, value }));
const allow = (Sid: string, Action: string, Resource: string, more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid, Effect: 'Allow', Action, Resource, ...more }] });
const vectors = `arn:aws:s3vectors:us-east-1:${ACCOUNT}:bucket`;

// vector-bucket-naming, required-tags
new VectorBucket('misnamed', { vectorBucketName: 'Acme-Vectors' });
// embedding-bucket-naming
new Bucket('misnamed', { bucket: 'acme-embeddings', tags });
// encryption-key-rotation, encryption-key-indexing-grant
const key = new Key('key', {
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Account', Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'kms:*', Resource: '*' },
    ],
  }),
  tags,
});
new VectorBucket('encrypted', {
  vectorBucketName: 'acme-dev-vector-encrypted',
  encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: key.arn },
  tags: tagList,
});
// vector-bucket-encryption, data-protected
new VectorBucket('production', { vectorBucketName: 'acme-prod-vector-docs', tags: tagList });
// vector-index-naming
new Index('misplaced', {
  indexName: 'notes',
  vectorBucketName: 'somewhere',
  dataType: 'float32',
  dimension: 8,
  distanceMetric: 'cosine',
  tags: tagList,
});
// episodes-index-shape
new Index('episodes', {
  indexName: 'episodes-v2',
  vectorBucketName: 'acme-dev-vector-encrypted',
  dataType: 'float32',
  dimension: 1536,
  distanceMetric: 'cosine',
  tags: tagList,
});
// embedding-bucket-encryption, -versioning, -public-access, -lifecycle, -tls-only
const bare = new Bucket('bare', { bucket: 'acme-dev-vector-bare', tags });
// no-public-principal
new BucketPolicy('public', {
  bucket: bare.bucket,
  policy: allow('Everyone', 's3:ListBucket', 'arn:aws:s3:::acme-dev-vector-bare', {
    Principal: { AWS: ['*'] },
  }),
});
// management-without-data, service-without-administration, no-broad-vector-grants
new Policy('management', {
  name: 'acme-s3-vector-management',
  policy: allow('Peeks', 's3:*Object', 'arn:aws:s3:::acme-*'),
  tags,
});
new Policy('service', {
  name: 'acme-s3-vector-service-access',
  policy: allow('Configures', 'S3:p?tbucketpolicy', 'arn:aws:s3:::acme-*-vector-*'),
  tags,
});
new Policy('broad', { name: 'acme-search', policy: allow('All', 's3vectors:*', `${vectors}/acme-*`), tags });
// no-role-with-both: two harmless policies
const worker = new Role('worker', {
  name: 'acme-worker',
  assumeRolePolicy: allow('Run', 'sts:AssumeRole', '*', {
    Principal: { Service: 'lambda.amazonaws.com' },
  }).replace(',"Resource":"*"', ''),
  tags,
});
const docs = `${vectors}/acme-dev-vector-docs/index/*`;
new RolePolicy('reads', { role: worker.name, policy: allow('Reads', 's3vectors:Query*', docs) });
new RolePolicy('deletes', { role: worker.name, policy: allow('Deletes', 's3vectors:DeleteInd?x', docs) });
// deployer-trust
new Role('deployer', {
  name: 'acme-deployer',
  assumeRolePolicy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AnyRepository',
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
        Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } },
      },
    ],
  }),
  tags,
});
