import assert from 'node:assert/strict';
import { EncryptionKey } from '../../../components/index';
import { keyPolicyDocument } from '../../../contract/iam/documents/key-policy';
import { PLACE, record } from './recorded-program';

const ARGS = { project: 'acme', environment: 'prod' };

describe('EncryptionKey', () => {
  it('creates a rotated key with the policy of the contract, and its alias', async () => {
    const run = await record(() => new EncryptionKey('key', { ...ARGS, tags: { Team: 'x' } }));
    const { policy, ...inputs } = run.named('key-key').inputs;
    assert.deepEqual(inputs, {
      description: 'Vectors and embeddings of acme prod',
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      tags: { Team: 'x', Project: 'acme', Environment: 'prod' },
    });
    assert.deepEqual(JSON.parse(String(policy)), keyPolicyDocument(PLACE));
    assert.deepEqual(run.named('key-alias').inputs, {
      name: 'alias/acme-prod-vector',
      targetKeyId: 'key-key-key',
    });
    assert.deepEqual(
      run.resources.map(({ parent }) => parent),
      ['', 'key', 'key'],
    );
  });

  it('is tagged as what it is, whatever tags it is given', async () => {
    const tags = { Project: 'other', Environment: 'dev' };
    const run = await record(() => new EncryptionKey('key', { ...ARGS, tags }));
    assert.deepEqual(run.named('key-key').inputs['tags'], { Project: 'acme', Environment: 'prod' });
  });

  it('knows its policy at preview', async () => {
    const run = await record(() => new EncryptionKey('key', ARGS), { preview: true });
    assert.deepEqual(JSON.parse(String(run.named('key-key').inputs['policy'])), keyPolicyDocument(PLACE));
  });

  it('protects and retains the key, and waits 7 days only when it is disposable', async () => {
    const kept = (await record(() => new EncryptionKey('a', ARGS))).named('a-key');
    assert.deepEqual([kept.protect, kept.retainOnDelete], [true, true]);
    const disposable = (await record(() => new EncryptionKey('b', { ...ARGS, disposable: true }))).named(
      'b-key',
    );
    assert.deepEqual([disposable.protect, disposable.retainOnDelete], [false, false]);
    assert.equal(disposable.inputs['deletionWindowInDays'], 7);
  });

  it('names further users in the key policy', async () => {
    const userArns = ['arn:aws:iam::210987654321:role/reader'];
    const run = await record(() => new EncryptionKey('key', { ...ARGS, userArns }));
    assert.deepEqual(
      JSON.parse(String(run.named('key-key').inputs['policy'])),
      keyPolicyDocument(PLACE, { userArns }),
    );
  });

  it('names administrators in the key policy, apart from users', async () => {
    const administratorArns = ['arn:aws:iam::123456789012:role/keys'];
    const run = await record(() => new EncryptionKey('key', { ...ARGS, administratorArns }));
    assert.deepEqual(
      JSON.parse(String(run.named('key-key').inputs['policy'])),
      keyPolicyDocument(PLACE, { administratorArns }),
    );
  });

  it('refuses who is administrator and user, and what is no principal', async () => {
    const both = 'arn:aws:iam::123456789012:role/both';
    await record(() =>
      assert.throws(
        () => new EncryptionKey('bad', { ...ARGS, userArns: [both, '*'], administratorArns: [both] }),
        (error) =>
          error instanceof Error &&
          /role\/both" is among administratorArns and userArns/.test(error.message) &&
          /userArns: "\*" must be the ARN of a role/.test(error.message),
      ),
    );
  });

  it('refuses names that make no alias', async () => {
    await record(() =>
      assert.throws(
        () => new EncryptionKey('bad', { project: 'A', environment: 'b-c' }),
        /EncryptionKey "bad": 2 problems/,
      ),
    );
  });
});
