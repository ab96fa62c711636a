import assert from 'node:assert/strict';
import { Policy } from '@pulumi/aws/iam/policy';
import * as pulumi from '@pulumi/pulumi';
import { EncryptionKey, VectorAccessPolicy } from '../../../components/index';
import { knownDocument } from '../../../components/known-document';
import { policyDocument } from '../../../contract/iam/document';
import { vectorAccessDocument } from '../../../contract/iam/documents/vector-access';
import { PLACE, UNKNOWN, record, valueOf } from './recorded-program';

describe('known document', () => {
  it('resolves to exactly what the pure function makes of the resolved values', async () => {
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/abc';
    const run = await record(() =>
      pulumi.output(
        knownDocument(
          'managed',
          pulumi.output(PLACE),
          { bucket: pulumi.output('acme-dev-vector-x'), key: pulumi.output(keyArn) },
          (place, texts) =>
            vectorAccessDocument(place, {
              vectorBucketName: texts.bucket,
              write: true,
              encryptionKeyArn: texts.key,
            }),
        ),
      ),
    );
    assert.deepEqual(
      await valueOf(run.result),
      vectorAccessDocument(PLACE, {
        vectorBucketName: 'acme-dev-vector-x',
        write: true,
        encryptionKeyArn: keyArn,
      }),
    );
  });

  it('knows actions and name-based resources at preview when only the key is not known', async () => {
    const run = await record(
      () => {
        const key = new EncryptionKey('key', { project: 'acme', environment: 'dev' });
        new VectorAccessPolicy('access', {
          project: 'acme',
          environment: 'dev',
          purpose: 'knowledge',
          access: 'read-write',
          encryptionKeyArn: key.keyArn,
        });
      },
      { preview: true },
    );
    const bucket = 'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge';
    const policy = run.named('access-policy').inputs['policy'] as {
      Statement: { Action: string[]; Resource: unknown }[];
    };
    assert.deepEqual(
      policy.Statement.map(({ Resource }) => Resource),
      [bucket, [`${bucket}/index/*`], UNKNOWN],
    );
    assert.ok(policy.Statement[1]?.Action.includes('s3vectors:PutVectors'));
  });

  it('knows actions when not even the account is known', async () => {
    const run = await record(
      () => {
        const other = new Policy('other', { policy: '{}' });
        const place = other.arn.apply(() => PLACE);
        return new Policy('made', {
          policy: knownDocument('managed', place, {}, (at) =>
            vectorAccessDocument(at, { vectorBucketName: 'acme-dev-vector-x', write: false }),
          ) as unknown as string,
        });
      },
      { preview: true },
    );
    const { Statement } = run.named('made').inputs['policy'] as { Statement: Record<string, unknown>[] };
    assert.deepEqual(Statement[0], {
      Sid: 'VectorBucketAccess',
      Effect: 'Allow',
      Action: ['s3vectors:GetVectorBucket', 's3vectors:ListIndexes'],
      Resource: UNKNOWN,
    });
  });

  it('refuses a document that is larger than IAM takes', async () => {
    await record(() =>
      assert.throws(
        () =>
          knownDocument('managed', pulumi.output(PLACE), {}, () =>
            policyDocument({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'x'.repeat(7_000) }),
          ),
        /at most 6144 are allowed/,
      ),
    );
  });
});
