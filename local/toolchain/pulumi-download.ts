// The Pulumi CLI through the npm package `pulumi`, which downloads CLI and language hosts when first run. It is
// pointed at our cache instead of ~/.pulumi, and asked only when its host answers: offline this takes seconds.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { PLATFORM, withoutPrefixes } from './context';
import { installedVersion } from './installed-version';
import { askVersion } from './pulumi-version';
import { runCommand } from './run-command';

/** What the npm package fetches first; reaching it by the same `fetch` is what its success depends on. */
export const DOWNLOAD_PROBE_URL = 'https://get.pulumi.com/install.sh';
const PROBE_TIMEOUT_MS = 4000;
/** About 200 MB; a connection slower than 1 MB/s is better off waiting than building for six minutes. */
const DOWNLOAD_TIMEOUT_MS = 240_000;

export type DownloadResult =
  | { readonly outcome: 'downloaded'; readonly path: string; readonly version: string }
  | { readonly outcome: 'unavailable'; readonly reason: string };

export function pulumiDownloadDirectory(cache: string, version: string): string {
  return path.join(cache, 'pulumi', `${version}-download-${PLATFORM}`);
}

/** The version that the installed npm package `pulumi` downloads; undefined when the package is not installed. */
export function downloadableVersion(root: string): string | undefined {
  return installedVersion(root, 'pulumi');
}

function resolveInPackage(root: string, file: string): string {
  return createRequire(path.join(root, 'package.json')).resolve(`pulumi/${file}`);
}

export interface DownloadOptions {
  /** Resolves to undefined when the host answers, else to why not; injectable for tests. */
  readonly probe?: (signal: AbortSignal | undefined) => Promise<string | undefined>;
}

/** Never throws for want of a network: `unavailable` says why, and the caller goes on to the next source. */
export async function downloadPulumi(
  context: ToolchainContext,
  detail: (text: string) => void,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  const version = downloadableVersion(context.paths.root);
  if (version === undefined) {
    return { outcome: 'unavailable', reason: 'the npm package `pulumi` is not installed' };
  }
  detail('looking for the download host');
  const obstacle = await (options.probe ?? probeDownloadHost)(context.signal);
  if (obstacle !== undefined) return { outcome: 'unavailable', reason: obstacle };

  detail(`downloading version ${version}`);
  const home = path.join(context.paths.cache, 'pulumi', `download-${randomUUID()}`);
  await mkdir(home, { recursive: true });
  try {
    const { code, lastLines, timedOut } = await runCommand(
      process.execPath,
      [resolveInPackage(context.paths.root, 'run.js'), 'version'],
      {
        environment: {
          ...withoutPrefixes(context.environment, ['PULUMI_', 'AWS_']),
          PULUMI_HOME: home,
          PULUMI_SKIP_UPDATE_CHECK: 'true',
        },
        onLine: (line) => detail(line.trim()),
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        signal: context.signal,
      },
    );
    if (timedOut)
      return { outcome: 'unavailable', reason: `not finished after ${DOWNLOAD_TIMEOUT_MS / 1000} s` };
    if (code !== 0) return { outcome: 'unavailable', reason: lastLines.at(-1) ?? `exit code ${code}` };
    const installed = path.join(home, 'versions', version);
    if ((await askVersion(path.join(installed, 'bin', 'pulumi'), context)) === undefined) {
      return { outcome: 'unavailable', reason: 'the downloaded CLI does not run on this machine' };
    }
    const final = pulumiDownloadDirectory(context.paths.cache, version);
    await rm(final, { recursive: true, force: true });
    await rename(installed, final);
    return { outcome: 'downloaded', path: path.join(final, 'bin', 'pulumi'), version };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function probeDownloadHost(signal: AbortSignal | undefined): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const host = new URL(DOWNLOAD_PROBE_URL).host;
  try {
    const response = await fetch(DOWNLOAD_PROBE_URL, {
      method: 'HEAD',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return response.ok ? undefined : `${host} answers ${response.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return `${host} did not answer within ${PROBE_TIMEOUT_MS / 1000} s`;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${host} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
