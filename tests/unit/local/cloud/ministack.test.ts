import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { BroughtUp } from '../../../../local/cloud';
import { bringDown, bringUp } from '../../../../local/cloud';
import { readProcessTable } from '../../../../local/cloud/process-table';
import { serviceDefinitions } from '../../../../local/cloud/service-definitions';
import { localPaths } from '../../../../local/paths';
import { ensureMinistack } from '../../../../local/toolchain';
import { silentProgress } from '../../../../local/progress';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

describe('ministack as the local cloud runs it', function () {
  // The first time it is installed into the user's cache, where `npm start` finds it again.
  this.timeout(180_000);
  let scratch: ScratchDirectory;
  let python: string;

  before(async () => {
    scratch = await scratchDirectory();
    ({ python } = await ensureMinistack({
      paths: localPaths(),
      report: silentProgress,
      environment: process.env,
      signal: undefined,
    }));
  });
  after(async () => {
    await bringDown({ paths: scratch.paths, graceMs: 5000 });
    await scratch.remove();
  });

  const up = async (): Promise<BroughtUp> => {
    // The person's cache, in which clouds that start at the same time agree on their ports: other tests start some.
    const paths = { ...scratch.paths, cache: localPaths().cache };
    const real = serviceDefinitions({ paths, python, inherited: process.env });
    // Only ministack is under test: in the place of S3 Vectors Local stands a server that is healthy.
    const healthy = `require('node:http').createServer((_, r) => r.end()).listen(Number(process.argv[1]), '127.0.0.1')
      ; process.on('SIGTERM', () => process.exit(0))`;
    return bringUp({
      paths,
      python,
      services: {
        ...real,
        s3vectors: {
          ...real.s3vectors,
          command: ({ ports }) => [process.execPath, '-e', healthy, String(ports.s3vectors)],
        },
      },
    });
  };
  const clients = ({ cloud }: BroughtUp) => {
    const configuration = {
      endpoint: cloud.services.ministack.url,
      region: cloud.region,
      credentials: { accessKeyId: cloud.accountId, secretAccessKey: 'local' },
    };
    return {
      s3: new S3Client({ ...configuration, forcePathStyle: true }),
      iam: new IAMClient(configuration),
      lambda: new LambdaClient(configuration),
      sts: new STSClient(configuration),
    };
  };
  const invoke = async (lambda: LambdaClient): Promise<Record<string, string>> => {
    const { Payload: payload, FunctionError: fault } = await lambda.send(
      new InvokeCommand({ FunctionName: 'f' }),
    );
    const text = Buffer.from(payload ?? []).toString();
    assert.equal(fault, undefined, text);
    return JSON.parse(text) as Record<string, string>;
  };

  it('keeps objects, roles and functions over a stop, holds functions on loopback, and leaves nothing running', async () => {
    const first = await up();
    let { s3, iam, lambda, sts } = clients(first);
    assert.equal((await sts.send(new GetCallerIdentityCommand())).Account, '000000000000');
    await s3.send(new CreateBucketCommand({ Bucket: 'my-bucket' }));
    await s3.send(new PutObjectCommand({ Bucket: 'my-bucket', Key: 'a', Body: 'hello' }));
    await iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }));
    const handler = `exports.handler = async () => ({
      out: await fetch('https://s3.us-east-1.amazonaws.com').then(() => 'went out', (e) => e.cause.code),
      vectors: process.env.AWS_ENDPOINT_URL_S3VECTORS, bedrock: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
      home: process.env.HOME, executable: process.execPath, key: process.env.AWS_ACCESS_KEY_ID.slice(0, 4) });`;
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'f',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/r',
        Timeout: 20,
        Code: { ZipFile: zip('index.js', handler) },
      }),
    );
    assert.deepEqual(await invoke(lambda), {
      out: 'ELOOPBACKONLY',
      vectors: first.cloud.services.s3vectors.url,
      bedrock: first.cloud.services.s3vectors.url,
      home: scratch.paths.home,
      executable: process.execPath,
      // A session of its role, and not the account's root.
      key: 'ASIA',
    });

    assert.deepEqual((await bringDown({ paths: scratch.paths })).killed, []);
    const left = (await readProcessTable()).filter(
      ({ pid, commandLine }) => pid !== process.pid && commandLine.includes(scratch.directory),
    );
    assert.deepEqual(left, []);

    const second = await up();
    assert.equal(second.recoveredFromCrash, false);
    ({ s3, iam, lambda, sts } = clients(second));
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'my-bucket', Key: 'a' }));
    assert.equal(await body?.transformToString(), 'hello');
    assert.equal((await iam.send(new GetRoleCommand({ RoleName: 'r' }))).Role?.RoleName, 'r');
    assert.equal((await invoke(lambda))['out'], 'ELOOPBACKONLY');
  });

  it('listens on loopback only, on its one port', async function () {
    if (process.platform !== 'linux') this.skip();
    const { cloud } = await up();
    const members = (await readProcessTable()).filter(({ group }) => group === cloud.services.ministack.pid);
    const sockets = new Set(members.flatMap(({ pid }) => socketsOf(pid)));
    const listening = ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === '0A' && sockets.has(`socket:[${fields[9] ?? ''}]`))
        .map((fields) => fields[1]),
    );
    const port = cloud.services.ministack.port.toString(16).toUpperCase().padStart(4, '0');
    assert.deepEqual(listening, [`0100007F:${port}`]);
  });

  it('tells whose an access key is, with what was passed to the session', async () => {
    const running = await up();
    const { iam, sts } = clients(running);
    const url = `${running.cloud.services.ministack.url}/_local/caller?access-key-id=`;
    const callerOf = async (key = '') => {
      const response = await fetch(`${url}${key}`);
      return ((await response.json()) as { caller: Record<string, unknown> | null }).caller;
    };
    await iam.send(new CreateRoleCommand({ RoleName: 'told', AssumeRolePolicyDocument: '{}' }));
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::000000000000:role/told',
        RoleSessionName: 'me',
        Policy,
        Tags: [{ Key: 'team', Value: 'red' }],
      }),
    );
    const { userId, ...session } = (await callerOf(Credentials?.AccessKeyId)) ?? {};
    assert.match(String(userId), /:me$/);
    assert.deepEqual(session, {
      arn: 'arn:aws:sts::000000000000:assumed-role/told/me',
      accountId: '000000000000',
      expired: false,
      session: { policy: Policy, policyArns: [], tags: { team: 'red' } },
    });

    await iam.send(new CreateUserCommand({ UserName: 'u' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'u' }));
    const key = AccessKey?.AccessKeyId;
    assert.equal((await callerOf(key))?.['arn'], 'arn:aws:iam::000000000000:user/u');
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'u', AccessKeyId: key, Status: 'Inactive' }));
    assert.equal(await callerOf(key), null);
    for (const unissued of ['', 'local', '000000000000', 'ASIAFORGOTTENSESSION']) {
      assert.equal(await callerOf(unissued), null, unissued);
    }
    assert.doesNotMatch(JSON.stringify(session), new RegExp(Credentials?.SecretAccessKey ?? 'no secret'));
  });

  it('refuses web pages and foreign host names, and serves programs', async () => {
    const { cloud } = await up();
    const { port } = cloud.services.ministack;
    const statusOf = async (headers: Record<string, string>, method = 'GET') =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/', method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    assert.notEqual(await statusOf({}), 403);
    assert.notEqual(await statusOf({ origin: `http://localhost:${port}` }), 403);
    assert.equal(await statusOf({ origin: 'https://evil.example' }, 'POST'), 403);
    assert.equal(await statusOf({ origin: 'https://evil.example' }, 'OPTIONS'), 403);
    assert.equal(await statusOf({ origin: 'null' }, 'POST'), 403);
    assert.equal(await statusOf({ 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await statusOf({ host: 'rebound.example' }), 403);
    assert.equal(await statusOf({ host: '127.0.0.1.evil.example' }), 403);
  });
});

function socketsOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return execFileSync('ls', ['-l', directory], { encoding: 'utf8' }).match(/socket:\[\d+\]/g) ?? [];
  } catch {
    return [];
  }
}

/** A zip file with one file in it, made by Python, which is there anyway. */
function zip(name: string, content: string): Buffer {
  const code =
    'import io,sys,zipfile; b=io.BytesIO(); z=zipfile.ZipFile(b,"w"); z.writestr(sys.argv[1],sys.argv[2]); z.close(); sys.stdout.buffer.write(b.getvalue())';
  return execFileSync('python3', ['-c', code, name, content]);
}
