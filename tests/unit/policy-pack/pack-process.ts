// Starts the whole policy pack as the engine's language host does and talks to it over gRPC.
import type { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb';
import { credentials } from '@grpc/grpc-js';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createRequire } from 'node:module';
import type { Resource } from './judge';
import { urnOf } from './judge';

/* The generated stubs are CommonJS without usable types; the few calls that are made are typed here. */
const load = createRequire(__filename);
const messages = load('@pulumi/pulumi/proto/analyzer_pb') as Record<string, new () => Message>;
const services = load('@pulumi/pulumi/proto/analyzer_grpc_pb') as { AnalyzerClient: typeof AnalyzerClient };
const { Struct } = load('google-protobuf/google/protobuf/struct_pb') as {
  Struct: { fromJavaScript(value: object): object };
};
const { Empty } = load('google-protobuf/google/protobuf/empty_pb') as { Empty: new () => object };

type Message = Record<string, (...args: unknown[]) => unknown>;
type Call = (
  request: object,
  callback: (error: Error | null, response: { toObject(): unknown }) => void,
) => void;

export interface Diagnostic {
  readonly policyname: string;
  readonly message: string;
  readonly enforcementlevel: number;
  readonly urn: string;
}

export interface PolicyInfo {
  readonly name: string;
  readonly displayname: string;
  readonly description: string;
  readonly enforcementlevel: number;
  readonly remediationSteps: string;
  readonly severity: number;
  readonly tagsList: readonly string[];
  readonly url: string;
}

/** Levels of analyzer.proto. */
export const LEVEL = { advisory: 0, mandatory: 1, disabled: 2 } as const;

const PACK = path.resolve(__dirname, '../../../policy-pack');
const RUNNER = load.resolve('@pulumi/pulumi/cmd/run-policy-pack');

export class PackProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  static async start(): Promise<PackProcess> {
    const child = spawn(process.execPath, [RUNNER, '127.0.0.1:1', PACK], {
      cwd: PACK,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const exited = once(child, 'exit').then(() =>
      Promise.reject(new Error(`the pack stopped: ${complaint}`)),
    );
    const [chunk] = (await Promise.race([once(child.stdout, 'data'), exited])) as [Buffer];
    exited.catch(() => undefined);
    const client = new services.AnalyzerClient(
      `127.0.0.1:${chunk.toString().trim()}`,
      credentials.createInsecure(),
    );
    return new PackProcess(child, client);
  }

  async stop(): Promise<void> {
    this.client.close();
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  async policies(): Promise<readonly PolicyInfo[]> {
    const info = (await this.call('getAnalyzerInfo', new Empty())) as { policiesList: readonly PolicyInfo[] };
    return info.policiesList;
  }

  async analyze(resource: Resource): Promise<readonly Diagnostic[]> {
    const request = fill(resource, message('AnalyzeRequest'));
    return ((await this.call('analyze', request)) as { diagnosticsList: Diagnostic[] }).diagnosticsList;
  }

  async analyzeStack(resources: readonly Resource[]): Promise<readonly Diagnostic[]> {
    const request = message('AnalyzeStackRequest');
    request.setResourcesList?.(resources.map((resource) => fill(resource, message('AnalyzerResource'))));
    return ((await this.call('analyzeStack', request)) as { diagnosticsList: Diagnostic[] }).diagnosticsList;
  }

  private call(method: 'getAnalyzerInfo' | 'analyze' | 'analyzeStack', request: object): Promise<unknown> {
    const call = (this.client[method] as unknown as Call).bind(this.client);
    return new Promise((resolve, reject) => {
      call(request, (error, response) => {
        if (error === null) resolve(response.toObject());
        else reject(error);
      });
    });
  }
}

function fill(resource: Resource, request: Message): Message {
  const options = message('AnalyzerResourceOptions');
  options.setProtect?.(resource.protect ?? false);
  request.setUrn?.(urnOf(resource));
  request.setType?.(resource.type);
  request.setName?.(resource.name ?? 'it');
  request.setProperties?.(Struct.fromJavaScript(resource.props));
  request.setOptions?.(options);
  return request;
}

function message(name: string): Message {
  const Type = messages[name];
  if (Type === undefined) throw new Error(`analyzer.proto has no ${name}`);
  return new Type();
}
