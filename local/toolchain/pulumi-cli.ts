// The Pulumi CLI: from PATH when recent enough, else downloaded by the npm package `pulumi`, else built from its
// Go module. What was downloaded or built once is found again in the user's cache without any network.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { PLATFORM } from './context';
import { withLock } from './exclusive-lock';
import { buildPulumi, pulumiBuildDirectory } from './pulumi-build';
import { downloadPulumi, downloadableVersion, pulumiDownloadDirectory } from './pulumi-download';
import { versionOf } from './pulumi-version';
import { findExecutables, isExecutable } from './search-path';
import { PULUMI_MINIMUM_VERSION, PULUMI_SOURCE_VERSION, isAtLeast } from './versions';

export type PulumiSource = 'path' | 'download' | 'build';

export interface PulumiCli {
  /** Absolute path of the executable. */
  readonly path: string;
  /** The directory that it is in. */
  readonly directory: string;
  /** Without a leading `v`, such as `3.259.0`. */
  readonly version: string;
  readonly source: PulumiSource;
}

export interface FoundOnPath {
  readonly path: string;
  /** Undefined when it did not answer `pulumi version` within ten seconds. */
  readonly version: string | undefined;
}

/** The first CLI of PATH that is recent enough; what was passed over is named, so that nobody has to wonder. */
export function chooseFromPath(found: readonly FoundOnPath[]): {
  readonly chosen: { readonly path: string; readonly version: string } | undefined;
  readonly passedOver: readonly string[];
} {
  const passedOver: string[] = [];
  for (const { path: file, version } of found) {
    if (version !== undefined && isAtLeast(version, PULUMI_MINIMUM_VERSION)) {
      return { chosen: { path: file, version }, passedOver };
    }
    passedOver.push(
      version === undefined
        ? `${file} does not answer \`pulumi version\``
        : `${file} is version ${version}, older than ${PULUMI_MINIMUM_VERSION}`,
    );
  }
  return { chosen: undefined, passedOver };
}

/** The CLI that needs no fetching: on PATH or in the cache. No network is touched. */
export async function findPulumi(
  context: ToolchainContext,
  detail: (text: string) => void = () => undefined,
): Promise<PulumiCli | undefined> {
  const found: FoundOnPath[] = [];
  for (const file of findExecutables('pulumi', context.environment['PATH'])) {
    found.push({ path: file, version: await versionOf(file, context) });
  }
  const { chosen, passedOver } = chooseFromPath(found);
  for (const reason of passedOver) detail(`not used: ${reason}`);
  return chosen ? cli(chosen.path, chosen.version, 'path') : findCached(context);
}

/**
 * @throws PrerequisiteError when there is no CLI, none can be downloaded, and Go or disk space to build it is missing
 * @throws Error when the build itself fails, with its last lines
 */
export async function ensurePulumi(context: ToolchainContext): Promise<PulumiCli> {
  const step = context.report.step('Pulumi CLI');
  const detail = (text: string) => {
    step.detail(text);
  };
  try {
    const pulumi =
      (await findPulumi(context, detail)) ??
      (await withLock(
        path.join(context.paths.cache, 'pulumi', 'lock'),
        // Whoever held the lock before has perhaps just finished the same work.
        async () => findCached(context) ?? (await fetchPulumi(context, detail)),
        {
          onWait: (holder) =>
            detail(`waiting for process ${holder ?? 'unknown'}, which is getting the Pulumi CLI`),
          signal: context.signal,
        },
      ));
    step.done(`${pulumi.version}, ${describeSource(pulumi)}`);
    return pulumi;
  } catch (error) {
    step.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function fetchPulumi(context: ToolchainContext, detail: (text: string) => void): Promise<PulumiCli> {
  const download = await downloadPulumi(context, detail);
  if (download.outcome === 'downloaded') return cli(download.path, download.version, 'download');
  detail(`no download (${download.reason}); building it from its Go module instead`);
  const file = await buildPulumi(context, detail, download.reason);
  return cli(file, PULUMI_SOURCE_VERSION, 'build');
}

function findCached(context: ToolchainContext): PulumiCli | undefined {
  const version = downloadableVersion(context.paths.root);
  if (version !== undefined) {
    const downloaded = path.join(pulumiDownloadDirectory(context.paths.cache, version), 'bin', 'pulumi');
    if (isExecutable(downloaded)) return cli(downloaded, version, 'download');
  }
  const built = path.join(pulumiBuildDirectory(context.paths.cache), 'bin', 'pulumi');
  if (isExecutable(built)) return cli(built, PULUMI_SOURCE_VERSION, 'build');
  return undefined;
}

function cli(file: string, version: string, source: PulumiSource): PulumiCli {
  return { path: file, directory: path.dirname(file), version, source };
}

function describeSource(found: PulumiCli): string {
  switch (found.source) {
    case 'path':
      return `found at ${found.path}`;
    case 'download':
      return 'downloaded';
    case 'build':
      return `built from source for ${PLATFORM}`;
  }
}

export interface FoundLanguageHost {
  readonly where: 'beside-cli' | 'path';
  readonly path: string;
}

/** The Node language host that came with a CLI: beside it (symbolic links resolved, as the engine does), or on PATH. */
export function findLanguageHost(
  pulumi: PulumiCli,
  searchPath: string | undefined,
): FoundLanguageHost | undefined {
  const beside = path.join(path.dirname(realpathSync(pulumi.path)), 'pulumi-language-nodejs');
  if (isExecutable(beside)) return { where: 'beside-cli', path: beside };
  const [onPath] = findExecutables('pulumi-language-nodejs', searchPath);
  return onPath === undefined ? undefined : { where: 'path', path: onPath };
}
