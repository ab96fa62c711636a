import assert from 'node:assert/strict';
import { EmbeddingBucket } from '../../../components/index';
import { tlsOnlyDocument } from '../../../contract/iam/documents/tls-only';
import { PLACE, record } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'documents' };
const BUCKET = 'acme-dev-vector-documents';

describe('EmbeddingBucket', () => {
  it('creates a private, versioned, encrypted bucket, with nothing left to chance', async () => {
    const run = await record(() => new EmbeddingBucket('docs', NAME));
    assert.deepEqual(
      Object.fromEntries(
        run.resources.filter(({ parent }) => parent === 'docs').map(({ name, inputs }) => [name, inputs]),
      ),
      {
        'docs-bucket': { bucket: BUCKET, forceDestroy: false },
        'docs-public-access': {
          bucket: BUCKET,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
        'docs-ownership': { bucket: BUCKET, rule: { objectOwnership: 'BucketOwnerEnforced' } },
        'docs-versioning': { bucket: BUCKET, versioningConfiguration: { status: 'Enabled' } },
        'docs-encryption': {
          bucket: BUCKET,
          rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
        },
        'docs-tls-only': { bucket: BUCKET, policy: tlsOnlyDocument(PLACE, BUCKET) },
        'docs-lifecycle': {
          bucket: BUCKET,
          rules: [
            {
              id: 'archive-old-versions',
              status: 'Enabled',
              filter: {},
              noncurrentVersionTransitions: [{ noncurrentDays: 90, storageClass: 'GLACIER_IR' }],
              noncurrentVersionExpiration: { noncurrentDays: 180 },
            },
            {
              id: 'abort-abandoned-uploads',
              status: 'Enabled',
              filter: {},
              abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
          ],
        },
      },
    );
    assert.equal(run.resources.length, 8, 'the component and its seven children');
  });

  it('encrypts with a key through a bucket key', async () => {
    const kmsMasterKeyId = 'arn:aws:kms:us-east-1:123456789012:key/abc';
    const run = await record(
      () => new EmbeddingBucket('docs', { ...NAME, encryptionKeyArn: kmsMasterKeyId }),
    );
    assert.deepEqual(run.named('docs-encryption').inputs['rules'], [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId },
        bucketKeyEnabled: true,
      },
    ]);
  });

  it('turns versioning on before lifecycle, and public access off before the policy', async () => {
    const run = await record(() => new EmbeddingBucket('docs', NAME));
    assert.ok(run.named('docs-lifecycle').dependencies.includes('docs-versioning'));
    assert.ok(run.named('docs-tls-only').dependencies.includes('docs-public-access'));
  });

  it('writes access logs where a bucket for them is named', async () => {
    const run = await record(() => new EmbeddingBucket('docs', { ...NAME, accessLogBucketName: 'logs' }));
    assert.deepEqual(run.named('docs-access-log').inputs, {
      bucket: BUCKET,
      targetBucket: 'logs',
      targetPrefix: `${BUCKET}/`,
    });
  });

  it('protects and retains the bucket; a disposable one may be deleted with its objects', async () => {
    const kept = (await record(() => new EmbeddingBucket('a', NAME))).named('a-bucket');
    assert.deepEqual([kept.protect, kept.retainOnDelete, kept.inputs['forceDestroy']], [true, true, false]);
    const run = await record(() => new EmbeddingBucket('b', { ...NAME, disposable: true }));
    const disposable = run.named('b-bucket');
    assert.deepEqual(
      [disposable.protect, disposable.retainOnDelete, disposable.inputs['forceDestroy']],
      [false, false, true],
    );
  });

  it('gives tags to the bucket', async () => {
    const run = await record(() => new EmbeddingBucket('docs', { ...NAME, tags: { Team: 'x' } }));
    assert.deepEqual(run.named('docs-bucket').inputs['tags'], { Team: 'x' });
  });

  it('moves current versions to Intelligent-Tiering and deletes them where it is told to', async () => {
    const run = await record(
      () => new EmbeddingBucket('docs', { ...NAME, intelligentTieringAfterDays: 0, deleteAfterDays: 30 }),
    );
    assert.deepEqual((run.named('docs-lifecycle').inputs['rules'] as unknown[]).slice(2), [
      {
        id: 'tier-current-versions',
        status: 'Enabled',
        filter: {},
        transitions: [{ days: 0, storageClass: 'INTELLIGENT_TIERING' }],
      },
      { id: 'delete-current-versions', status: 'Enabled', filter: {}, expiration: { days: 30 } },
      {
        id: 'remove-delete-markers',
        status: 'Enabled',
        filter: {},
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  for (const [days, message] of [
    [
      { archiveAfterDays: 90, expireAfterDays: 90 },
      /expireAfterDays 90 must be more than archiveAfterDays 90/,
    ],
    [{ archiveAfterDays: 0 }, /archiveAfterDays 0 must be a whole number of days/],
    [{ intelligentTieringAfterDays: -1 }, /intelligentTieringAfterDays -1 must be a whole number of days, 0/],
    [{ deleteAfterDays: 0 }, /deleteAfterDays 0 must be a whole number of days, 1/],
    [
      { intelligentTieringAfterDays: 30, deleteAfterDays: 30 },
      /deleteAfterDays 30 must be more than intelligentTieringAfterDays 30/,
    ],
    [{ abortUploadsAfterDays: 1.5 }, /abortUploadsAfterDays 1.5 must be a whole number of days/],
  ] as const) {
    it(`refuses ${JSON.stringify(days)}`, async () => {
      await record(() => assert.throws(() => new EmbeddingBucket('bad', { ...NAME, ...days }), message));
    });
  }

  it('refuses to log into itself', async () => {
    await record(() =>
      assert.throws(
        () => new EmbeddingBucket('bad', { ...NAME, accessLogBucketName: BUCKET }),
        /accessLogBucketName "acme-dev-vector-documents" is the bucket itself/,
      ),
    );
  });
});
