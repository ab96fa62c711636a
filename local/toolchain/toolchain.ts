// Everything that a local run needs beside Node, found or fetched in one call.
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import type { Progress } from '../progress';
import { silentProgress } from '../progress';
import type { ToolchainContext } from './context';
import type { MinistackEnvironment } from './ministack-environment';
import { ensureMinistack, findMinistack } from './ministack-environment';
import type { PluginLaunchers } from './plugin-launchers';
import { ensurePluginLaunchers } from './plugin-launchers';
import type { PulumiCli } from './pulumi-cli';
import { ensurePulumi, findPulumi } from './pulumi-cli';

export interface ToolchainOptions {
  readonly paths?: LocalPaths;
  readonly report?: Progress;
  /** The person's environment: PATH, proxies, `S3V_REAL_PROVIDERS`; default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface Toolchain {
  readonly pulumi: PulumiCli;
  readonly plugins: PluginLaunchers;
  readonly ministack: MinistackEnvironment;
  /** Directories that go before everything else on PATH, in this order. */
  readonly pathDirs: readonly string[];
  /** Variables that a `pulumi` run needs because of what was chosen here. */
  readonly environment: Readonly<Record<string, string>>;
}

function contextOf(options: ToolchainOptions): ToolchainContext {
  const environment = options.environment ?? process.env;
  return {
    paths: options.paths ?? localPaths({ environment }),
    report: options.report ?? silentProgress,
    environment,
    signal: options.signal,
  };
}

/** The tool chain when nothing of it has to be fetched or built, else undefined. Touches no network. */
export async function findToolchain(options: ToolchainOptions = {}): Promise<Toolchain | undefined> {
  const context = contextOf(options);
  const [pulumi, ministack] = await Promise.all([findPulumi(context), findMinistack(context)]);
  return pulumi && ministack ? assemble(context, pulumi, ministack) : undefined;
}

/**
 * Finds or gets the Pulumi CLI, language host, provider plug-ins and ministack. The two slow parts run side by
 * side; everything fetched is kept in the user's cache, so that a second call touches no network.
 * @throws PrerequisiteError when the machine lacks something that only its owner can provide
 */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const context = contextOf(options);
  // Both are awaited to their end, so that a failure of one leaves no half-running install of the other behind.
  const [pulumi, ministack] = await Promise.allSettled([ensurePulumi(context), ensureMinistack(context)]);
  const failures = [pulumi, ministack].flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (pulumi.status === 'rejected' || ministack.status === 'rejected') {
    if (failures.length === 1) throw failures[0];
    throw new AggregateError(failures, failures.map((failure) => describe(failure)).join('\n'));
  }
  return assemble(context, pulumi.value, ministack.value);
}

async function assemble(
  context: ToolchainContext,
  pulumi: PulumiCli,
  ministack: MinistackEnvironment,
): Promise<Toolchain> {
  const plugins = await ensurePluginLaunchers(context, pulumi);
  return {
    pulumi,
    plugins,
    ministack,
    pathDirs: [pulumi.directory],
    environment: plugins.environment,
  };
}

function describe(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
