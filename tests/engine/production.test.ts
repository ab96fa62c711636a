// The storage stack as production has it: a key of its own, everything protected.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { GetVectorBucketCommand, S3VectorsClient } from '@aws-sdk/client-s3vectors';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { EngineError } from '../../local/engine/engine-error';
import { destroy, expectNoChanges, stackOutputs, up } from '../../local/engine/stack';
import { ENGINE_TIMEOUT, POLICY_PACK, ROOT, useLocalRun } from './support/local-run';

const policyPacks = [POLICY_PACK];

describe('the storage stack of production on the engine', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  const stack = () => run().stack('.');
  const vectorBucket = async () => {
    const { vectorBucketName } = parseStorageOutputs(await stackOutputs(stack()));
    const client = new S3VectorsClient(run().client('s3vectors'));
    const answer = await client.send(new GetVectorBucketCommand({ vectorBucketName }));
    client.destroy();
    return answer.vectorBucket;
  };

  it('comes up under the policy pack, encrypted with a key of its own', async () => {
    const { configFile } = stack();
    copyFileSync(path.join(ROOT, 'Pulumi.prod.yaml'), configFile);
    await up(stack(), { policyPacks });
    await expectNoChanges(stack(), { policyPacks });
    const { encryptionKeyArn, vectorBucketName } = parseStorageOutputs(await stackOutputs(stack()));
    assert.match(vectorBucketName, /^acme-prod-vector-/);
    assert.deepEqual((await vectorBucket())?.encryptionConfiguration, {
      sseType: 'aws:kms',
      kmsKeyArn: encryptionKeyArn,
    });
  });

  it('refuses to be destroyed, and loses nothing', async () => {
    await assert.rejects(
      destroy(stack()),
      (error) => error instanceof EngineError && /protect/.test(error.printed),
    );
    assert.ok(await vectorBucket());
  });

  it('goes once it is declared disposable', async () => {
    await run().configure(stack(), 's3-vectors:disposable', 'true');
    // Production may not be disposable: the policy pack says so, and only without it can this be deployed.
    await assert.rejects(
      up(stack(), { policyPacks }),
      (error) => error instanceof EngineError && /data-protected/.test(error.printed),
    );
    await up(stack(), { policyPacks: [] });
    await destroy(stack());
    assert.deepEqual(await stackOutputs(stack()), {});
  });
});
