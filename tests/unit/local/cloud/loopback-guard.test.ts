import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp1Server } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { localEnvironment } from '../../../../local/cloud';
import type { Cloud } from '../../../../local/cloud';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

const ROOT = path.resolve(__dirname, '../../../..');

describe('A Node process of a local run', () => {
  let scratch: ScratchDirectory;
  let environment: Record<string, string>;
  let url: string;
  /** `METHOD path` and credential scope of every request that arrived at the local endpoint. */
  const arrived: string[] = [];
  const respond = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => {
    arrived.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    response.end('{}');
  };
  const [http1, http2] = [createHttp1Server(respond), createHttp2Server(respond)];
  // The Bedrock client speaks HTTP/2 even without TLS; its first bytes say so.
  const server = createServer((socket) => {
    socket.once('data', (bytes) => {
      socket.pause();
      (bytes.toString('latin1').startsWith('PRI * HTTP/2') ? http2 : http1).emit('connection', socket);
      socket.unshift(bytes);
      socket.resume();
    });
  });

  before(async () => {
    scratch = await scratchDirectory();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    const service = (name: 'ministack' | 's3vectors') => ({ name, pid: 1, port, url, log: '' });
    const cloud: Cloud = {
      services: { ministack: service('ministack'), s3vectors: service('s3vectors') },
      accountId: '000000000000',
      region: 'us-east-1',
    };
    // What a person might have: real-looking keys in the environment and in the home directory.
    await scratch.write(
      'home/.aws/credentials',
      '[default]\naws_access_key_id=AKIAREAL\naws_secret_access_key=real\n',
    );
    await scratch.write('home/.aws/config', '[default]\nregion=eu-central-1\n');
    await mkdir(scratch.paths.home, { recursive: true });
    environment = localEnvironment(cloud, undefined, {
      paths: scratch.paths,
      inherited: {
        PATH: process.env['PATH'],
        HOME: path.join(scratch.directory, 'home'),
        AWS_ACCESS_KEY_ID: 'AKIAREAL',
        AWS_SECRET_ACCESS_KEY: 'real',
      },
    });
  });
  after(async () => {
    server.close();
    await scratch.remove();
  });
  beforeEach(() => arrived.splice(0));

  /** Runs `code` with `env`, and gives what it logs as JSON. */
  const run = async (code: string, env: Record<string, string>): Promise<unknown> => {
    const child = spawn(process.execPath, ['-e', code], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes) => (stdout += String(bytes)));
    child.stderr.on('data', (bytes) => (stderr += String(bytes)));
    await new Promise((resolve) => child.once('close', resolve));
    try {
      return JSON.parse(stdout) as unknown;
    } catch {
      throw new Error(`no JSON: ${stdout}${stderr}`);
    }
  };

  const CALLS = `
    const calls = {
      s3: () => { const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3'); return new S3Client().send(new ListBucketsCommand()); },
      s3Object: () => { const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3'); return new S3Client().send(new GetObjectCommand({ Bucket: 'my-bucket', Key: 'k' })); },
      s3vectors: () => { const { S3VectorsClient, ListVectorBucketsCommand } = require('@aws-sdk/client-s3vectors'); return new S3VectorsClient().send(new ListVectorBucketsCommand()); },
      sts: () => { const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts'); return new STSClient().send(new GetCallerIdentityCommand()); },
      bedrock: () => { const { BedrockRuntimeClient, InvokeModelCommand } = require('@aws-sdk/client-bedrock-runtime'); return new BedrockRuntimeClient().send(new InvokeModelCommand({ modelId: 'm', body: '{}' })); },
      cloudcontrol: () => { const { CloudControlClient, ListResourcesCommand } = require('@aws-sdk/client-cloudcontrol'); return new CloudControlClient().send(new ListResourcesCommand({ TypeName: 'AWS::S3Vectors::Index' })); },
    };
    (async () => {
      const results = {};
      await Promise.all(Object.entries(calls).map(async ([name, call]) => {
        results[name] = await call().then(() => 'answered', (error) => \`\${error.code ?? error.name}: \${error.message}\`);
      }));
      // Sessions that are kept open would keep the process for seconds.
      process.stdout.write(JSON.stringify(results), () => process.exit());
    })();`;
  const SERVICES = ['s3', 's3Object', 's3vectors', 'sts', 'bedrock', 'cloudcontrol'];

  it('calls every AWS service on this machine, with the local credentials and the bucket in the path', async () => {
    await run(CALLS, environment);
    assert.equal(arrived.length, SERVICES.length);
    assert.ok(
      arrived.every((request) => request.includes('Credential=000000000000/')),
      arrived.join('\n'),
    );
    assert.ok(arrived.some((request) => request.startsWith('GET /my-bucket/k')));
  });

  for (const [name, change] of [
    ['every endpoint removed', () => undefined],
    ['every endpoint misspelt', (key: string) => key.replace('ENDPOINT_URL', 'ENDPOINT_URI')],
    ['endpoints of services misspelt in lower case', (key: string) => key.toLowerCase()],
  ] as const) {
    it(`fails on this machine and says so, with ${name} and real-looking credentials back`, async () => {
      const changed: Record<string, string> = {
        AWS_ACCESS_KEY_ID: 'AKIAREAL',
        AWS_SECRET_ACCESS_KEY: 'real',
        HOME: path.join(scratch.directory, 'home'),
      };
      for (const [key, value] of Object.entries(environment)) {
        const kept = key.startsWith('AWS_ENDPOINT_URL') ? change(key) : key;
        if (kept !== undefined && !(kept in changed)) changed[kept] = value;
      }
      const results = (await run(CALLS, changed)) as Record<string, string>;
      assert.deepEqual(Object.keys(results).sort(), [...SERVICES].sort());
      for (const [service, result] of Object.entries(results)) {
        assert.match(
          result,
          /Refused to reach [\w.-]+(amazonaws\.com|api\.aws)(:443)?: a local run/,
          service,
        );
      }
      assert.deepEqual(arrived, []);
    });
  }

  it('reads neither profiles nor metadata services for credentials', async () => {
    const without = Object.fromEntries(
      Object.entries(environment).filter(([key]) => !/^AWS_(ACCESS|SECRET)/.test(key)),
    );
    const results = (await run(CALLS, without)) as Record<string, string>;
    for (const result of Object.values(results)) assert.match(result, /Could not load credentials/);
  });

  it('is held on loopback whichever way it tries', async () => {
    const results = (await run(
      `
      const dgram = require('node:dgram'), dns = require('node:dns'), http = require('node:http'), http2 = require('node:http2'),
        https = require('node:https'), net = require('node:net'), tls = require('node:tls');
      const { Worker } = require('node:worker_threads');
      const event = (emitter) => new Promise((resolve, reject) => emitter.once('error', reject).once('connect', resolve));
      const tries = {
        connectPortHost: () => event(net.connect(443, '192.0.2.1')),
        connectOptions: () => event(net.connect({ host: 'example.com', port: 443 })),
        socket: () => event(new net.Socket().connect(443, 'example.com')),
        ipv6: () => event(net.connect(443, '2001:db8::1')),
        mapped: () => event(net.connect(443, '::ffff:192.0.2.1')),
        tls: () => event(tls.connect({ host: '192.0.2.1', port: 443 })),
        http: () => event(http.get('http://192.0.2.1/')),
        https: () => event(https.get('https://example.com/')),
        http2: () => event(http2.connect('https://example.com')),
        fetch: () => fetch('https://example.com').catch((error) => { throw error.cause; }),
        metadata: () => fetch('http://169.254.169.254/latest/meta-data').catch((error) => { throw error.cause; }),
        lookup: () => new Promise((resolve, reject) => dns.lookup('example.com', (error, address) => error ? reject(error) : resolve(address))),
        resolve: () => new Promise((resolve, reject) => dns.resolve4('example.com', (error, list) => error ? reject(error) : resolve(list))),
        promises: () => dns.promises.lookup('example.com'),
        resolver: () => new dns.promises.Resolver().resolve4('example.com'),
        udp: () => new Promise((resolve, reject) => dgram.createSocket('udp4').send('x', 53, '192.0.2.1', (error) => error ? reject(error) : resolve())),
        worker: () => new Promise((resolve, reject) => new Worker("require('node:net').connect(443, '192.0.2.1').on('error', (e) => require('node:worker_threads').parentPort.postMessage(e.code))", { eval: true }).on('message', (code) => reject({ code }))),
      };
      (async () => {
        const results = {};
        for (const [name, attempt] of Object.entries(tries)) results[name] = await attempt().then(() => 'went out', (error) => error?.code ?? String(error));
        console.log(JSON.stringify(results));
        process.exit();
      })();`,
      environment,
    )) as Record<string, string>;
    assert.ok(Object.keys(results).length > 15);
    for (const [name, result] of Object.entries(results)) assert.equal(result, 'ELOOPBACKONLY', name);
  });

  it('still reaches this machine by every name and address of it, and sockets without any', async () => {
    const { port } = new URL(url);
    const results = (await run(
      `
      const net = require('node:net'), os = require('node:os'), path = require('node:path'), dns = require('node:dns');
      const { Worker } = require('node:worker_threads');
      const connect = (...args) => new Promise((resolve) => { const s = net.connect(...args); s.once('connect', () => { s.destroy(); resolve('ok'); }).once('error', (e) => resolve(e.code)); });
      (async () => {
        const file = path.join(${JSON.stringify(scratch.directory)}, 'sock');
        const server = net.createServer().listen(file);
        console.log(JSON.stringify({
          address: await connect(${port}, '127.0.0.1'), port: await connect(${port}), text: await connect('${port}', 'localhost'),
          options: await connect({ port: ${port}, host: '127.0.0.1' }), path: await connect(file), pathOption: await connect({ path: file }),
          fetch: await fetch('http://localhost:${port}/').then((r) => r.ok && 'ok'), lookup: (await dns.promises.lookup('localhost')).address ? 'ok' : '',
        }));
        server.close();
      })();`,
      environment,
    )) as Record<string, string>;
    for (const [name, result] of Object.entries(results)) assert.equal(result, 'ok', name);
  });
});
