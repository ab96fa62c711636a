// A local cloud of its own for one group of engine tests: real engine, real ministack, real S3 Vectors Local, in a
// temporary folder; only the tool chain in the user's cache is shared.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bringDown, bringUp, localEnvironment } from '../../../local/cloud';
import type { Cloud, ServiceName } from '../../../local/cloud';
import { pulumiCommand } from '../../../local/engine/pulumi-command';
import type { PulumiCommandResult } from '../../../local/engine/pulumi-command';
import type { StackOptions } from '../../../local/engine/stack';
import { localPaths } from '../../../local/paths';
import type { LocalPaths } from '../../../local/paths';
import { lineProgress } from '../../../local/progress';
import { ensureToolchain } from '../../../local/toolchain';
import type { Toolchain } from '../../../local/toolchain';

/** The package that the tests belong to. */
export const ROOT = path.resolve(__dirname, '..', '..', '..');
export const POLICY_PACK = path.join(ROOT, 'policy-pack');
/** A test makes a few runs of the engine, each of seconds; this is minutes, for machines that do other things too. */
export const ENGINE_TIMEOUT = 5 * 60_000;
/** Long enough to build the Pulumi CLI on a machine that has none, in ms. */
const TOOLCHAIN_TIMEOUT = 20 * 60_000;

export interface LocalRun {
  readonly paths: LocalPaths;
  readonly toolchain: Toolchain;
  readonly cloud: Cloud;
  readonly environment: Readonly<Record<string, string>>;
  /** Options of an AWS client that talks to one of the two services. */
  client(service: ServiceName): {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** A stack of a project of this package, with a copy of its configuration that the test may change. */
  stack(project: string, name?: string): StackOptions & { readonly configFile: string };
  /** Any `pulumi` command on a stack, its exit code being an answer. */
  pulumi(stack: StackOptions, ...args: string[]): Promise<PulumiCommandResult>;
  /** A `pulumi` command that concerns no stack, in the directory of one. */
  command(stack: StackOptions, ...args: string[]): Promise<PulumiCommandResult>;
  /** Changes the stack's copy of its configuration. */
  configure(stack: StackOptions & { readonly configFile: string }, key: string, value: string): Promise<void>;
}

/** Starts the cloud before the tests of the surrounding `describe` and takes everything away after them. */
export function useLocalRun(): () => LocalRun {
  let run: LocalRun | undefined;
  let folder: string | undefined;
  const made = new Set<string>();
  before(async function () {
    this.timeout(TOOLCHAIN_TIMEOUT);
    folder = mkdtempSync(path.join(tmpdir(), 's3v-engine-'));
    const paths = localPaths({ environment: { ...process.env, S3V_LOCAL_DIR: path.join(folder, 'local') } });
    const report = lineProgress(process.stderr);
    const toolchain = await ensureToolchain({ paths, report });
    const { cloud } = await bringUp({ paths, python: toolchain.ministack.python });
    run = localRun(folder, paths, toolchain, cloud, made);
  });
  after(async function () {
    this.timeout(60_000);
    if (run !== undefined) await bringDown({ paths: run.paths });
    // The CLI leaves a stack's salt beside the project that it was made for.
    for (const file of made) rmSync(file, { force: true });
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (run === undefined) throw new Error('the local cloud is not up yet');
    return run;
  };
}

function localRun(
  folder: string,
  paths: LocalPaths,
  toolchain: Toolchain,
  cloud: Cloud,
  made: Set<string>,
): LocalRun {
  const environment = localEnvironment(cloud, toolchain, { paths });
  const pulumi = toolchain.pulumi.path;
  return {
    paths,
    toolchain,
    cloud,
    environment,
    client: (service) => ({
      region: cloud.region,
      endpoint: cloud.services[service].url,
      credentials: { accessKeyId: cloud.accountId, secretAccessKey: 'local' },
    }),
    stack(project, name = 'local') {
      const directory = path.resolve(ROOT, project);
      const configFile = path.join(folder, `Pulumi.${project.replace(/\W+/g, '-')}.${name}.yaml`);
      const own = path.join(directory, `Pulumi.${name}.yaml`);
      if (!existsSync(own)) made.add(own);
      else if (!existsSync(configFile)) copyFileSync(own, configFile);
      return { pulumi, environment, directory, stack: name, configFile };
    },
    pulumi: (stack, ...args) => pulumiCommand([...args, '--stack', stack.stack], stack),
    command: (stack, ...args) => pulumiCommand(args, stack),
    async configure(stack, key, value) {
      const set = [
        'config',
        'set',
        '--path',
        key,
        value,
        '--config-file',
        stack.configFile,
        '--stack',
        stack.stack,
      ];
      const result = await pulumiCommand(set, stack);
      if (result.code !== 0) throw new Error(`pulumi config set ${key}: ${result.printed}`);
    },
  };
}
