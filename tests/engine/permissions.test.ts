// The two layers, run and not read: the deployer role deploys and sees no data, the service role works with data and
// administers nothing. Both call with session keys of their roles, and S3 Vectors Local judges what they do. What goes to
// ministack, which lets everybody do everything, is written down and judged by the same evaluator.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CloudControl } from '@aws-sdk/client-cloudcontrol';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Vectors } from '@aws-sdk/client-s3vectors';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { keyPolicyDocument } from '../../contract/iam/documents/key-policy';
import { evaluate } from '../../contract/iam/evaluator/evaluate';
import { deployerRoleName } from '../../contract/names';
import { parseBootstrapOutputs } from '../../contract/outputs/bootstrap';
import { parseServiceOutputs } from '../../contract/outputs/service';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { destroy, stackOutputs, up } from '../../local/engine/stack';
import type { StackOptions } from '../../local/engine/stack';
import { RECORDING_VARIABLE, type RecordedCall } from '../../local/providers/plugin/call-recording';
import type { DecisionRecord } from '../../local/s3vectors/permissions/decision-log';
import { IdentityService } from '../../local/s3vectors/permissions/identity-service';
import type { Principal } from '../../local/s3vectors/permissions/principal';
import { principalOf } from '../../local/s3vectors/permissions/principal-policies';
import { permissionsOf, type Surroundings } from '../support/permissions-of-call';
import { ENGINE_TIMEOUT, POLICY_PACK, useLocalRun } from './support/local-run';

interface Session {
  readonly arn: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

const EXPLICIT = /is not authorized to perform: .* with an explicit deny in an identity-based policy/;
const NOT_ALLOWED = /is not authorized to perform: .* because no identity-based policy allows the/;
const float32 = Array.from({ length: 3072 }, (_, at) => (at === 0 ? 1 : 0));

describe('the two layers, run on the local cloud', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();
  const bootstrap = () => run().stack('stacks/bootstrap');
  const storage = () => run().stack('.');
  const service = () => run().stack('stacks/service');
  const recording = () => path.join(run().paths.local, 'calls.jsonl');
  let deployer: Session;
  let serviceRole: Session;
  let vectorBucketName: string;
  let indexName: string;
  const opened: { destroy(): void }[] = [];
  after(() => opened.forEach((client) => client.destroy()));

  async function assume(roleArn: string): Promise<Session> {
    const sts = new STSClient(run().client('ministack'));
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'test' }),
    );
    sts.destroy();
    return {
      arn: AssumedRoleUser?.Arn ?? '',
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    };
  }

  function vectorsOf({ credentials }: Session): S3Vectors {
    const client = new S3Vectors({ ...run().client('s3vectors'), credentials, maxAttempts: 1 });
    opened.push(client);
    return client;
  }

  function cloudControlOf({ credentials }: Session): CloudControl {
    const client = new CloudControl({ ...run().client('s3vectors'), credentials, maxAttempts: 1 });
    opened.push(client);
    return client;
  }

  async function denied(call: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(call, (error: Error) => {
      assert.equal(error.name, 'AccessDeniedException', error.message);
      assert.match(error.message, message);
      return true;
    });
  }

  /** The stack as the deployer runs it: with its session's keys and nobody else's, its calls written down. */
  async function asDeployer(
    stack: StackOptions & { readonly configFile: string },
    providers: readonly string[],
  ): Promise<StackOptions & { readonly configFile: string }> {
    // The key id alone tells the local services who calls; neither checks a signature.
    const { accessKeyId } = deployer.credentials;
    for (const provider of providers) await run().configure(stack, `${provider}:accessKey`, accessKeyId);
    return { ...stack, environment: { ...run().environment, [RECORDING_VARIABLE]: recording() } };
  }

  const calls = (): RecordedCall[] =>
    readFileSync(recording(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedCall);

  async function decisions(query: string): Promise<DecisionRecord[]> {
    const response = await fetch(`${run().cloud.services.s3vectors.url}/_local/decisions?${query}`);
    return ((await response.json()) as { decisions: DecisionRecord[] }).decisions;
  }

  before(async function () {
    this.timeout(ENGINE_TIMEOUT);
    await up(bootstrap(), { policyPacks: [POLICY_PACK] });
    const { githubDeployerRoleArn } = parseBootstrapOutputs(await stackOutputs(bootstrap()));
    assert.ok(githubDeployerRoleArn !== undefined);
    assert.ok(githubDeployerRoleArn.endsWith(`/${deployerRoleName('acme')}`));
    deployer = await assume(githubDeployerRoleArn);
    writeFileSync(recording(), '');
    for (const stack of [storage(), service()]) await run().pulumi(stack, 'stack', 'init');
    // With a key of its own, so that keys are among what is deployed.
    await run().configure(storage(), 's3-vectors:encryption', 'aws:kms');
    await up(await asDeployer(storage(), ['aws', 'aws-native']), { policyPacks: [POLICY_PACK] });
    await up(await asDeployer(service(), ['aws']), { policyPacks: [POLICY_PACK] });
    const outputs = parseStorageOutputs(await stackOutputs(storage()));
    vectorBucketName = outputs.vectorBucketName;
    indexName = outputs.episodeIndexName;
    serviceRole = await assume(parseServiceOutputs(await stackOutputs(service())).roleArn);
  });

  it('storage and service were deployed in the name of the deployer, and of nobody else', async () => {
    const principals = new Set((await decisions('last=2000')).map(({ principal }) => principal));
    assert.ok(principals.has(deployer.arn));
    const root = `arn:aws:iam::${run().cloud.accountId}:root`;
    const asRoot = (await decisions('last=2000')).filter(({ principal }) => principal === root);
    assert.deepEqual(asRoot, []);
    assert.ok(calls().some(({ operation }) => operation === 'CreateFunction'));
    assert.ok(calls().some(({ operation }) => operation === 'CreateKey'));
  });

  describe('the deployer role', () => {
    const named = 'acme-local-vector-trial';

    it('creates, reads and deletes vector buckets and indexes of the project', async () => {
      const vectors = vectorsOf(deployer);
      await vectors.createVectorBucket({ vectorBucketName: named, tags: { Project: 'acme' } });
      const index = { vectorBucketName: named, indexName: 'trial' };
      await vectors.createIndex({ ...index, dataType: 'float32', dimension: 2, distanceMetric: 'cosine' });
      assert.equal((await vectors.getIndex(index)).index?.dimension, 2);
      assert.equal((await vectors.listIndexes({ vectorBucketName: named })).indexes?.length, 1);
      await vectors.deleteIndex(index);
      await vectors.deleteVectorBucket({ vectorBucketName: named });
    });

    it('does so through Cloud Control too', async () => {
      const control = cloudControlOf(deployer);
      const TypeName = 'AWS::S3Vectors::VectorBucket';
      const created = await control.createResource({
        TypeName,
        DesiredState: JSON.stringify({ VectorBucketName: named }),
      });
      const Identifier = created.ProgressEvent?.Identifier ?? '';
      assert.equal(created.ProgressEvent?.OperationStatus, 'SUCCESS', created.ProgressEvent?.StatusMessage);
      assert.ok((await control.getResource({ TypeName, Identifier })).ResourceDescription);
      const deleted = await control.deleteResource({ TypeName, Identifier });
      assert.equal(deleted.ProgressEvent?.OperationStatus, 'SUCCESS');
    });

    it('is refused every operation on data, by an explicit deny', async () => {
      const vectors = vectorsOf(deployer);
      const index = { vectorBucketName, indexName };
      const putting = { ...index, vectors: [{ key: 'a', data: { float32 } }] };
      await denied(vectors.putVectors(putting), EXPLICIT);
      await denied(vectors.getVectors({ ...index, keys: ['a'] }), EXPLICIT);
      await denied(vectors.listVectors(index), EXPLICIT);
      await denied(vectors.queryVectors({ ...index, topK: 1, queryVector: { float32 } }), EXPLICIT);
      await denied(vectors.deleteVectors({ ...index, keys: ['a'] }), EXPLICIT);
    });

    it('is refused everything outside the names of the project', async () => {
      const vectors = vectorsOf(deployer);
      await denied(vectors.createVectorBucket({ vectorBucketName: 'other-local-vector-x' }), NOT_ALLOWED);
      await denied(vectors.getVectorBucket({ vectorBucketName: 'other-local-vector-x' }), NOT_ALLOWED);
      await denied(vectors.deleteVectorBucket({ vectorBucketName: 'other-local-vector-x' }), NOT_ALLOWED);
      const { ProgressEvent } = await cloudControlOf(deployer).createResource({
        TypeName: 'AWS::S3Vectors::VectorBucket',
        DesiredState: JSON.stringify({ VectorBucketName: 'other-local-vector-x' }),
      });
      assert.equal(ProgressEvent?.OperationStatus, 'FAILED');
      assert.equal(ProgressEvent.ErrorCode, 'AccessDenied');
      assert.match(ProgressEvent.StatusMessage ?? '', NOT_ALLOWED);
    });
  });

  describe('the service role', () => {
    it('puts, queries, gets, lists and deletes vectors', async () => {
      const vectors = vectorsOf(serviceRole);
      const index = { vectorBucketName, indexName };
      const metadata = { topic: 'a' };
      await vectors.putVectors({ ...index, vectors: [{ key: 'a', data: { float32 }, metadata }] });
      const found = await vectors.queryVectors({
        ...index,
        topK: 1,
        queryVector: { float32 },
        filter: metadata,
        returnMetadata: true,
      });
      assert.deepEqual(
        found.vectors?.map(({ key }) => key),
        ['a'],
      );
      assert.equal((await vectors.getVectors({ ...index, keys: ['a'] })).vectors?.length, 1);
      assert.equal((await vectors.listVectors({ ...index, returnData: true })).vectors?.length, 1);
      await vectors.deleteVectors({ ...index, keys: ['a'] });
    });

    it('is refused every administration', async () => {
      const vectors = vectorsOf(serviceRole);
      const made = { vectorBucketName, indexName: 'another' };
      const shape = { dataType: 'float32', dimension: 2, distanceMetric: 'cosine' } as const;
      await denied(vectors.createVectorBucket({ vectorBucketName: 'acme-local-vector-y' }), EXPLICIT);
      await denied(vectors.createIndex({ ...made, ...shape }), EXPLICIT);
      await denied(vectors.deleteIndex({ vectorBucketName, indexName }), EXPLICIT);
      await denied(vectors.deleteVectorBucket({ vectorBucketName }), EXPLICIT);
      await denied(vectors.putVectorBucketPolicy({ vectorBucketName, policy: '{"Statement":[]}' }), EXPLICIT);
      await denied(
        cloudControlOf(serviceRole).createResource({
          TypeName: 'AWS::S3Vectors::VectorBucket',
          DesiredState: '{}',
        }),
        NOT_ALLOWED,
      );
    });

    it('is what the function runs as', async () => {
      const { functionName, roleArn } = parseServiceOutputs(await stackOutputs(service()));
      const lambda = new LambdaClient(run().client('ministack'));
      opened.push(lambda);
      const documents = [{ id: 'one', text: 'The moon makes the tides.' }];
      const { Payload } = await lambda.send(
        new InvokeCommand({
          FunctionName: functionName,
          Payload: Buffer.from(JSON.stringify({ op: 'store', documents })),
        }),
      );
      const answer = JSON.parse(Payload?.transformToString() ?? 'null') as Record<string, unknown>;
      assert.equal(answer['stored'], 1, JSON.stringify(answer));
      const name = roleArn.split('/').at(-1) ?? '';
      const session = `arn:aws:sts::${run().cloud.accountId}:assumed-role/${name}/${functionName}`;
      const own = (await decisions('last=50')).filter(({ principal }) => principal === session);
      assert.deepEqual(
        [...new Set(own.map(({ action }) => action))].filter((action) => /Put|Invoke/.test(action)).sort(),
        ['bedrock:InvokeModel', 's3vectors:PutVectors'],
      );
    });
  });

  // Last: it ends what the others look at.
  describe('the deployment of storage and service', () => {
    it('makes no call, its refresh and its end included, that the deployer may not make', async () => {
      const { place, ...judged } = await surroundings();
      // Read before the end: the refresh reads, the destruction deletes.
      await up(await asDeployer(storage(), []), { policyPacks: [], refresh: true });
      await destroy(await asDeployer(service(), []));
      await destroy(await asDeployer(storage(), []));

      const missing = new Set<string>();
      for (const call of calls()) {
        for (const needed of permissionsOf(call, { place, ...judged.around })) {
          const { action, resource, context, resourcePolicies } = needed;
          const decision = evaluate(
            { caller: judged.principal.caller, action, resource, context },
            { ...judged.principal.policies, resource: resourcePolicies },
          );
          if (decision.outcome !== 'allowed') missing.add(`${action} on ${resource}: ${decision.why}`);
        }
      }
      assert.deepEqual([...missing], []);
      assert.ok(calls().length > 60, `only ${calls().length} calls were recorded`);
      assert.ok(calls().some(({ operation }) => operation === 'ScheduleKeyDeletion'));
    });
  });

  async function surroundings(): Promise<{
    readonly place: Surroundings['place'];
    readonly principal: Principal;
    readonly around: Omit<Surroundings, 'place'>;
  }> {
    const { accountId, region } = run().cloud;
    const place = { partition: 'aws', region, accountId };
    const identityService = new IdentityService(run().cloud.services.ministack.url, region);
    opened.push({ destroy: () => identityService.close() });
    const principal = await principalOf(identityService, { arn: deployer.arn, accountId, userId: 'test' });
    const created = calls().filter(({ operation }) => operation === 'CreateRole');
    const boundaries = new Map(
      created.map(({ input }) => [input['RoleName'], input['PermissionsBoundary'] as string | undefined]),
    );
    const made = calls().filter(({ operation }) => operation === 'CreateKey');
    assert.equal(made.length, 1, 'one key is made');
    const tags = Object.fromEntries(
      ((made[0]?.input['Tags'] ?? []) as { TagKey: string; TagValue: string }[]).map((tag) => [
        tag.TagKey,
        tag.TagValue,
      ]),
    );
    const { encryptionKeyArn = '' } = parseStorageOutputs(await stackOutputs(storage()));
    const kms = new KMSClient(run().client('ministack'));
    opened.push(kms);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: encryptionKeyArn }));
    const policy = { name: 'the key policy', document: keyPolicyDocument(place) };
    return {
      place,
      principal,
      around: {
        boundaryOf: (role) => boundaries.get(role),
        key: (keyId) => {
          assert.ok(
            [KeyMetadata?.KeyId, encryptionKeyArn].includes(keyId),
            `${keyId} is not the stack's key`,
          );
          return { arn: encryptionKeyArn, tags, policy };
        },
      },
    };
  }
});
