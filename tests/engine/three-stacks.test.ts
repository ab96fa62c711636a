// Bootstrap, storage and service together: what `npm start` deploys, checked from outside.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { parseBootstrapOutputs } from '../../contract/outputs/bootstrap';
import { parseServiceOutputs } from '../../contract/outputs/service';
import type { StorageOutputs } from '../../contract/outputs/storage';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { EPISODES_SHAPE } from '../../contract/index-shape';
import { EngineError } from '../../local/engine/engine-error';
import { destroy, expectNoChanges, stackOutputs, up } from '../../local/engine/stack';
import { ENGINE_TIMEOUT, POLICY_PACK, useLocalRun } from './support/local-run';

const policyPacks = [POLICY_PACK];

describe('the three stacks on the engine', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  const bootstrap = () => run().stack('stacks/bootstrap');
  const storage = () => run().stack('.');
  const service = () => run().stack('stacks/service');

  it('refuse a wrong configuration with every fault at once, before anything is made', async () => {
    const wrong = { ...storage(), configFile: `${storage().configFile}.wrong.yaml` };
    const right = readFileSync(storage().configFile, 'utf8');
    const faults = ['project: Acme', 'encrypton: aws:kms', 'expireAfterDays: 0'];
    writeFileSync(
      wrong.configFile,
      right.replace(
        / {2}s3-vectors:project: .*\n/,
        faults.map((fault) => `  s3-vectors:${fault}\n`).join(''),
      ),
    );
    await assert.rejects(up(wrong, { policyPacks }), (error) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.printed, /"project".*"Acme"/);
      assert.match(error.printed, /"encrypton" is not known/);
      assert.match(error.printed, /"expireAfterDays" must be a whole number/);
      return true;
    });
  });

  it('name a stack that the service needs and that is missing', async () => {
    await assert.rejects(up(service(), { policyPacks }), /s3-vectors-bootstrap\/local|s3-vectors\/local/);
  });

  it('come up with the policy pack enforced, and a second preview finds nothing to change', async () => {
    for (const stack of [bootstrap(), storage(), service()]) {
      assert.ok(((await up(stack, { policyPacks }))['created'] ?? 0) > 0);
      await expectNoChanges(stack, { policyPacks });
    }
  });

  it('export what the contract promises', async () => {
    const { vectorBucketName, episodeIndex, embeddingBuckets }: StorageOutputs = parseStorageOutputs(
      await stackOutputs(storage()),
    );
    assert.match(vectorBucketName, /^[a-z0-9-]+-local-vector-[a-z0-9-]+$/);
    assert.deepEqual(episodeIndex, EPISODES_SHAPE);
    assert.ok(Object.keys(embeddingBuckets).length > 0);
    assert.match(
      parseBootstrapOutputs(await stackOutputs(bootstrap())).githubDeployerRoleArn ?? '',
      /role\//,
    );
    parseServiceOutputs(await stackOutputs(service()));
  });

  it('run a function that stores texts and finds them', async () => {
    const { functionName } = parseServiceOutputs(await stackOutputs(service()));
    const client = new LambdaClient(run().client('ministack'));
    const invoke = async (event: object) => {
      const { Payload } = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      return JSON.parse(Payload?.transformToString() ?? 'null') as Record<string, unknown>;
    };
    const documents = [
      { id: 'tides', text: 'The moon pulls the oceans and makes the tides.', metadata: { topic: 'nature' } },
      { id: 'bread', text: 'Sourdough bread rises slowly in a warm kitchen.', metadata: { topic: 'food' } },
      {
        id: 'retry',
        text: 'Failed requests are retried with exponential backoff.',
        metadata: { topic: 'code' },
      },
    ];
    assert.equal((await invoke({ op: 'store', documents }))['stored'], 3);
    const ids = (answer: Record<string, unknown>) =>
      (answer['results'] as { id: string }[]).map(({ id }) => id);
    assert.equal(
      ids(await invoke({ op: 'search', query: 'How are requests retried?', topK: 2 }))[0],
      'retry',
    );
    assert.deepEqual(
      ids(await invoke({ op: 'search', query: 'oceans', topK: 5, filter: { topic: 'food' } })),
      ['bread'],
    );
    const wrong = await invoke({ op: 'store' });
    assert.equal(wrong['ok'], false);
    assert.match(JSON.stringify(wrong), /"documents/);
    client.destroy();
  });

  it('go again in reverse order', async () => {
    for (const stack of [service(), storage(), bootstrap()]) {
      await destroy(stack);
      assert.deepEqual(await stackOutputs(stack), {});
    }
  });
});
