// The Pulumi CLI from its Go module, for machines that reach a Go module proxy and not Pulumi's download host. The
// module list and its checksums are recorded beside this file (`pulumi-cli-module/`), so that what is built is
// what was tried. Two cores need about six minutes; the result is cached for good.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { PLATFORM, withoutPrefixes } from './context';
import { gigabytes, measureSpace, missingSpace } from './disk-space';
import { PrerequisiteError } from './prerequisite-error';
import { askVersion } from './pulumi-version';
import { runCommand } from './run-command';
import { findExecutables } from './search-path';
import {
  GO_SELF_UPGRADE_VERSION,
  GO_VERSION,
  PULUMI_SOURCE_VERSION,
  isAtLeast,
  parseVersion,
} from './versions';

const CLI_MODULE = 'github.com/pulumi/pulumi/pkg/v3';
const CLI_PACKAGE = `${CLI_MODULE}/cmd/pulumi`;

/** Measured on linux-x64: modules 1.6 GB, compiled packages 1.6 GB, the CLI and its linking 0.3 GB. */
const MODULE_CACHE_BYTES = 1.6e9;
const BUILD_CACHE_BYTES = 1.6e9;
const OUTPUT_BYTES = 0.3e9;

/** Arguments of the `go build` that was proven to give a working CLI. */
export function goBuildArguments(output: string): readonly string[] {
  return [
    'build',
    '-v',
    '-buildvcs=false',
    '-tags',
    'osusergo grpcnotrace',
    '-ldflags',
    `-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_SOURCE_VERSION}`,
    '-o',
    output,
    CLI_PACKAGE,
  ];
}

/** Undefined when this Go can build the CLI, else the one sentence that says what is wrong. */
export function goObstacle(found: {
  readonly version: string | undefined;
  readonly toolchain: string | undefined;
}): string | undefined {
  const wanted = `Go ${GO_VERSION} or newer`;
  const get = 'install it from https://go.dev/dl or with your package manager';
  if (found.version === undefined) return `${wanted} is needed and no \`go\` is on PATH: ${get}`;
  if (isAtLeast(found.version, GO_VERSION)) return undefined;
  if (!isAtLeast(found.version, GO_SELF_UPGRADE_VERSION)) {
    return `${wanted} is needed and ${found.version} is on PATH: ${get}`;
  }
  // From 1.21 on, Go gets the toolchain that a module asks for, unless it was told not to.
  if (found.toolchain?.startsWith('local') === true) {
    return `${wanted} is needed, ${found.version} is on PATH and GOTOOLCHAIN=local forbids it to fetch one: ${get}, or unset GOTOOLCHAIN`;
  }
  return undefined;
}

export function pulumiBuildDirectory(cache: string): string {
  return path.join(cache, 'pulumi', `${PULUMI_SOURCE_VERSION}-build-${PLATFORM}`);
}

/**
 * Builds into a directory of its own and moves the result into the cache in one step, so that a build that was broken
 * off never looks finished.
 * @param noDownload why the CLI could not be had in an easier way; part of what a person is told
 * @throws PrerequisiteError for Go and disk space
 * @throws Error with the last lines of `go` when it fails
 */
export async function buildPulumi(
  context: ToolchainContext,
  detail: (text: string) => void,
  noDownload: string,
): Promise<string> {
  const environment = withoutPrefixes(context.environment, ['PULUMI_', 'AWS_']);
  const go = findExecutables('go', environment['PATH'])[0];
  const goEnvironment = go === undefined ? {} : await readGoEnvironment(go, context);
  const obstacle = goObstacle({
    version: goEnvironment['GOVERSION']?.replace(/^go/, ''),
    toolchain: goEnvironment['GOTOOLCHAIN'],
  });
  if (go === undefined || obstacle !== undefined) {
    throw new PrerequisiteError(
      `Go ${GO_VERSION}`,
      `The Pulumi CLI cannot be downloaded (${noDownload}) and would be built from source instead, but ${obstacle ?? 'there is no Go'}. ` +
        'Or install the Pulumi CLI itself: https://www.pulumi.com/docs/install',
    );
  }
  await requireSpace(context, goEnvironment);

  const workspace = path.join(context.paths.cache, 'pulumi', `build-${randomUUID()}`);
  await mkdir(path.join(workspace, 'out', 'bin'), { recursive: true });
  try {
    for (const file of ['go.mod', 'go.sum']) {
      await copyFile(path.join(__dirname, 'pulumi-cli-module', file), path.join(workspace, file));
    }
    const output = path.join(workspace, 'out', 'bin', 'pulumi');
    const run = async (what: string, args: readonly string[], onLine: (line: string) => void) => {
      const result = await runCommand(go, args, {
        cwd: workspace,
        // -mod=mod lets other platforms add the checksums of modules that only they need.
        environment: { ...environment, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' },
        onLine,
        lowPriority: true,
        signal: context.signal,
      });
      if (result.code !== 0) {
        throw new Error(
          `${what} of the Pulumi CLI from its Go module failed (exit code ${result.code}):\n${result.lastLines.join('\n')}`,
        );
      }
      return result;
    };

    const started = Date.now();
    const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
    let modules = 0;
    const listed = await run('Fetching the modules', ['list', '-deps', CLI_PACKAGE], (line) => {
      if (!line.startsWith('go: downloading')) return;
      modules += 1;
      detail(`fetching Go modules: ${modules}, ${elapsed()}`);
    });
    const packages = listed.stdout.split('\n').length;
    let compiled = 0;
    detail(`compiling ${packages} packages; about six minutes on two cores`);
    await run('Compiling', goBuildArguments(output), () => {
      compiled += 1;
      detail(`compiling: ${compiled} of at most ${packages} packages, ${elapsed()}`);
    });
    const version = await askVersion(output, context);
    if (version !== PULUMI_SOURCE_VERSION) {
      throw new Error(
        `The Pulumi CLI that was built calls itself ${version ?? 'nothing'}, not ${PULUMI_SOURCE_VERSION}.`,
      );
    }
    const final = pulumiBuildDirectory(context.paths.cache);
    await rm(final, { recursive: true, force: true });
    await rename(path.join(workspace, 'out'), final);
    return path.join(final, 'bin', 'pulumi');
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function readGoEnvironment(
  go: string,
  context: ToolchainContext,
): Promise<Readonly<Record<string, string | undefined>>> {
  const { code, stdout } = await runCommand(
    go,
    ['env', '-json', 'GOVERSION', 'GOTOOLCHAIN', 'GOMODCACHE', 'GOCACHE'],
    { cwd: context.paths.root, environment: context.environment, timeoutMs: 20_000, signal: context.signal },
  );
  if (code !== 0 || parseVersion(stdout) === undefined) return {};
  return JSON.parse(stdout) as Record<string, string>;
}

async function requireSpace(
  context: ToolchainContext,
  goEnvironment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const needs = [{ directory: context.paths.cache, bytes: OUTPUT_BYTES }];
  const moduleCache = goEnvironment['GOMODCACHE'];
  const fetched =
    moduleCache !== undefined &&
    existsSync(path.join(moduleCache, `${CLI_MODULE}@v${PULUMI_SOURCE_VERSION}`));
  if (moduleCache !== undefined && !fetched)
    needs.push({ directory: moduleCache, bytes: MODULE_CACHE_BYTES });
  const buildCache = goEnvironment['GOCACHE'];
  if (buildCache !== undefined) needs.push({ directory: buildCache, bytes: BUILD_CACHE_BYTES });
  const missing = missingSpace(await measureSpace(needs));
  if (missing.length === 0) return;
  throw new PrerequisiteError(
    'disk space',
    missing
      .map(
        ({ directories, needed, free }) =>
          `Building the Pulumi CLI needs ${gigabytes(needed)} in ${directories.join(' and ')}, where ${gigabytes(free)} are free: ` +
          'make room, or move GOMODCACHE, GOCACHE or S3V_CACHE_DIR to a larger disk.',
      )
      .join('\n'),
  );
}
