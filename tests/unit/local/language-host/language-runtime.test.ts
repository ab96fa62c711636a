import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { credentials, status } from '@grpc/grpc-js';
import { LanguageRuntimeClient } from '@pulumi/pulumi/proto/language_grpc_pb';
import * as language from '@pulumi/pulumi/proto/language_pb';
import { readProcessTable } from '../../../../local/cloud/process-table';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

const MAIN = path.resolve(__dirname, '../../../../local/language-host/main.ts');

interface Host {
  readonly process: ChildProcess;
  readonly client: LanguageRuntimeClient;
  readonly printed: string[];
}

async function startHost(): Promise<Host> {
  const host = spawn(process.execPath, ['--import', 'tsx', MAIN, '-v=3', '127.0.0.1:9'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TSX_TSCONFIG_PATH: path.resolve(MAIN, '../../../tsconfig.json') },
  });
  const printed: string[] = [];
  const port = await new Promise<string>((resolve, reject) => {
    host.once('exit', (code) => reject(new Error(`the host ended with ${code} before it said its port`)));
    createInterface({ input: host.stdout }).on('line', (line) => {
      if (printed.length === 0) resolve(line);
      printed.push(line);
    });
  });
  assert.match(port, /^\d+$/);
  return {
    process: host,
    printed,
    client: new LanguageRuntimeClient(`127.0.0.1:${port}`, credentials.createInsecure()),
  };
}

/** A promise for the callback of a unary call. */
async function answerOf<Response>(
  call: (callback: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

// The messages of google-protobuf come with the SDK, from where it finds them.
const fromSdk = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const { Struct } = fromSdk('google-protobuf/google/protobuf/struct_pb') as {
  Struct: { fromJavaScript(value: unknown): never };
};
const { Empty } = fromSdk('google-protobuf/google/protobuf/empty_pb') as { Empty: new () => never };

describe('The Node language host', () => {
  let scratch: ScratchDirectory;
  let host: Host;
  before(async () => {
    scratch = await scratchDirectory();
    // An SDK that tells how it was called instead of running a program.
    const script = (
      text: string,
    ) => `const say = () => JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(),
      config: process.env.PULUMI_CONFIG, tsconfig: process.env.TSX_TSCONFIG_PATH ?? null, odd: process.env.ODD,
      node: process.execArgv });\n${text}`;
    await scratch.write('package.json', '{}');
    await scratch.write(
      'node_modules/@pulumi/pulumi/cmd/run/index.js',
      script('console.log(say()); process.exit(Number(process.argv.at(-1)));'),
    );
    await scratch.write(
      'node_modules/@pulumi/pulumi/cmd/run-plugin/index.js',
      script('console.log(say()); console.error("to stderr"); setTimeout(() => process.exit(4), 20);'),
    );
    await scratch.write(
      'node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js',
      script('console.log(say()); setInterval(() => {}, 1000); // stays'),
    );
    host = await startHost();
  });
  after(async () => {
    host.client.close();
    host.process.kill('SIGKILL');
    await scratch.remove();
  });

  const info = (options: Record<string, string | boolean> = {}) =>
    new language.ProgramInfo()
      .setRootDirectory(scratch.directory)
      .setProgramDirectory(scratch.directory)
      .setEntryPoint('index.ts')
      .setOptions(Struct.fromJavaScript(options));
  const runRequest = (exitCode: number) => {
    const request = new language.RunRequest()
      .setInfo(info({ typescript: false, nodeargs: '--no-warnings' }))
      .setMonitorAddress('127.0.0.1:7')
      .setProject('p')
      .setStack('s')
      .setPwd(scratch.directory)
      .setParallel(3)
      .setArgsList([String(exitCode)]);
    request.getConfigMap().set('p:key', 'value');
    return request;
  };

  const run = async (request: language.RunRequest) =>
    answerOf<language.RunResponse>((done) => host.client.run(request, done));

  it('shakes hands, and from then on gives programs the engine address it was told', async () => {
    const request = new language.LanguageHandshakeRequest().setEngineAddress('127.0.0.1:8');
    await answerOf<language.LanguageHandshakeResponse>((done) => host.client.handshake(request, done));
    const response = await run(runRequest(0));
    assert.deepEqual([response.getError(), response.getBail()], ['', false]);
    // The answer and what the program printed come by different ways.
    for (let tries = 0; tries < 200 && host.printed.length < 2; tries += 1) await sleep(10);
    const said = JSON.parse(host.printed[1] ?? '') as Record<string, unknown>;
    assert.deepEqual(said, {
      args: [
        ...['--monitor', '127.0.0.1:7', '--engine', '127.0.0.1:8', '--project', 'p'],
        ...['--root-directory', scratch.directory, '--stack', 's', '--pwd', scratch.directory],
        ...['--parallel', '3', 'index.ts', '0'],
      ],
      cwd: scratch.directory,
      config: '{"p:config:key":"value"}',
      // Ours, not the program's.
      tsconfig: null,
      node: ['--no-warnings'],
    });
  });

  it('answers bail for a program that has reported its error, and an error for any other end', async () => {
    const reported = await run(runRequest(32));
    assert.deepEqual([reported.getError(), reported.getBail()], ['', true]);
    const failed = await run(runRequest(5));
    assert.deepEqual(
      [failed.getError(), failed.getBail()],
      ['Program exited with non-zero exit code: 5', false],
    );
  });

  it('says what is missing when the SDK is not installed', async () => {
    const request = runRequest(0).setInfo(info().setProgramDirectory('/'));
    await assert.rejects(run(request), /Pulumi SDK is not installed there.*npm ci/);
  });

  it('refuses runtime options that it does not understand', async () => {
    const request = runRequest(0).setInfo(info({ nodeargs: '"open' }));
    await assert.rejects(run(request), /nodeargs has a quote without its end/);
  });

  const pluginRequest = (kind: string) =>
    new language.RunPluginRequest()
      .setInfo(info())
      .setKind(kind)
      .setPwd('/')
      .setArgsList(['127.0.0.1:8'])
      .setEnvList([`PATH=${process.env['PATH'] ?? ''}`, 'ODD=a=b']);

  it('streams what a plug-in prints and then its exit code, in the environment that the engine gives', async () => {
    const output = { stdout: '', stderr: '', code: -1 };
    await new Promise((resolve, reject) => {
      host.client
        .runPlugin(pluginRequest('resource'))
        .on('data', (message: language.RunPluginResponse) => {
          output.stdout += Buffer.from(message.getStdout_asU8()).toString();
          output.stderr += Buffer.from(message.getStderr_asU8()).toString();
          output.code = message.getExitcode();
        })
        .on('end', resolve)
        .on('error', reject);
    });
    assert.equal(output.stderr, 'to stderr\n');
    assert.equal(output.code, 4);
    const said = JSON.parse(output.stdout) as Record<string, unknown>;
    assert.deepEqual(
      [said['args'], said['cwd'], said['odd']],
      [[scratch.directory, '127.0.0.1:8'], '/', 'a=b'],
    );
  });

  const packProcesses = async () =>
    (await readProcessTable()).filter(({ commandLine }) =>
      commandLine.includes(`${scratch.directory}/node_modules/@pulumi/pulumi/cmd/run-policy-pack`),
    );
  const untilPacks = async (count: number) => {
    for (let tries = 0; tries < 200 && (await packProcesses()).length !== count; tries += 1) await sleep(20);
    assert.equal((await packProcesses()).length, count);
  };

  it('runs a policy pack in its own directory, and ends it when the engine hangs up', async () => {
    const stream = host.client.runPlugin(pluginRequest('analyzer'));
    stream.on('error', () => undefined);
    const first = await new Promise<language.RunPluginResponse>((resolve) => stream.once('data', resolve));
    const said = JSON.parse(Buffer.from(first.getStdout_asU8()).toString()) as Record<string, unknown>;
    assert.deepEqual([said['args'], said['cwd']], [['127.0.0.1:8', scratch.directory], scratch.directory]);
    await untilPacks(1);
    stream.cancel();
    await untilPacks(0);
  });

  it('ends what it runs when it is told to cancel', async () => {
    const stream = host.client.runPlugin(pluginRequest('analyzer'));
    stream.on('error', () => undefined).on('data', () => undefined);
    const ended = new Promise((resolve) => stream.once('end', resolve));
    await untilPacks(1);
    await answerOf((done) => host.client.cancel(new Empty(), done));
    await ended;
    await untilPacks(0);
  });

  it('tells about itself and the program', async () => {
    const about = await answerOf<language.AboutResponse>((done) =>
      host.client.about(new language.AboutRequest().setInfo(info()), done),
    );
    assert.deepEqual([about.getExecutable(), about.getVersion()], [process.execPath, process.version]);
    const request = new language.GetRequiredPackagesRequest().setInfo(
      info().setProgramDirectory(path.resolve(__dirname, '../../../..')),
    );
    const packages = await answerOf<language.GetRequiredPackagesResponse>((done) =>
      host.client.getRequiredPackages(request, done),
    );
    assert.deepEqual(
      packages
        .getPackagesList()
        .map((needed) => [needed.getName(), needed.getKind(), needed.getVersion().slice(0, 2)]),
      [
        ['aws', 'resource', 'v7'],
        ['aws-native', 'resource', 'v1'],
      ],
    );
  });

  it('installs nothing where every dependency is found already', async () => {
    await scratch.write('satisfied/package.json', JSON.stringify({ dependencies: { there: '*' } }));
    await scratch.write('node_modules/there/package.json', '{}');
    const request = new language.InstallDependenciesRequest();
    request.setDirectory(path.join(scratch.directory, 'satisfied'));
    const printed: string[] = [];
    await new Promise<void>((resolve, reject) => {
      host.client
        .installDependencies(request)
        .on('data', (answer: language.InstallDependenciesResponse) => {
          printed.push(Buffer.from(answer.getStdout_asU8()).toString());
        })
        .once('error', reject)
        .once('end', resolve);
    });
    assert.deepEqual(printed, []);
  });

  it('answers UNIMPLEMENTED to what it does not do', async () => {
    await assert.rejects(
      answerOf<language.GenerateProjectResponse>((done) =>
        host.client.generateProject(new language.GenerateProjectRequest(), done),
      ),
      { code: status.UNIMPLEMENTED },
    );
  });

  for (const [name, kill] of [
    ['its engine is gone, even without a word', (started: Host) => started.process.stdin?.destroy()],
    ['the engine interrupts it', (started: Host) => started.process.kill('SIGINT')],
  ] as const) {
    it(`ends with everything that it runs when ${name}`, async () => {
      const other = await startHost();
      const stream = other.client.runPlugin(pluginRequest('analyzer'));
      stream.on('error', () => undefined).on('data', () => undefined);
      await untilPacks(1);
      const ended = new Promise((resolve) => other.process.once('exit', resolve));
      kill(other);
      await ended;
      await untilPacks(0);
      other.client.close();
    });
  }
});
