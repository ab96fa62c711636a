import assert from 'node:assert/strict';
import { Policy } from '@pulumi/aws/iam/policy';
import * as pulumi from '@pulumi/pulumi';
import { EncryptionKey, ManagementPolicy, VectorAccessPolicy } from '../../../components/index';
import { knownDocument } from '../../../components/known-document';
import { policyDocument } from '../../../contract/iam/document';
import { managementDocument } from '../../../contract/iam/documents/management';
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
              encryptionKeyArns: [texts.key],
            }),
        ),
      ),
    );
    assert.deepEqual(
      await valueOf(run.result),
      vectorAccessDocument(PLACE, {
        vectorBucketName: 'acme-dev-vector-x',
        write: true,
        encryptionKeyArns: [keyArn],
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

  const environments = (count: number) => Array.from({ length: count }, (_, at) => `environment${at}`);

  it('is measured with the real name of the project, at once where it is plain', async () => {
    const args = { project: 'a'.repeat(40), environments: environments(8) };
    await record(() =>
      assert.throws(() => new ManagementPolicy('bad', args), /characters and at most 6144 are allowed/),
    );
    await record(() => new ManagementPolicy('good', { ...args, project: 'acme' }));
  });

  it('is measured again with what an output resolves to', async () => {
    const made = (project: string) =>
      knownDocument('managed', pulumi.output(PLACE), { project: pulumi.output(project) }, (place, texts) =>
        managementDocument(place, { project: texts.project, environments: environments(8) }),
      );
    await record(async () => {
      await assert.rejects(valueOf(pulumi.output(made('a'.repeat(40)))), /at most 6144 are allowed/);
      await valueOf(pulumi.output(made('acme')));
    });
  });
});
