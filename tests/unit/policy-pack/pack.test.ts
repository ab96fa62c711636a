import assert from 'node:assert/strict';
import packManifest from '../../../policy-pack/package.json';
import manifest from '../../../package.json';
import { unknown } from './judge';
import { type Diagnostic, LEVEL, PackProcess, type PolicyInfo } from './pack-process';

describe('the policy pack, started as the engine starts it', () => {
  let pack: PackProcess;
  before(async () => {
    pack = await PackProcess.start();
  });
  after(async () => {
    await pack.stop();
  });

  const names = (diagnostics: readonly Diagnostic[]) => diagnostics.map((one) => one.policyname);

  it('offers every policy, mandatory, with all that a person needs to know about it', async () => {
    const policies = await pack.policies();
    assert.ok(policies.length >= 6);
    assert.equal(new Set(policies.map(({ name }) => name)).size, policies.length);
    for (const policy of policies) {
      assert.equal(policy.enforcementlevel, LEVEL.mandatory, policy.name);
      for (const text of ['displayname', 'description', 'remediationSteps'] satisfies (keyof PolicyInfo)[]) {
        assert.ok(policy[text].length > 10, `${policy.name} has no ${text}`);
      }
      assert.match(policy.url, /^https:\/\//, policy.name);
      assert.ok(policy.severity > 0, `${policy.name} has no severity`);
      assert.ok(policy.tagsList.length > 0, `${policy.name} has no tags`);
    }
  });

  it('refuses a badly named vector bucket', async () => {
    const found = await pack.analyze({
      type: 'aws-native:s3vectors:VectorBucket',
      props: { vectorBucketName: 'vectors' },
    });
    const naming = found.find((one) => one.policyname === 'vector-bucket-naming');
    assert.equal(naming?.enforcementlevel, LEVEL.mandatory);
    assert.match(
      naming.message.replaceAll('\n', ' '),
      /"vectors" \(aws-native:s3vectors:VectorBucket, resource "it"\).*does not follow/,
    );
  });

  it('refuses a management policy with s3:GetObject', async () => {
    const found = await pack.analyze({
      type: 'aws:iam/policy:Policy',
      props: {
        name: 'acme-s3-vector-management',
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'Peek',
              Effect: 'Allow',
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::acme-dev-vector-x/*',
            },
          ],
        }),
      },
    });
    assert.deepEqual(names(found), ['management-without-data']);
    assert.match(found[0]?.message ?? '', /statement "Peek"/);
  });

  it('says as an advisory what it cannot know during a preview', async () => {
    const found = await pack.analyze({
      type: 'aws-native:s3vectors:VectorBucket',
      props: { vectorBucketName: unknown },
    });
    assert.deepEqual(
      found.map(({ policyname, enforcementlevel }) => [policyname, enforcementlevel]),
      [['vector-bucket-naming', LEVEL.advisory]],
    );
    assert.match(found[0]?.message ?? '', /not known yet/);
  });

  it('tells what the program left out from what is not known yet, by the inputs that it saw before', async () => {
    const bucket = (name: string, more: object) => ({
      type: 'aws:s3/bucket:Bucket',
      name,
      props: { bucket: `acme-dev-vector-${name}`, ...more },
    });
    await pack.analyze(bucket('left', {}));
    await pack.analyze(bucket('hidden', { versioning: unknown }));
    const found = await pack.analyzeStack([
      bucket('left', { versioning: unknown }),
      bucket('hidden', { versioning: unknown }),
    ]);
    assert.deepEqual(
      found
        .filter((one) => one.policyname === 'embedding-bucket-versioning')
        .map(({ urn, enforcementlevel }) => [urn.split('::').at(-1), enforcementlevel])
        .sort(),
      [
        ['hidden', LEVEL.advisory],
        ['left', LEVEL.mandatory],
      ],
    );
  });

  it('has nothing to say about resources that it does not know, whatever they hold', async () => {
    assert.deepEqual(
      await pack.analyze({
        type: 'aws:sqs/queue:Queue',
        props: { name: unknown, policy: '{', tags: { a: null } },
      }),
      [],
    );
  });
});

describe("the policy pack's package", () => {
  it('asks for the very versions that the repository installs, because it resolves them from there', () => {
    for (const [name, version] of Object.entries(packManifest.dependencies)) {
      assert.equal(version, (manifest.dependencies as Record<string, string>)[name], name);
    }
  });
});
