// The gRPC service `LanguageRuntime` for programs in Node.js. What Pulumi's own host offers beyond running things
// (code generation, packing, linking) is answered with UNIMPLEMENTED, which the engine knows how to take.
import type { ChildProcess } from 'node:child_process';
import { Metadata, status } from '@grpc/grpc-js';
import type { ServerWritableStream, UntypedServiceImplementation, handleUnaryCall } from '@grpc/grpc-js';
import type { ILanguageRuntimeServer } from '@pulumi/pulumi/proto/language_grpc_pb';
import * as language from '@pulumi/pulumi/proto/language_pb';
import * as plugin from '@pulumi/pulumi/proto/plugin_pb';
import type { ChildProcesses } from './child-processes';
import type { HostArguments } from './host-arguments';
import {
  pluginArguments,
  pluginScript,
  programArguments,
  programEnvironment,
  programOutcome,
} from './program-command';
import { installedDependencies, missingDependencies, providerPackages } from './program-packages';
import type { RuntimeOptions } from './runtime-options';
import { parseRuntimeOptions } from './runtime-options';
import { locateInSdk } from './sdk-location';

export interface LanguageRuntimeOptions {
  readonly host: HostArguments;
  readonly children: ChildProcesses;
  /** Version that the host gives as its own. */
  readonly version: string;
}

/** What is implemented; the rest of the service (generating, packing, linking) is left to gRPC's UNIMPLEMENTED. */
type Implemented = Pick<
  ILanguageRuntimeServer,
  | 'handshake'
  | 'getPluginInfo'
  | 'getRequiredPackages'
  | 'getRequiredPlugins'
  | 'about'
  | 'getProgramDependencies'
  | 'runtimeOptionsPrompts'
  | 'template'
  | 'run'
  | 'runPlugin'
  | 'installDependencies'
  | 'cancel'
>;

export function languageRuntime(options: LanguageRuntimeOptions): UntypedServiceImplementation {
  const { children, version } = options;
  let { host } = options;

  const implementation: Implemented = {
    handshake: answer((request: language.LanguageHandshakeRequest) => {
      host = { ...host, engineAddress: request.getEngineAddress() };
      return new language.LanguageHandshakeResponse();
    }),

    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),

    getRequiredPackages: answer((request: language.GetRequiredPackagesRequest) =>
      new language.GetRequiredPackagesResponse().setPackagesList(
        providerPackages(directoryOf(request)).map(({ name, version: wanted, server }) =>
          new plugin.PackageDependency()
            .setName(name)
            .setKind('resource')
            .setVersion(wanted)
            .setServer(server),
        ),
      ),
    ),

    getRequiredPlugins: answer((request: language.GetRequiredPluginsRequest) =>
      new language.GetRequiredPluginsResponse().setPluginsList(
        providerPackages(directoryOf(request)).map(({ name, version: wanted, server }) =>
          new plugin.PluginDependency()
            .setName(name)
            .setKind('resource')
            .setVersion(wanted)
            .setServer(server),
        ),
      ),
    ),

    about: answer(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),

    getProgramDependencies: answer((request: language.GetProgramDependenciesRequest) =>
      new language.GetProgramDependenciesResponse().setDependenciesList(
        installedDependencies(directoryOf(request), request.getTransitivedependencies()).map((dependency) =>
          new language.DependencyInfo().setName(dependency.name).setVersion(dependency.version),
        ),
      ),
    ),

    runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
    template: answer(() => new language.TemplateResponse()),

    run(call, callback) {
      const { request } = call;
      let child: ChildProcess;
      try {
        child = startProgram(request, host, children);
      } catch (error) {
        callback(failure(error));
        return;
      }
      call.on('cancelled', () => children.end(child));
      child.once('error', (error) => callback(failure(error)));
      child.once('exit', (code, signal) => {
        const outcome = programOutcome(code, signal);
        callback(null, new language.RunResponse().setError(outcome.error).setBail(outcome.bail));
      });
    },

    runPlugin(call) {
      const { request } = call;
      stream(call, children, () => startPlugin(request, children), {
        stdout: (bytes) => new language.RunPluginResponse().setStdout(bytes),
        stderr: (bytes) => new language.RunPluginResponse().setStderr(bytes),
        exit: (code) => new language.RunPluginResponse().setExitcode(code),
      });
    },

    installDependencies(call) {
      const { request } = call;
      // A component package or pack inside a repository finds its packages above: there is nothing to install, and a
      // package manager would have to leave the machine to find that out.
      if (missingDependencies(installDirectory(request)).length === 0) {
        call.end();
        return;
      }
      stream(call, children, () => startInstall(request, children), {
        stdout: (bytes) => new language.InstallDependenciesResponse().setStdout(bytes),
        stderr: (bytes) => new language.InstallDependenciesResponse().setStderr(bytes),
        exit: (code) =>
          code === 0 ? undefined : new Error(`Installing dependencies failed with exit code ${code}`),
      });
    },

    cancel(call, callback) {
      children.endAll();
      // The request is the empty message, and so is the answer.
      callback(null, call.request);
    },
  };
  return implementation;
}

function startProgram(
  request: language.RunRequest,
  host: HostArguments,
  children: ChildProcesses,
): ChildProcess {
  const info = request.getInfo();
  const options = runtimeOptions(info);
  const pwd = request.getPwd() || directoryOf(request);
  const program = {
    monitorAddress: request.getMonitorAddress(),
    organization: request.getOrganization(),
    project: request.getProject(),
    rootDirectory: info?.getRootDirectory() ?? '',
    stack: request.getStack(),
    pwd,
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    entryPoint: info?.getEntryPoint() ?? request.getProgram(),
    args: request.getArgsList(),
    config: Object.fromEntries(request.getConfigMap().toArray()),
    secretKeys: request.getConfigsecretkeysList(),
  };
  const script = locateInSdk(directoryOf(request), 'cmd/run');
  return children.start(process.execPath, programArguments(program, host, options, script), {
    cwd: pwd,
    env: { ...process.env, ...programEnvironment(program, options) },
    // What the program prints goes to the engine as it is: it reads our own streams.
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function startPlugin(request: language.RunPluginRequest, children: ChildProcesses): ChildProcess {
  const kind = request.getKind();
  const programDirectory = directoryOf(request);
  const options = runtimeOptions(request.getInfo());
  const script = locateInSdk(programDirectory, pluginScript(kind));
  const plugIn = { kind, programDirectory, args: request.getArgsList() };
  return children.start(process.execPath, pluginArguments(plugIn, options, script), {
    // A pack uses the SDK that is installed beside it, whatever project it is applied to.
    cwd: kind === 'analyzer' ? programDirectory : request.getPwd() || programDirectory,
    env: Object.fromEntries(request.getEnvList().map(splitVariable)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function startInstall(request: language.InstallDependenciesRequest, children: ChildProcesses): ChildProcess {
  const { packageManager } = runtimeOptions(request.getInfo());
  return children.start(packageManager, ['install'], {
    cwd: installDirectory(request),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function installDirectory(request: language.InstallDependenciesRequest): string {
  return request.getDirectory() || directoryOf(request);
}

interface StreamedAnswers<Response> {
  stdout(bytes: Buffer): Response;
  stderr(bytes: Buffer): Response;
  /** The last answer, none, or the error that ends the call. */
  exit(code: number): Response | Error | undefined;
}

/** Runs a child and answers with what it prints, as it prints it. The child ends when the engine hangs up. */
function stream<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  children: ChildProcesses,
  start: () => ChildProcess,
  answers: StreamedAnswers<Response>,
): void {
  let child: ChildProcess;
  try {
    child = start();
  } catch (error) {
    call.emit('error', failure(error));
    return;
  }
  call.on('cancelled', () => children.end(child));
  child.stdout?.on('data', (bytes: Buffer) => call.write(answers.stdout(bytes)));
  child.stderr?.on('data', (bytes: Buffer) => call.write(answers.stderr(bytes)));
  child.once('error', (error) => call.emit('error', failure(error)));
  // 'close' and not 'exit': only then everything that was printed has been read.
  child.once('close', (code) => {
    const last = answers.exit(code ?? 1);
    if (last instanceof Error) {
      call.emit('error', failure(last));
      return;
    }
    if (last !== undefined) call.write(last);
    call.end();
  });
}

function runtimeOptions(info: language.ProgramInfo | undefined): RuntimeOptions {
  return parseRuntimeOptions(info?.getOptions()?.toJavaScript() ?? {});
}

interface WithInfo {
  getInfo(): language.ProgramInfo | undefined;
}

/** @throws Error when the engine is too old to say where the program is */
function directoryOf(request: WithInfo): string {
  const directory = request.getInfo()?.getProgramDirectory();
  if (directory === undefined || directory === '') {
    throw new Error('The engine gives no program directory: this language host needs Pulumi 3.229 or newer.');
  }
  return directory;
}

function splitVariable(variable: string): [string, string] {
  const equals = variable.indexOf('=');
  return [variable.slice(0, equals), variable.slice(equals + 1)];
}

function answer<Request, Response>(work: (request: Request) => Response): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    let response: Response;
    try {
      response = work(call.request);
    } catch (error) {
      callback(failure(error));
      return;
    }
    callback(null, response);
  };
}

function failure(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return {
    name: 'LanguageHostError',
    code: status.UNKNOWN,
    details: message,
    message,
    metadata: new Metadata(),
  };
}
