// The policy pack on the real engine: what it refuses is not deployed, what it cannot know yet is neither passed nor
// refused, and a configuration that makes no sense is refused before anything is judged.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { IAMClient, ListPoliciesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { EngineError } from '../../local/engine/engine-error';
import type { PulumiCommandResult } from '../../local/engine/pulumi-command';
import { up } from '../../local/engine/stack';
import { policies } from '../../policy-pack/policies';
import { ENGINE_TIMEOUT, POLICY_PACK, useLocalRun } from './support/local-run';

describe('the policy pack on the engine', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  const refused = async (program: string): Promise<string> => {
    const stack = run().stack(`tests/engine/programs/${program}`);
    let printed = '';
    await assert.rejects(up(stack, { policyPacks: [POLICY_PACK] }), (error) => {
      assert.ok(error instanceof EngineError);
      printed = error.printed;
      return true;
    });
    return printed;
  };
  const localPolicies = async () => {
    const client = new IAMClient(run().client('ministack'));
    const { Policies = [] } = await client.send(new ListPoliciesCommand({ Scope: 'Local' }));
    client.destroy();
    return Policies.map(({ PolicyName }) => PolicyName);
  };
  const previewed = async (program: string, configuration?: object): Promise<PulumiCommandResult> => {
    const stack = run().stack(`tests/engine/programs/${program}`);
    await run().pulumi(stack, 'stack', 'init');
    const file = path.join(path.dirname(stack.configFile), 'policy-config.json');
    if (configuration !== undefined) writeFileSync(file, JSON.stringify(configuration));
    return run().pulumi(
      stack,
      'preview',
      ...['--policy-pack', POLICY_PACK],
      ...(configuration === undefined ? [] : ['--policy-pack-config', file]),
    );
  };

  it('stops an up with badly named buckets of either kind before they are made', async () => {
    const printed = await refused('bad-names');
    assert.match(printed, /vector-bucket-naming/);
    assert.match(printed, /"my-vectors"\s+does\s+not\s+follow/);
    assert.match(printed, /embedding-bucket-naming/);
    assert.match(printed, /acme-embeddings-dev/);
    const { Buckets } = await new S3Client({ ...run().client('ministack'), forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );
    assert.deepEqual(Buckets ?? [], []);
  });

  it('stops a management policy that reads objects and a service policy that creates, naming the statements', async () => {
    const printed = await refused('leaking-management');
    assert.match(printed, /management-without-data/);
    assert.match(printed, /ReadsToo/);
    assert.match(printed, /service-without-administration/);
    assert.match(printed, /CreatesToo/);
    assert.deepEqual(await localPolicies(), []);
  });

  describe('at a preview of a program with a fault for every policy', () => {
    let printed = '';
    let code = 0;
    before(async () => {
      ({ printed, code } = await previewed('every-policy'));
    });

    it('fails, whatever is excused: no fault stops the search for the others', () => {
      assert.notEqual(code, 0);
      assert.match(printed, /preview failed/);
    });

    for (const { name } of policies) {
      it(`reports ${name} as mandatory`, () => {
        assert.match(printed, new RegExp(`\\[mandatory\\] .* ${name} `));
      });
    }

    it('names the statement by its Sid, how it is written, and the smallest change, within 80 columns', () => {
      const text = printed.replaceAll(/\s+/g, ' ');
      assert.match(
        text,
        /statement "Peeks" of acme-s3-vector-management allows .* written as s3:\*Object\. Remove "s3:\*Object" from statement "Peeks"\./,
      );
      assert.match(text, /Data: statement "Reads" .* Administration: statement "Deletes" .* use two roles\./);
      const ours = printed.split('\n').filter((line) => /^ {10}\S/.test(line));
      // The description is the engine's to print, in one line; a word longer than a line stays whole.
      const descriptions = policies.map(({ description }) => description);
      const tooLong = ours.filter(
        (line) => line.length > 80 && line.trim().includes(' ') && !descriptions.includes(line.trim()),
      );
      assert.deepEqual(tooLong, []);
    });
  });

  describe('where a program hides things behind what is not known yet', () => {
    it('previews without a failure, and says of everything unknown that it is judged later', async () => {
      const { code, printed } = await previewed('unknowns');
      assert.equal(code, 0, printed);
      assert.doesNotMatch(printed, /\[mandatory\]/);
      for (const name of [
        'management-without-data',
        'no-broad-vector-grants',
        'no-role-with-both',
        'vector-bucket-naming',
      ]) {
        assert.match(printed, new RegExp(`\\[advisory\\] .* ${name} `));
      }
      assert.match(
        printed.replaceAll(/\s+/g, ' '),
        /cannot be known during preview, so it is judged at the update/,
      );
    });

    it('refuses it at the update, once it is known, and does not make it', async () => {
      const stack = run().stack('tests/engine/programs/unknowns');
      const { code, printed } = await run().pulumi(
        stack,
        'up',
        ...['--yes', '--skip-preview', '--policy-pack', POLICY_PACK],
      );
      assert.notEqual(code, 0);
      assert.match(printed, /\[mandatory\] .* management-without-data /);
      assert.match(printed, /statement\s+"Hidden"/);
      assert.deepEqual(await localPolicies(), []);
    });
  });

  describe('configured', () => {
    it('refuses values against the schema with everything that is wrong, exceptions included', async () => {
      const { code, printed } = await previewed('bad-names', {
        'vector-bucket-naming': {
          project: 'Acme!',
          environments: 'dev',
          exceptions: [{ resource: 'x', expires: '31.12.2027' }],
        },
        'embedding-bucket-lifecycle': { maximumRetentionDays: 'long' },
      });
      assert.notEqual(code, 0);
      for (const problem of [
        /project: Does not match pattern/,
        /environments: Invalid type\. Expected: array, given: string/,
        /exceptions\.0: reason is required/,
        /exceptions\.0\.expires: Does not match pattern/,
        /maximumRetentionDays: Invalid type/,
      ]) {
        assert.match(printed, problem);
      }
      assert.doesNotMatch(printed, /does not follow/);
    });

    it('refuses a setting that a policy does not have, at any level', async () => {
      const { code, printed } = await previewed('bad-names', {
        all: 'advisory',
        'vector-bucket-naming': { exemt: ['my-vectors'] },
      });
      assert.notEqual(code, 0);
      assert.match(
        printed.replaceAll(/\s+/g, ' '),
        /vector-bucket-naming\.exemt is no setting here; remove it/,
      );
    });

    it('turns an excepted violation into a note with its reason, and a policy to the level that is set', async () => {
      const { code, printed } = await previewed('bad-names', {
        'vector-bucket-naming': {
          exceptions: [
            { resource: 'my-vectors', reason: 'is migrated by the search team', expires: '2999-12-31' },
          ],
        },
        'embedding-bucket-naming': 'advisory',
        'embedding-bucket-versioning': 'disabled',
        'required-tags': 'advisory',
      });
      assert.equal(code, 0, printed);
      assert.match(printed, /\[advisory\] .* vector-bucket-naming /);
      assert.match(
        printed.replaceAll(/\s+/g, ' '),
        /"my-vectors" does not follow .* Excepted until 2999-12-31: is migrated by the search team/,
      );
      assert.match(printed, /\[advisory\] .* embedding-bucket-naming /);
    });
  });
});
