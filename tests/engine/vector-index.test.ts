// An index on the real engine: what may change changes in place, what may not is refused before anything happens.
import assert from 'node:assert/strict';
import { GetIndexCommand, ListTagsForResourceCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { EngineError } from '../../local/engine/engine-error';
import type { StackOptions } from '../../local/engine/stack';
import { destroy, expectNoChanges, stackOutputs, up } from '../../local/engine/stack';
import { ENGINE_TIMEOUT, POLICY_PACK, useLocalRun } from './support/local-run';

const policyPacks = [POLICY_PACK];

describe('an index on the engine', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  let stack: StackOptions & { readonly configFile: string };
  let client: S3VectorsClient;
  let indexArn: string;

  before(async () => {
    stack = run().stack('tests/engine/programs/index');
    client = new S3VectorsClient(run().client('s3vectors'));
    assert.deepEqual(await up(stack, { policyPacks }), { created: 5 });
    indexArn = ((await stackOutputs(stack)) as { indexArn: string }).indexArn;
  });
  after(() => client.destroy());

  const read = async () => {
    const { index } = await client.send(new GetIndexCommand({ indexArn }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: indexArn }));
    return { created: index?.creationTime?.getTime(), dimension: index?.dimension, team: tags?.['team'] };
  };

  it('is there as it was declared, and a second preview finds nothing to change', async () => {
    const { dimension, team } = await read();
    assert.deepEqual({ dimension, team }, { dimension: 8, team: 'search' });
    await expectNoChanges(stack, { policyPacks });
  });

  it('takes a changed tag in place', async () => {
    const before = await read();
    await run().configure(stack, 'engine-test-index:team', 'platform');
    const changes = await up(stack, { policyPacks });
    assert.equal(changes['replaced'], undefined);
    assert.ok((changes['updated'] ?? 0) >= 1);
    assert.deepEqual(await read(), { ...before, team: 'platform' });
  });

  it('refuses a changed dimension with what to do instead, and stays as it is', async () => {
    const before = await read();
    await run().configure(stack, 'engine-test-index:dimension', '16');
    await assert.rejects(up(stack, { policyPacks }), (error) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.printed, /dimension is 8 and cannot become 16/);
      assert.match(error.printed, /Declare a second VectorIndex under another name/);
      return true;
    });
    assert.deepEqual(await read(), before);
    await run().configure(stack, 'engine-test-index:dimension', '8');
    await expectNoChanges(stack, { policyPacks });
  });

  for (const [what, key, value, usual, refusal] of [
    [
      'another name that is a secret, without showing either',
      'purpose',
      'hushed',
      'notes',
      /VectorBucket "vectors": vectorBucketName is secret and its value differs/,
    ],
    [
      'a key that is made in the same update',
      'withKey',
      'true',
      'false',
      /VectorBucket "vectors": encryption is "AES256" and cannot become what is given now and not known yet/,
    ],
  ] as const) {
    it(`refuses ${what}, at preview already`, async () => {
      const before = await read();
      await run().configure(stack, `engine-test-index:${key}`, value);
      const preview = ['preview', '--non-interactive', '--config-file', stack.configFile];
      const { code, printed } = await run().pulumi(stack, ...preview);
      assert.notEqual(code, 0, printed);
      assert.match(printed, refusal);
      assert.doesNotMatch(printed, /hushed/);
      await assert.rejects(up(stack, { policyPacks }), EngineError);
      assert.deepEqual(await read(), before);
      await run().configure(stack, `engine-test-index:${key}`, usual);
      await expectNoChanges(stack, { policyPacks });
    });
  }

  it('goes with its stack when it is disposable', async () => {
    await destroy(stack);
    await assert.rejects(client.send(new GetIndexCommand({ indexArn })), { name: 'NotFoundException' });
  });
});
