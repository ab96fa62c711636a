// The service with permissions enforced, against an identity service of the test's own: who may do what, which policy
// decides, and that nothing passes when nobody can be asked.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { CloudControl } from '@aws-sdk/client-cloudcontrol';
import type { GrantListEntry } from '@aws-sdk/client-kms';
import { S3Vectors } from '@aws-sdk/client-s3vectors';
import type { Statement } from '../../../../contract/iam/document';
import type { DecisionRecord } from '../../../../local/s3vectors/permissions/decision-log';
import { OptionError, startS3VectorsLocal, type S3VectorsLocal } from '../../../../local/s3vectors/server';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/test`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234`;
const float32 = [1, 0];

interface IdentityWorld {
  statements: Statement[];
  boundary?: Statement[] | undefined;
  sessionPolicy?: Statement[] | undefined;
  keyPolicy: Statement[];
  grants?: GrantListEntry[] | undefined;
  keyState: string;
  expired: boolean;
  /** What the service answers instead: nothing, or nonsense. */
  fault?: 'hangs up' | 'nonsense' | undefined;
  asked: number;
}

const text = (statements: readonly Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const xml = (operation: string, content: string) =>
  `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${content}</${operation}Result></${operation}Response>`;

function identityServer(world: IdentityWorld): Server {
  return createServer((request, response) => {
    world.asked += 1;
    if (world.fault === 'hangs up') {
      request.socket.destroy();
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (world.fault === 'nonsense') {
        response.end('<html>');
        return;
      }
      if (request.url?.startsWith('/_local/caller') === true) {
        const known = request.url.endsWith('=ASIAWORKER');
        const caller = {
          arn: SESSION,
          accountId: ACCOUNT,
          userId: 'AROAX:test',
          expired: world.expired,
          session: {
            policy: world.sessionPolicy === undefined ? null : text(world.sessionPolicy),
            policyArns: [],
            tags: {},
          },
        };
        response.end(JSON.stringify({ caller: known ? caller : null }));
        return;
      }
      const target = request.headers['x-amz-target'];
      if (typeof target === 'string') {
        const answers: Record<string, object> = {
          DescribeKey: {
            KeyMetadata: { KeyId: '1234', KeyState: world.keyState, KeyUsage: 'ENCRYPT_DECRYPT' },
          },
          GetKeyPolicy: { Policy: text(world.keyPolicy) },
          ListGrants: { Grants: world.grants ?? [], Truncated: false },
        };
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify(answers[target.split('.')[1] ?? ''] ?? {}));
        return;
      }
      const parameters = new URLSearchParams(body);
      const operation = parameters.get('Action') ?? '';
      const boundary =
        world.boundary === undefined
          ? ''
          : '<PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/b</PermissionsBoundaryArn></PermissionsBoundary>';
      const contents: Record<string, string> = {
        GetRole: `<Role><RoleName>worker</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role/team/worker</Arn>${boundary}<Tags><member><Key>team</Key><Value>red</Value></member></Tags></Role>`,
        ListAttachedRolePolicies: '<AttachedPolicies></AttachedPolicies><IsTruncated>false</IsTruncated>',
        ListRolePolicies: '<PolicyNames><member>own</member></PolicyNames><IsTruncated>false</IsTruncated>',
        GetRolePolicy: `<PolicyDocument>${encodeURIComponent(text(world.statements))}</PolicyDocument>`,
        GetPolicy: '<Policy><DefaultVersionId>v1</DefaultVersionId></Policy>',
        GetPolicyVersion: `<PolicyVersion><Document>${encodeURIComponent(text(world.boundary ?? []))}</Document></PolicyVersion>`,
      };
      response.end(xml(operation, contents[operation] ?? ''));
    });
  });
}

describe('S3 Vectors Local with permissions enforced', () => {
  const everything: Statement = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' };
  const world: IdentityWorld = {
    statements: [],
    keyPolicy: [],
    keyState: 'Enabled',
    expired: false,
    asked: 0,
  };
  const logged: string[] = [];
  let identity: Server;
  let server: S3VectorsLocal;
  let dataDir: string;
  let root: S3Vectors;
  let worker: S3Vectors;
  const clients: { destroy(): void }[] = [];
  let clock = Date.now();

  const options = (accessKeyId: string) => ({
    region: REGION,
    endpoint: server.url,
    credentials: { accessKeyId, secretAccessKey: 'very-secret' },
    maxAttempts: 1,
  });
  const vectors = (accessKeyId: string) => {
    const client = new S3Vectors(options(accessKeyId));
    clients.push(client);
    return client;
  };
  const decisions = async (query = ''): Promise<DecisionRecord[]> => {
    const response = await fetch(`${server.url}/_local/decisions?${query}`);
    return ((await response.json()) as { decisions: DecisionRecord[] }).decisions;
  };
  /** Sets the world, and lets what the service remembers of the old one grow old. */
  const given = async (change: Partial<IdentityWorld>) => {
    Object.assign(world, { statements: [], boundary: undefined, sessionPolicy: undefined, fault: undefined });
    Object.assign(world, { keyPolicy: [], grants: undefined, keyState: 'Enabled', expired: false }, change);
    await fetch(`${server.url}/_local/decisions/forget`, { method: 'POST' });
  };
  const refused = async (call: Promise<unknown>, name: string, message: string | RegExp) => {
    await assert.rejects(call, (error: Error) => {
      assert.equal(error.name, name, error.message);
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
  };

  before(async () => {
    identity = identityServer(world);
    await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
    dataDir = mkdtempSync(path.join(tmpdir(), 's3-vectors-iam-'));
    server = await startS3VectorsLocal({
      port: 0,
      dataDir,
      region: REGION,
      accountId: ACCOUNT,
      iam: 'enforce',
      identityEndpoint: `http://127.0.0.1:${(identity.address() as AddressInfo).port}`,
      log: (line) => logged.push(line),
      now: () => clock,
    });
    root = vectors('local');
    worker = vectors('ASIAWORKER');
    await root.createVectorBucket({ vectorBucketName: 'red-bucket', tags: { team: 'red' } });
    await root.createIndex({
      vectorBucketName: 'red-bucket',
      indexName: 'notes',
      dataType: 'float32',
      dimension: 2,
      distanceMetric: 'cosine',
    });
  });
  after(async () => {
    clients.forEach((client) => client.destroy());
    await server.close();
    await new Promise((resolve) => identity.close(resolve));
    rmSync(dataDir, { recursive: true, force: true });
  });
  beforeEach(() => void (clock += 1));

  const bucket = `arn:aws:s3vectors:${REGION}:${ACCOUNT}:bucket/red-bucket`;
  const index = { vectorBucketName: 'red-bucket', indexName: 'notes' };
  const query = { ...index, topK: 1, queryVector: { float32 } };
  const user = `User: ${SESSION} is not authorized to perform:`;

  it('lets any key that nobody issued do what the account root may', async () => {
    await given({});
    assert.equal((await root.getIndex(index)).index?.indexName, 'notes');
  });

  it('refuses what no policy allows, with principal, action and resource', async () => {
    await given({});
    await refused(
      worker.queryVectors(query),
      'AccessDeniedException',
      `${user} s3vectors:QueryVectors on resource: ${bucket}/index/notes because no identity-based policy allows the s3vectors:QueryVectors action`,
    );
  });

  it('refuses what a policy denies, and says that it was a deny', async () => {
    const deny: Statement = { Sid: 'No', Effect: 'Deny', Action: 's3vectors:QueryVectors', Resource: '*' };
    await given({ statements: [everything, deny] });
    await refused(
      worker.queryVectors(query),
      'AccessDeniedException',
      /with an explicit deny in an identity-based policy$/,
    );
    const [decision] = await decisions('denied=true&last=1');
    assert.deepEqual(decision?.decidedBy, {
      policy: 'inline policy own of role worker',
      statement: 1,
      sid: 'No',
    });
  });

  it('asks for GetVectors when a query filters', async () => {
    await given({ statements: [{ Effect: 'Allow', Action: 's3vectors:QueryVectors', Resource: '*' }] });
    await worker.queryVectors(query);
    await refused(
      worker.queryVectors({ ...query, filter: { a: 1 } }),
      'AccessDeniedException',
      /s3vectors:GetVectors on/,
    );
  });

  it('holds sessions to the boundary of their role and to their own policy', async () => {
    const reads: Statement = { Effect: 'Allow', Action: 's3vectors:Get*', Resource: '*' };
    await given({ statements: [everything], boundary: [reads] });
    await worker.getIndex(index);
    await refused(
      worker.queryVectors(query),
      'AccessDeniedException',
      /because no permissions boundary allows/,
    );
    await given({ statements: [everything], sessionPolicy: [reads] });
    await worker.getIndex(index);
    await refused(worker.queryVectors(query), 'AccessDeniedException', /because no session policy allows/);
  });

  it('knows the tags of resource, bucket, principal and request', async () => {
    const when = (Condition: Statement['Condition']): Statement => ({
      ...everything,
      Condition: Condition ?? {},
    });
    await given({
      statements: [when({ StringEquals: { 's3vectors:VectorBucketTag/team': '${aws:PrincipalTag/team}' } })],
    });
    await worker.getIndex(index);
    await given({ statements: [when({ StringEquals: { 'aws:ResourceTag/team': 'blue' } })] });
    await refused(
      worker.getVectorBucket({ vectorBucketName: 'red-bucket' }),
      'AccessDeniedException',
      /GetVectorBucket/,
    );
    await given({ statements: [when({ StringEquals: { 's3vectors:sseType': 'aws:kms' } })] });
    await refused(
      worker.createVectorBucket({ vectorBucketName: 'plain-bucket' }),
      'AccessDeniedException',
      /CreateVectorBucket/,
    );
  });

  it('lets a bucket policy allow by itself, and deny even the root', async () => {
    await given({});
    const policy = (Effect: 'Allow' | 'Deny', principal: string) =>
      text([
        {
          Sid: 'P',
          Effect,
          Principal: { AWS: principal },
          Action: 's3vectors:GetIndex',
          Resource: `${bucket}/*`,
        },
      ]);
    await root.putVectorBucketPolicy({
      vectorBucketName: 'red-bucket',
      policy: policy('Allow', `arn:aws:iam::${ACCOUNT}:role/team/worker`),
    });
    await worker.getIndex(index);
    await root.putVectorBucketPolicy({ vectorBucketName: 'red-bucket', policy: policy('Deny', ROOT) });
    await refused(
      root.getIndex(index),
      'AccessDeniedException',
      /with an explicit deny in a resource-based policy$/,
    );
    await root.deleteVectorBucketPolicy({ vectorBucketName: 'red-bucket' });
  });

  it('asks the key of an encrypted bucket, for the caller and for the indexing of the service', async () => {
    const encrypted = {
      vectorBucketName: 'kms-bucket',
      encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY },
    } as const;
    const use: Statement = {
      Sid: 'Use',
      Effect: 'Allow',
      Principal: { AWS: ROOT },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringEquals: { 'kms:ViaService': `s3vectors.${REGION}.amazonaws.com` } },
    };
    const indexing: Statement = {
      Effect: 'Allow',
      Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
    };
    await given({ statements: [everything] });
    await refused(
      worker.createVectorBucket(encrypted),
      'AccessDeniedException',
      /kms:GenerateDataKey on resource/,
    );
    await given({ statements: [everything], keyPolicy: [use] });
    await refused(
      worker.createVectorBucket(encrypted),
      'AccessDeniedException',
      'Insufficient access to perform asynchronous indexing',
    );
    await given({ statements: [everything], keyPolicy: [use, indexing], keyState: 'Disabled' });
    await refused(worker.createVectorBucket(encrypted), 'KmsDisabledException', /disabled/);
    await given({ statements: [everything], keyPolicy: [use, indexing] });
    await worker.createVectorBucket(encrypted);
    await given({
      statements: [{ Effect: 'Allow', Action: 's3vectors:*', Resource: '*' }],
      keyPolicy: [use, indexing],
    });
    await worker.getVectorBucket({ vectorBucketName: 'kms-bucket' });
    await refused(
      worker.createIndex({
        vectorBucketName: 'kms-bucket',
        indexName: 'encrypted',
        dataType: 'float32',
        dimension: 2,
        distanceMetric: 'cosine',
      }),
      'AccessDeniedException',
      /kms:GenerateDataKey .* because no identity-based policy allows/,
    );
  });

  it('takes a grant on the key for the operations, principal and encryption context that it names', async () => {
    const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/worker`;
    const grant: GrantListEntry = {
      GrantId: 'g-1',
      GranteePrincipal: ROLE,
      Operations: ['Decrypt', 'GenerateDataKey'],
    };
    const arn = (bucket: string) => `arn:aws:s3vectors:${REGION}:${ACCOUNT}:bucket/${bucket}`;
    const indexing: Statement = {
      Effect: 'Allow',
      Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
    };
    const statements: Statement[] = [{ Effect: 'Allow', Action: 's3vectors:*', Resource: '*' }];
    const create = async (bucket: string, grants: GrantListEntry[]) => {
      await given({ statements, keyPolicy: [indexing], grants });
      await worker.createVectorBucket({
        vectorBucketName: bucket,
        encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY },
      });
    };
    const insufficient: GrantListEntry[][] = [
      [],
      [{ ...grant, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:role/other` }],
      [{ ...grant, Operations: ['DescribeKey'] }],
      [{ ...grant, Operations: [] }],
      [{ ...grant, Constraints: { EncryptionContextSubset: { 'aws:s3vectors:arn': arn('another') } } }],
      // Equals means the whole context, and the service sends two keys.
      [{ ...grant, Constraints: { EncryptionContextEquals: { 'aws:s3vectors:arn': arn('granted-0') } } }],
    ];
    for (const grants of insufficient) {
      await refused(create('granted-0', grants), 'AccessDeniedException', /kms:GenerateDataKey on resource/);
    }
    await create('granted-0', [grant]);
    const context = (bucket: string) => ({
      'aws:s3vectors:arn': arn(bucket),
      'aws:s3vectors:resource-id': arn(bucket),
    });
    await create('granted-1', [
      { ...grant, Constraints: { EncryptionContextSubset: { 'aws:s3vectors:arn': arn('granted-1') } } },
    ]);
    await create('granted-2', [{ ...grant, Constraints: { EncryptionContextEquals: context('granted-2') } }]);
  });

  it('asks for the action of Cloud Control and for those of S3 Vectors behind it', async () => {
    const control = new CloudControl(options('ASIAWORKER'));
    clients.push(control);
    const creation = {
      TypeName: 'AWS::S3Vectors::VectorBucket',
      DesiredState: JSON.stringify({ VectorBucketName: 'control-bucket' }),
    };
    await given({});
    await refused(
      control.createResource(creation),
      'AccessDeniedException',
      `${user} cloudformation:CreateResource because no identity-based policy allows the cloudformation:CreateResource action`,
    );
    await given({ statements: [{ Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' }] });
    const { ProgressEvent } = await control.createResource(creation);
    assert.equal(ProgressEvent?.ErrorCode, 'AccessDenied');
    assert.match(ProgressEvent.StatusMessage ?? '', /s3vectors:CreateVectorBucket/);
    await refused(
      control.listResources({ TypeName: creation.TypeName }),
      'AccessDeniedException',
      /s3vectors:ListVectorBuckets/,
    );
  });

  it('asks for bedrock:InvokeModel on the model', async () => {
    const bedrock = new BedrockRuntimeClient(options('ASIAWORKER'));
    clients.push(bedrock);
    const invoke = (modelId: string) =>
      bedrock.send(new InvokeModelCommand({ modelId, body: JSON.stringify({ inputText: 'tides' }) }));
    const model = 'amazon.titan-embed-text-v2:0';
    const resource = `arn:aws:bedrock:${REGION}::foundation-model/${model}`;
    await given({ statements: [{ Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: resource }] });
    await invoke(model);
    await refused(
      invoke('amazon.titan-embed-text-v1'),
      'AccessDeniedException',
      /bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model\/amazon\.titan-embed-text-v1 /,
    );
  });

  it('refuses who did not sign, whose key is unknown, and whose session is over', async () => {
    await given({ statements: [everything] });
    const unsigned = await fetch(`${server.url}/ListVectorBuckets`, { method: 'POST', body: '{}' });
    assert.equal(unsigned.status, 403);
    assert.equal(unsigned.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
    await refused(
      vectors('ASIAFORGOTTENSESSION').listVectorBuckets({}),
      'UnrecognizedClientException',
      /invalid/,
    );
    await given({ statements: [everything], expired: true });
    await refused(worker.listVectorBuckets({}), 'ExpiredTokenException', /expired/);
  });

  for (const fault of ['hangs up', 'nonsense'] as const) {
    it(`lets nobody through when the identity service ${fault === 'nonsense' ? 'answers nonsense' : fault}`, async () => {
      await given({ statements: [everything], fault });
      logged.length = 0;
      await refused(
        worker.getIndex(index),
        'ServiceUnavailableException',
        /cannot find out what the caller may do/,
      );
      assert.ok(
        logged.some((line) => /identity service http:\/\/127\.0\.0\.1:\d+/.test(line)),
        logged.join('\n'),
      );
      const [decision] = await decisions('last=1');
      assert.equal(decision?.outcome, 'refused');
      await given({ statements: [everything] });
      await worker.getIndex(index);
    });
  }

  it('asks the identity service once for many requests, and sees a change when that is forgotten', async () => {
    await given({ statements: [everything] });
    await worker.getIndex(index);
    const asked = world.asked;
    for (let at = 0; at < 5; at++) await worker.getIndex(index);
    assert.ok(world.asked - asked <= 8, `${world.asked - asked} questions for five requests`);
    await given({});
    await refused(worker.getIndex(index), 'AccessDeniedException', /GetIndex/);
  });

  it('tells by request id why, and keeps no credentials', async () => {
    await given({ statements: [{ ...everything, Sid: 'Mine' }] });
    const { $metadata } = await worker.getIndex(index);
    const [decision, ...others] = await decisions(`request-id=${$metadata.requestId ?? ''}`);
    assert.deepEqual(others, []);
    assert.equal(decision?.outcome, 'allowed');
    assert.equal(decision.principal, SESSION);
    assert.equal(decision.resource, `${bucket}/index/notes`);
    assert.equal(decision.decidedBy?.sid, 'Mine');
    const all = JSON.stringify(await decisions()) + logged.join('\n');
    assert.doesNotMatch(all, /ASIAWORKER|very-secret/);
  });

  it('refuses to start where nobody could be asked', async () => {
    const start = (change: object) =>
      startS3VectorsLocal({
        port: 0,
        dataDir,
        region: REGION,
        accountId: ACCOUNT,
        iam: 'enforce',
        ...change,
      });
    const needs = (message: RegExp) => (error: unknown) =>
      error instanceof OptionError && message.test(error.message);
    await assert.rejects(start({}), needs(/--iam enforce needs --identity-endpoint.*ministack/));
    for (const identityEndpoint of ['https://sts.amazonaws.com', 'http://10.0.0.1:4566', 'nonsense']) {
      await assert.rejects(start({ identityEndpoint }), needs(/no http URL of this machine/));
    }
    await assert.rejects(
      start({ iam: 'off', identityEndpoint: 'http://127.0.0.1:4566' }),
      needs(/is for --iam enforce/),
    );
  });
});
