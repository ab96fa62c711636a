// How `node` is called to run a program or a plug-in: pure functions of what the engine asks for.
import type { HostArguments } from './host-arguments';
import type { RuntimeOptions } from './runtime-options';

/** The part of the engine's `RunRequest` that decides how the program is called. */
export interface ProgramRequest {
  readonly monitorAddress: string;
  readonly organization: string;
  readonly project: string;
  readonly rootDirectory: string;
  readonly stack: string;
  readonly pwd: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly entryPoint: string;
  readonly args: readonly string[];
  /** Keys as in `pulumi config`: `namespace:name`. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** @param runScript absolute path of the SDK's `cmd/run` */
export function programArguments(
  request: ProgramRequest,
  host: HostArguments,
  options: Pick<RuntimeOptions, 'nodeArguments'>,
  runScript: string,
): readonly string[] {
  const flag = (name: string, value: string) => (value === '' ? [] : [`--${name}`, value]);
  return [
    ...options.nodeArguments,
    runScript,
    ...flag('monitor', request.monitorAddress),
    ...flag('engine', host.engineAddress),
    ...flag('organization', request.organization),
    ...flag('project', request.project),
    ...flag('root-directory', request.rootDirectory),
    ...flag('stack', request.stack),
    ...flag('pwd', request.pwd),
    ...(request.dryRun ? ['--dry-run'] : []),
    ...flag('parallel', String(request.parallel)),
    ...flag('tracing', host.tracing),
    request.entryPoint === '' ? '.' : request.entryPoint,
    ...request.args,
  ];
}

/** The variables through which the SDK learns of configuration and TypeScript. */
export function programEnvironment(
  request: Pick<ProgramRequest, 'config' | 'secretKeys'>,
  options: Pick<RuntimeOptions, 'typescript' | 'tsconfig'>,
): Readonly<Record<string, string>> {
  return {
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(Object.entries(request.config).map(([key, value]) => [sdkConfigKey(key), value])),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.secretKeys.map((key) => sdkConfigKey(key))),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: 'true' } : {}),
    ...(options.tsconfig === '' ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

/**
 * `namespace:name` as the SDK's oldest readers know it: `namespace:config:name`. The name may hold colons.
 * @throws Error for a key without a namespace
 */
export function sdkConfigKey(key: string): string {
  const colon = key.indexOf(':');
  if (colon <= 0 || colon === key.length - 1) {
    throw new Error(`The configuration key ${JSON.stringify(key)} is not of the form namespace:name.`);
  }
  const [namespace, name] = [key.slice(0, colon), key.slice(colon + 1)];
  return name.startsWith('config:') ? key : `${namespace}:config:${name}`;
}

/** What the program's exit means to the engine. */
export interface ProgramOutcome {
  /** Empty for success. */
  readonly error: string;
  /** The program has told the person what is wrong; the engine must not add to it. */
  readonly bail: boolean;
}

/** The SDK's run script exits with it after it has logged an error that a person can act on. */
const EXIT_AFTER_REPORTED_ERROR = 32;

export function programOutcome(code: number | null, signal: string | null): ProgramOutcome {
  if (code === 0) return { error: '', bail: false };
  if (code === EXIT_AFTER_REPORTED_ERROR) return { error: '', bail: true };
  if (code !== null) return { error: `Program exited with non-zero exit code: ${code}`, bail: false };
  return { error: `Program was ended by ${signal ?? 'an unknown signal'}`, bail: false };
}

/** The part of the engine's `RunPluginRequest` that decides how the plug-in is called. */
export interface PluginRequest {
  /** `analyzer` for policy packs, `resource` for components, and more. */
  readonly kind: string;
  readonly programDirectory: string;
  /** From the engine: its flags, then its address. */
  readonly args: readonly string[];
}

/** The SDK's script for this kind of plug-in, as a path below `@pulumi/pulumi`. */
export function pluginScript(kind: string): string {
  return kind === 'analyzer' ? 'cmd/run-policy-pack' : 'cmd/run-plugin';
}

/** A policy pack is told the engine's address and then its directory; every other plug-in the other way round. */
export function pluginArguments(
  request: PluginRequest,
  options: Pick<RuntimeOptions, 'nodeArguments'>,
  script: string,
): readonly string[] {
  return request.kind === 'analyzer'
    ? // nodeargs do not reach packs in Pulumi's own host either.
      [script, ...request.args, request.programDirectory]
    : [...options.nodeArguments, script, request.programDirectory, ...request.args];
}
