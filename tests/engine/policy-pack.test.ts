// The policy pack on the real engine: what it refuses is not deployed.
import assert from 'node:assert/strict';
import { IAMClient, ListPoliciesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { EngineError } from '../../local/engine/engine-error';
import { up } from '../../local/engine/stack';
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

  it('stops an up with badly named buckets of either kind before they are made', async () => {
    const printed = await refused('bad-names');
    assert.match(printed, /vector-bucket-naming/);
    assert.match(printed, /"my-vectors" does not follow/);
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
    const { Policies } = await new IAMClient(run().client('ministack')).send(
      new ListPoliciesCommand({ Scope: 'Local' }),
    );
    assert.deepEqual(Policies ?? [], []);
  });
});
