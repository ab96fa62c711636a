import assert from 'node:assert/strict';
import { settingProblems } from '../../../policy-pack/configuration-problems';
import { exceptionsSchema } from '../../../policy-pack/exceptions';
import { frameworkTags, OWN_READING, STATED_BY_AWS } from '../../../policy-pack/frameworks';
import { policies } from '../../../policy-pack/policies';
import { embeddingBucketVersioning } from '../../../policy-pack/policies/embedding-bucket-versioning';
import { vectorBucketNaming } from '../../../policy-pack/policies/vector-bucket-naming';
import { judge, judgeStack, refused, type Resource, undecided, urnOf } from './judge';

const bucket: Resource = {
  type: 'aws-native:s3vectors:VectorBucket',
  name: 'old',
  props: { vectorBucketName: 'legacy' },
};
const reason = 'is migrated by the search team';
const check = (...exceptions: object[]) => judge(vectorBucketNaming, bucket, { exceptions });

describe('exceptions of a policy', () => {
  it('turn a violation into a note that gives reason and date', () => {
    for (const resource of ['legacy', 'leg*', 'old', urnOf(bucket)]) {
      undecided(
        check({ resource, reason, expires: '2999-12-31' }),
        /does not follow.*Excepted until 2999-12-31: is migrated by the search team/,
      );
    }
  });

  it('hold for no other resource', () => {
    refused(check({ resource: 'legacy-2', reason, expires: '2999-12-31' }), /does not follow/);
  });

  it('except nothing once they have run out, and the violation says so', () => {
    refused(
      check({ resource: 'legacy', reason, expires: '2020-01-31' }),
      /does not follow.*The exception for "legacy" ended on 2020-01-31 \(is migrated.*renew the exception/,
    );
    refused(check({ resource: 'legacy', reason, expires: '2999-02-29' }), /ended on 2999-02-29/);
    assert.throws(
      () => check({ resource: 'legacy', reason, expires: '2999-02-30' }),
      /expires is "2999-02-30"/,
    );
  });

  it('count when one of several is in force', () => {
    undecided(
      check(
        { resource: 'legacy', reason, expires: '2020-01-31' },
        { resource: 'legacy', reason: 'renewed after review', expires: '2999-01-31' },
      ),
      /renewed after review/,
    );
  });

  it('hold for policies about whole stacks too', () => {
    const plain: Resource = { type: 'aws:s3/bucket:Bucket', props: { bucket: 'acme-dev-vector-x' } };
    refused(judgeStack(embeddingBucketVersioning, [plain]), /versioning is not set/);
    undecided(
      judgeStack(embeddingBucketVersioning, [plain], {
        exceptions: [{ resource: 'acme-dev-vector-x', reason, expires: '2999-12-31' }],
      }),
      /Excepted until/,
    );
  });

  it('are a setting of every policy', () => {
    for (const policy of policies) assert.equal(policy.configSchema?.properties.exceptions, exceptionsSchema);
  });

  it('are refused without reason or date, with all that is wrong', () => {
    const problems = settingProblems(
      'exceptions',
      [{ resource: 'x', expires: '31.12.2027' }, { reason: 'because', expires: '2027-12-31', until: 1 }, 7],
      exceptionsSchema,
    );
    assert.deepEqual(
      problems.map((problem) => problem.replace(/ Why.*| The last.*/, '')),
      [
        'exceptions[0] lacks "reason"; add it.',
        'exceptions[0].expires is "31.12.2027", which does not fit ^[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))$.',
        'exceptions[1] lacks "resource"; add it.',
        'exceptions[1].reason is "because"; write at least 10 characters.',
        'exceptions[1].until is no setting here; remove it.',
        'exceptions[2] is 7; write object.',
      ],
    );
  });
});

describe('framework tags', () => {
  it('are of policies that exist, and none is given twice', () => {
    const known = policies.map(({ name }) => name);
    for (const name of [...Object.keys(STATED_BY_AWS), ...Object.keys(OWN_READING)]) {
      assert.ok(known.includes(name), name);
      assert.equal(new Set(frameworkTags(name)).size, frameworkTags(name).length, name);
    }
  });

  it('name the controls of a policy', () => {
    const tagsOf = (name: string) => policies.find((policy) => policy.name === name)?.tags ?? [];
    assert.ok(tagsOf('no-role-with-both').includes('nist-800-53-r5:AC-5'));
    assert.ok(tagsOf('embedding-bucket-tls-only').includes('security-hub:S3.5'));
    assert.ok(tagsOf('encryption-key-rotation').includes('cis-aws-3.0.0:3.6'));
  });
});

describe('settings that a policy does not have', () => {
  it('are refused by the policy itself, all at once, because the schema of the engine cannot', () => {
    const resource = {
      type: 'aws-native:s3vectors:VectorBucket',
      name: 'it',
      urn: 'urn:pulumi:dev::acme::aws-native:s3vectors:VectorBucket::it',
      props: { vectorBucketName: 'bad' },
      opts: { protect: false },
      getConfig: () => ({ exemt: ['bad'], environment: ['dev'] }),
    };
    const validate = vectorBucketNaming.validateResource;
    assert.ok(typeof validate === 'function');
    assert.throws(
      () => void validate(resource as never, () => assert.fail('judged')),
      /vector-bucket-naming\.exemt is no setting here; remove it\. vector-bucket-naming\.environment is no setting/,
    );
  });
});
